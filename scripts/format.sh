#!/usr/bin/env bash
# Formats the C++ sources, or checks that they are formatted.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

help_if_asked "Usage: scripts/format.sh [--check]

Formats all C++ sources with the clang-format of scripts/requirements/contribute.txt.
  --check   changes nothing; lists what is not formatted, and then exits with 1

$setup_help" "$@"

case ${1-} in
  '') mode=(-i) ;;
  --check) mode=(--dry-run -Werror) ;;
  *) fail "unknown argument '$1'; see scripts/format.sh --help" ;;
esac

setup contribute
cd "$root"
find include src bench tests -name '*.hpp' -print0 -o -name '*.cpp' -print0 |
  xargs -0 "$venv/bin/clang-format" "${mode[@]}" ||
  fail "some files are not formatted, see above; run scripts/format.sh"
