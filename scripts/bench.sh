#!/usr/bin/env bash
# From a clean clone to results: sets up, builds the release preset, measures.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

help_if_asked "Usage: scripts/bench.sh [ARGUMENT...]

Builds gilscale as it is meant to be measured with, and runs \`gilscale run ARGUMENT...\`; without
arguments that is the Fibonacci suite. \`build/release/bin/gilscale run --help\` lists the arguments, once it is built.

$setup_help" "$@"

here=$PWD
setup measure
build release
cd "$here" # files named in the arguments are relative to where the user stands
exec "$root/build/release/bin/gilscale" run "$@"
