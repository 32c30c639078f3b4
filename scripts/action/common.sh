# shellcheck shell=bash
# What the Action's scripts share. They are steps of action.yml, which gives them inputs as INPUT_... and what earlier
# steps found as ACTION_...; everything else is GitHub's (GITHUB_..., RUNNER_...).

# Exit codes as gilscale has them.
# shellcheck disable=SC2034 # by those that read this file
readonly usage=2 broken=3

escaped() { # $1: text of a workflow command
  local text=${1//'%'/%25}
  text=${text//$'\r'/%0D}
  echo "${text//$'\n'/%0A}"
}

# Ends the step with an annotation, which the job's summary has too.
fail() { # $1: exit code, then the message
  echo "::error title=gilscale::$(escaped "${*:2}")" >&2
  # shellcheck disable=SC2016 # nothing to expand
  printf '**error**\n\n```text\n%s\n```\n' "${*:2}" >>"$GITHUB_STEP_SUMMARY"
  exit "$1"
}

output() { echo "$1=$2" >>"$GITHUB_OUTPUT"; } # $1: name, $2: value, one line

# Runs a command; the log shows what it prints folded up.
group() { # $1: title, then the command
  local code=0
  echo "::group::$1"
  "${@:2}" || code=$?
  echo "::endgroup::"
  return "$code"
}

make_environment() { # $1: folder
  "$ACTION_PYTHON" -m venv --clear "$1" >&2 ||
    fail "$broken" "$ACTION_PYTHON cannot make a virtual environment, see the log; it needs venv and ensurepip"
}
