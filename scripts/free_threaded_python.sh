#!/usr/bin/env bash
# Gets a free-threaded CPython with a shared libpython, and prints the path of its executable.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

prefix=${GILSCALE_FREE_THREADED:-${XDG_CACHE_HOME:-$HOME/.cache}/gilscale/free-threaded-3.13}

help_if_asked "Usage: scripts/free_threaded_python.sh

Prints the path of a free-threaded CPython 3.13. The first time, it gets one: with uv if that is installed
(untested), otherwise by building Debian's source package, which takes some minutes.

Environment:
  GILSCALE_FREE_THREADED   where it is kept (default: gilscale/free-threaded-3.13 in the user's cache folder)" "$@"

# Untested: uv was not available where this was written. Its builds have a shared libpython.
from_uv() {
  say "installing a free-threaded CPython 3.13 with uv into $prefix"
  quietly uv python install --install-dir "$prefix/uv" 3.13t || return 1
  ln -sfn "$(UV_PYTHON_INSTALL_DIR=$prefix/uv uv python find 3.13t)" "$prefix/python"
}

# Debian 13 has 3.13; its mirror is the one that apt uses anyway.
download_source() { # $1: an empty folder
  local mirror apt
  # shellcheck disable=SC2016 # apt expands it
  mirror=$(apt-get indextargets --format '$(REPO_URI)' | grep -m1 '/debian/*$') ||
    fail "apt lists no Debian mirror; run apt-get update first"
  mkdir -p "$1/lists/partial" "$1/archives/partial"
  echo "deb-src $mirror trixie main" >"$1/sources.list"
  apt=(apt-get -o Dir::Etc::sourcelist="$1/sources.list" -o Dir::Etc::sourceparts=- -o Dir::State::Lists="$1/lists"
    -o Dir::Cache::archives="$1/archives" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Sandbox::User=)
  quietly "${apt[@]}" update && (cd "$1" && quietly "${apt[@]}" source --download-only python3.13)
}

from_debian() {
  command -v apt-get >/dev/null || fail "there is neither uv nor apt-get here; name a free-threaded Python with PYTHON=<file>"
  local work
  work=$(mktemp -d)
  trap 'rm -rf "$work"' RETURN
  say "building a free-threaded CPython 3.13 from Debian's source package into $prefix"
  download_source "$work" || fail "Debian's source package python3.13 could not be downloaded; see above"
  tar -C "$work" -xf "$work"/python3.13_*.orig.tar.xz
  # Built to be tested with, not to be measured: quick to compile.
  (cd "$work"/Python-3.13* &&
    quietly ./configure --prefix="$prefix" --disable-gil --enable-shared --without-ensurepip --disable-test-modules \
      OPT="-O1 -DNDEBUG -Wall" LDFLAGS="-Wl,-rpath,$prefix/lib" &&
    quietly make -j"$(nproc)" && quietly make install) || fail "CPython could not be built; see above"
  ln -sfn "$prefix/bin/python3.13t" "$prefix/python"
}

if ! [[ -x $prefix/python ]]; then
  mkdir -p "$prefix"
  if ! command -v uv >/dev/null || ! from_uv; then
    setup free-threaded
    from_debian
  fi
fi
echo "$prefix/python"
