#!/usr/bin/env bash
# Measures, in turns with the version to compare with where there is one, and ends as gilscale does.
# Outputs: verdict, exit-code, and the paths of the files that were written: result, junit, markdown.
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
source "$here/common.sh"

results=$ACTION_FOLDER/results

# Before the current folder, whose sources would otherwise hide what was built. gilscale takes the folder of the same
# name in the other environment for the other version.
packages() { "$ACTION_HEAD/bin/python" -I -c 'import sysconfig; print(sysconfig.get_path("platlib"))'; }

output_file() { # $1: name of the output, $2: file
  [[ ! -f $2 ]] || output "$1" "$2"
}

mapfile -d '' -t options <"$ACTION_FOLDER/options"
command=("$ACTION_GILSCALE" run --venv "$ACTION_HEAD" --path "$(packages)" "${options[@]}"
  --json "$results/gilscale.json" --junit "$results/gilscale.xml" --markdown "$results/gilscale.md")
[[ ! $ACTION_BASE ]] || command+=(--against "$ACTION_BASE")

mkdir -p "$results"
cd "$ACTION_PROJECT"
echo "${command[*]@Q}"
code=0
"${command[@]}" || code=$?

verdict=$("$ACTION_PYTHON" -I "$here/verdict.py" "$results/gilscale.json" "$code")
output exit-code "$code"
output verdict "$verdict"
output_file result "$results/gilscale.json"
output_file junit "$results/gilscale.xml"
output_file markdown "$results/gilscale.md"
[[ -f $results/gilscale.md ]] ||
  fail "$code" "gilscale ended with exit code $code and without results; the log has its message"
exit "$code"
