#!/usr/bin/env bash
# Writes the options of `gilscale run` that follow from the inputs to the file `options`, each ended by a null byte.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# Splits as a shell does, but expands and runs nothing.
words_of_run() {
  "$ACTION_PYTHON" -I -c '
import os, shlex, sys
try:
    words = shlex.split(os.environ["INPUT_RUN"])
except ValueError as error:
    sys.exit(str(error))
sys.stdout.buffer.write(b"".join(os.fsencode(word) + b"\0" for word in words))'
}

expectations() {
  local line
  while read -r line; do
    [[ ! $line ]] || printf -- '--expect=%s\0' "$line"
  done <<<"$INPUT_EXPECT"
}

inconclusive() {
  local configured='^[[:space:]]*inconclusive[[:space:]]*='
  if [[ $INPUT_INCONCLUSIVE ]]; then
    printf -- '--inconclusive=%s\0' "$INPUT_INCONCLUSIVE"
  elif ! grep -qzE '^--inconclusive(=|$)' "$options" && ! grep -qsE "$configured" "$ACTION_PROJECT/gilscale.toml"; then
    printf -- '--inconclusive=pass\0'
  fi
}

options=$ACTION_FOLDER/options
why=$(words_of_run 2>&1 >"$options") ||
  fail "$usage" "the input 'run' cannot be split into words: $why; check its quotes: $INPUT_RUN"
expectations >>"$options"
inconclusive >>"$options"
