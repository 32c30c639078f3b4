#!/usr/bin/env bash
# A launcher for compiler and linker: runs its arguments and adds a line "CPU seconds, output file" to
# $GILSCALE_BUILD_COST. scripts/build_cost.sh puts it before each command.
for ((i = 1; i < $#; ++i)); do
  [[ ${!i} == -o ]] && { ((++i)); output=${!i}; }
done
TIMEFORMAT="%U %S ${output-?}"
{ time "$@" 2>&3; } 3>&2 2>>"${GILSCALE_BUILD_COST:-/dev/null}"
