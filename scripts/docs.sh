#!/usr/bin/env bash
# The documentation as a site.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

help_if_asked "Usage: scripts/docs.sh

Makes a site of docs/ in build/docs; open build/docs/index.html. It fails if a link, an anchor or a picture is
broken, or if a page is missing in docs/_toc.yml. Links to other sites are not followed.

$setup_help" "$@"
(($# == 0)) || fail "unexpected argument '$1'; see scripts/docs.sh --help"

setup docs
rm -rf "$root/build/docs"
"$venv/bin/python" -m sphinx --quiet --fail-on-warning --fresh-env --doctree-dir "$root/build/doctrees" \
  "$root/docs" "$root/build/docs"
say "build/docs/index.html is the first page"
