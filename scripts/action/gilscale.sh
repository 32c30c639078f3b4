#!/usr/bin/env bash
# Installs gilscale, unless the environment variable GILSCALE names the file of one that is there already.
# Output: gilscale, the path of the executable.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

tools=$RUNNER_TEMP/gilscale-tools # other uses of the Action in this job find it again
source=${INPUT_GILSCALE:-$GITHUB_ACTION_PATH}

install_what_it_is_compiled_with() {
  PYTHON=$ACTION_PYTHON group "Install what gilscale is compiled with" "$GITHUB_ACTION_PATH/scripts/setup.sh" measure ||
    fail "$broken" "what gilscale is compiled with could not be installed; see the log"
}

install_gilscale() {
  [[ $INPUT_GILSCALE ]] || install_what_it_is_compiled_with
  make_environment "$tools"
  group "Install gilscale" "$tools/bin/python" -m pip install -- "$source" ||
    fail "$broken" "gilscale could not be installed from '$source'; see the log, under 'Install gilscale'"
  [[ -x $tools/bin/gilscale ]] || fail "$usage" "what the input 'gilscale' names, '$source', has no command gilscale"
  echo "$ACTION_PYTHON $source" >"$tools/made-for"
}

if [[ ${GILSCALE-} ]]; then
  [[ -f $GILSCALE && -x $GILSCALE ]] || fail "$usage" "GILSCALE is '$GILSCALE', which is not an executable file"
  output gilscale "$GILSCALE"
  exit
fi
[[ $(cat "$tools/made-for" 2>/dev/null) == "$ACTION_PYTHON $source" ]] || install_gilscale
output gilscale "$tools/bin/gilscale"
