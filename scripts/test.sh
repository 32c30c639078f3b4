#!/usr/bin/env bash
# From a clean clone to tested: sets up, builds the dev preset, runs all tests.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

help_if_asked "Usage: scripts/test.sh [ARGUMENT...]

Builds gilscale with warnings as errors and runs its tests; the arguments go to ctest, as in
\`scripts/test.sh -R statistics\`.

$setup_help
  PRESET   the preset of CMakePresets.json to build and test (default: dev)" "$@"

setup measure draw test
build "${PRESET:-dev}"
"${cmake%cmake}ctest" --preset "${PRESET:-dev}" -j "$(nproc)" "$@"
