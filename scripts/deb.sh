#!/usr/bin/env bash
# From a clean clone to a Debian package: sets up, builds the release preset, packs.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

help_if_asked "Usage: scripts/deb.sh

Builds gilscale optimised for measuring, makes build/gilscale_<version>_<architecture>.deb of it for this Debian, and
prints its path. Install it with: apt-get install ./build/gilscale_*.deb

Environment:
  DEBFULLNAME, DEBEMAIL   who the package says maintains it

$setup_help" "$@"

(($# == 0)) || fail "unknown argument '$1'; see scripts/deb.sh --help"
command -v dpkg >/dev/null || fail "there is no dpkg here; Debian packages are made on Debian, for the same release of it"
# The same commit makes the same dates.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH

setup measure package
dpkg-query --search "$python" >/dev/null 2>&1 ||
  say "$python does not come from a Debian package, so the package will not depend on it: it has to be there"
build release
cd "$root/build"
rm -f gilscale_*.deb
quietly "${cmake%cmake}cpack" --config release/CPackConfig.cmake || fail "the package could not be made; see above"
ls "$root"/build/gilscale_*.deb
