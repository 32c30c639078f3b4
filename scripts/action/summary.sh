#!/usr/bin/env bash
# Adds what gilscale wrote to the job's summary.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

text=$(<"$ACTION_MARKDOWN")
# In Markdown, gilscale writes a backslash before an underscore. Where the other version lies is no matter to a reader.
[[ ! $ACTION_BASE ]] || text=${text//"${ACTION_BASE//_/\\_}"/"$ACTION_BASE_NAME"}
printf '## gilscale\n\n%s\n' "$text" >>"$GITHUB_STEP_SUMMARY"
