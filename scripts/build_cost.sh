#!/usr/bin/env bash
# What a build costs: CPU seconds of each target, and the costliest files.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

help_if_asked "Usage: scripts/build_cost.sh [PRESET [TARGET...]]

Builds PRESET (default: release) from nothing, without a compiler cache, in build/cost-PRESET, and prints
the CPU seconds of each target and the ten files that took the most.

$setup_help" "$@"

preset=${1:-release}
targets=("${@:2}")
setup
cd "$root"
folder=build/cost-$preset
export GILSCALE_BUILD_COST=$root/$folder.log
rm -rf "$folder" "$GILSCALE_BUILD_COST"
say "building preset $preset in $folder"
launcher=$root/scripts/cpu_seconds.sh
quietly "$cmake" --preset "$preset" -B "$folder" -DPython_EXECUTABLE="$python" \
  -DCMAKE_CXX_COMPILER_LAUNCHER="$launcher" -DCMAKE_CXX_LINKER_LAUNCHER="$launcher" ||
  fail "CMake could not configure the build; see above"
rm -f "$GILSCALE_BUILD_COST" # what configuring compiled
quietly "$cmake" --build "$folder" ${targets[@]+--target "${targets[@]}"} || fail "it does not build; see above"

awk '
  { cost = $1 + $2; total += cost; file = $3 }
  match(file, /CMakeFiles\/[^\/]*\.dir\//) {
    target = substr(file, RSTART + 11, RLENGTH - 16)
    sub(/.*CMakeFiles\/[^\/]*\.dir\//, "", file)
    sub(/\.o$/, "", file)
    files[target " " file] = cost
  }
  !/CMakeFiles/ { target = "linking" }
  { targets[target] += cost }
  END {
    printf "total %.1f s of CPU time\n\n", total
    for (name in targets) printf "T %7.1f  %s\n", targets[name], name
    for (name in files) printf "F %7.1f  %s\n", files[name], name
  }' "$GILSCALE_BUILD_COST" |
  { read -r first; echo "$first"; sort -k1,1r -k2,2rn |
    awk '/^T/ { if (!t++) print "\nCPU s    target" } /^F/ { if (!f++) print "\nCPU s    costliest files"; if (f > 10) next } { print substr($0, 3) }'; }
