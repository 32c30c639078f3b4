#!/usr/bin/env bash
# What a change has to pass besides scripts/test.sh.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

help_if_asked "Usage: scripts/check.sh [CHECK...]

Runs the checks named; without arguments, all of these:
  format         the C++ sources are formatted
  shell          shellcheck finds nothing in the scripts
  arrows         includes keep to the rooms (scripts/check_arrows.py)
  docs           the documents make a site without broken links (scripts/docs.sh)
  alone          each source and each public header compiles alone
  tidy           clang-tidy finds nothing in src and bench
  asan           unit tests and fuzz targets with AddressSanitizer and UndefinedBehaviorSanitizer
  tsan           tests of the native team, gate, shared memory and channel with ThreadSanitizer
  free-threaded  conformance tests of the executors on a free-threaded CPython, with the GIL off and on

$setup_help" "$@"

check_format() { "$root/scripts/format.sh" --check; }

check_shell() {
  setup contribute
  shellcheck --external-sources --source-path=SCRIPTDIR "$root"/scripts/*.sh "$root"/scripts/action/*.sh "$root/.ci/run"
}

check_arrows() {
  setup contribute
  "$venv/bin/python" "$root/scripts/check_arrows.py"
}

check_docs() { "$root/scripts/docs.sh"; }

check_alone() {
  setup measure
  build alone
}

check_tidy() {
  setup measure contribute
  build tidy
}

test_preset() {
  setup measure test
  build "$1"
  "${cmake%cmake}ctest" --preset "$1" -j "$(nproc)"
}
check_asan() { test_preset asan; }
check_tsan() { test_preset tsan; }

check_free_threaded() {
  local PYTHON gil
  PYTHON=$("$root/scripts/free_threaded_python.sh")
  setup measure test
  build free-threaded
  for gil in 0 1; do
    say "with PYTHON_GIL=$gil"
    PYTHON_GIL=$gil "${cmake%cmake}ctest" --preset free-threaded
  done
  say "alongside the system's Python"
  # shellcheck disable=SC2097,SC2098 # the argument is the one from before
  PYTHON='' PRESET=dev "$root/scripts/add_python.sh" "$PYTHON"
  GILSCALE=$root/build/dev/bin/gilscale "$venv/bin/python" -m pytest -q -p no:cacheprovider "$root/tests/cli/test_pythons.py" \
    "$root/tests/cli/test_several_pythons.py" "$root/tests/cli/test_gil_guard.py"
}

checks=("$@")
(($#)) || checks=(format shell arrows docs alone tidy asan tsan free-threaded)
for check in "${checks[@]}"; do
  [[ $(type -t "check_${check//-/_}") == function ]] || fail "unknown check '$check'; see scripts/check.sh --help"
done
trap '(($? == 0)) || say "the check $check failed; see above"' EXIT
for check in "${checks[@]}"; do
  say "check: $check"
  "check_${check//-/_}"
done
