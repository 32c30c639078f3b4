#!/usr/bin/env bash
# From a clean clone to results: sets up, builds the release preset, measures.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

help_if_asked "Usage: scripts/bench.sh [ARGUMENT...]

Builds gilscale optimised for measuring, and runs \`gilscale run ARGUMENT...\`; without arguments, it measures the
Fibonacci suite. Once it is built, \`build/release/bin/gilscale run --help\` lists the arguments.

$setup_help" "$@"

here=$PWD
setup measure
build release
cd "$here" # files named in the arguments are relative to where the user stands
exec "$root/build/release/bin/gilscale" run "$@"
