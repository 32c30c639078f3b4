#!/usr/bin/env bash
# What a build costs: CPU seconds of each target, and the costliest files.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

help_if_asked "Usage: scripts/build_cost.sh [PRESET [TARGET...]]

Builds PRESET (default: release) from scratch, without a compiler cache, in build/cost-PRESET, and prints
the CPU seconds of each target and the ten files that took the most.

$setup_help" "$@"

preset=${1:-release}
targets=("${@:2}")
setup measure test
cd "$root"
folder=build/cost-$preset
launcher=$root/scripts/cpu_seconds.sh
export GILSCALE_BUILD_COST=$root/$folder.log
rm -rf "$folder"
say "building preset $preset in $folder"
quietly "$cmake" --preset "$preset" -B "$folder" -DPython_EXECUTABLE="$python" \
  -DCMAKE_CXX_COMPILER_LAUNCHER="$launcher" -DCMAKE_CXX_LINKER_LAUNCHER="$launcher" ||
  fail "CMake could not configure the build; see above"
rm -f "$GILSCALE_BUILD_COST" # what was compiled to configure it
quietly "$cmake" --build "$folder" ${targets[@]+--target "${targets[@]}"} || fail "the build failed; see above"

# "seconds target file" of each object; those of linking have no file.
costs=$(sed -E 's|^([0-9.]+) ([0-9.]+) .*CMakeFiles/([^/]+)\.dir/(.*)\.(o|gch)$|\1 \2 \3 \4|; t
  s|^([0-9.]+) ([0-9.]+) .*|\1 \2 linking|' "$GILSCALE_BUILD_COST" |
  awk '{ printf "%.1f %s %s\n", $1 + $2, $3, $4 }')
awk '{ sum += $1 } END { printf "CPU seconds: %.1f\n\nby target\n", sum }' <<<"$costs"
awk '{ sum[$2] += $1 } END { for (target in sum) printf "%8.1f  %s\n", sum[target], target }' <<<"$costs" | sort -rn
printf '\nthe ten costliest files\n'
awk 'NF > 2 { printf "%8.1f  %s (%s)\n", $1, $3, $2 }' <<<"$costs" | sort -rn | sed 10q
