#!/usr/bin/env bash
# Draws result files, with what a clone has alone: no build is needed. `gilscale report` runs it.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

help_if_asked "Usage: scripts/report.sh RESULTS.json [MORE.json ...] -o FILE [--chart NAME]

Draws result files: FILE.html is a report in one file, FILE.svg and FILE.png are a single chart.

$setup_help" "$@"

setup draw
exec "$venv/bin/python" -E "$root/scripts/gilscale_report" "$@"
