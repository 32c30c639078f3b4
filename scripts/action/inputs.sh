#!/usr/bin/env bash
# Checks the inputs, before anything is installed.
# Outputs: project, the folder that is measured; folder, a new one for what this use of the Action makes.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

check_runner() {
  [[ $RUNNER_OS == Linux ]] ||
    fail "$usage" "gilscale measures on Linux, but this runner has $RUNNER_OS; use runs-on: ubuntu-24.04"
}

check_python_version() {
  local version=$INPUT_PYTHON_VERSION
  [[ $version =~ ^3(\.[0-9]+|\.x)?(\.[0-9]+|\.x)?t?(-[[:alnum:].]+)?$ ]] ||
    fail "$usage" "the input 'python-version' is '$version', which is not one version of CPython;" \
      "write one, such as '3.12' or '3.14t', and use a matrix for several"
  [[ ! ${BASH_REMATCH[1]} =~ ^\.[0-8]$ ]] ||
    fail "$usage" "the input 'python-version' is '$version', but gilscale needs Python 3.9 or newer;" \
      "in YAML, quote a version that ends in 0, as in '3.10'"
}

check_project() { # sets project
  project=$(cd "$GITHUB_WORKSPACE" && cd -- "$INPUT_WORKING_DIRECTORY" 2>/dev/null && pwd) ||
    fail "$usage" "the input 'working-directory' is '$INPUT_WORKING_DIRECTORY', which is not a folder of the" \
      "workspace; check the path, and that actions/checkout comes before"
}

is_blank() { [[ ! $1 =~ [^[:space:]] ]]; }

check_run() {
  ! is_blank "$INPUT_RUN" || [[ -f $project/gilscale.toml ]] ||
    fail "$usage" "the input 'run' is empty, and $INPUT_WORKING_DIRECTORY has no gilscale.toml; say what to measure," \
      "as in run: mymod:work --threads 1,2"
}

check_install() {
  ! is_blank "$INPUT_INSTALL" ||
    fail "$usage" "the input 'install' is empty; leave it out for 'python -m pip install .', or write the command" \
      "that installs the project"
}

check_inconclusive() {
  [[ $INPUT_INCONCLUSIVE =~ ^(pass|fail|)$ ]] ||
    fail "$usage" "the input 'inconclusive' is '$INPUT_INCONCLUSIVE'; write pass or fail"
}

check_runner
check_python_version
check_project
check_run
check_install
check_inconclusive
output project "$project"
output folder "$(mktemp -d "$RUNNER_TEMP/gilscale.XXXXXX")"
