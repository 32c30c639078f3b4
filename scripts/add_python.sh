#!/usr/bin/env bash
# Makes a plug-in for one more Python, so that gilscale measures with that one too.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

help_if_asked "Usage: scripts/add_python.sh PYTHON...

Builds what gilscale needs to measure with these Pythons, each given by its interpreter, in addition to those that
it can measure with already. \`gilscale list\` shows them all; \`gilscale run --python LIST\` measures with them.

$setup_help
  PRESET   the preset of CMakePresets.json whose gilscale gets them (default: release)" "$@"

(($#)) || fail "name an interpreter; see scripts/add_python.sh --help"
added=()
for each; do
  PYTHON=$each find_python
  [[ $python ]] || fail "'$each' does not run; name a Python interpreter of version 3.9 or newer"
  [[ -z $python_lacks ]] || fail "$python (Python $python_version) lacks $python_lacks"
  added+=("$python")
done
setup measure
preset=${PRESET:-release}
cd "$root"
[[ -f build/$preset/build.ninja ]] || configure "$preset"
known=$(sed -n 's/^GILSCALE_PYTHONS:[^=]*=//p' "build/$preset/CMakeCache.txt")
say "building preset $preset, now also for ${added[*]}"
quietly "$cmake" --preset "$preset" -DGILSCALE_PYTHONS="$(IFS=';'; echo "${known:+$known;}${added[*]}")" ||
  fail "CMake could not configure the build; see above"
"$cmake" --build --preset "$preset" --target gilscale >&2 || fail "the build failed; see above"
