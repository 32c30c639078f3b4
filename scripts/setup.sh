#!/usr/bin/env bash
# Installs what building, testing and formatting gilscale need, and only what is missing.
# Called by hand, or sourced by the other scripts, which then have $root, $python and $cmake.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv=$root/.venv
wanted=(g++ ninja-build pkgconf libbenchmark-dev libbenchmark-tools libboost-dev libcli11-dev libfmt-dev
  libgmock-dev libgtest-dev libhwloc-dev libtomlplusplus-dev
  nlohmann-json3-dev) # and cmake and Python where they are missing

setup_help='Installs what is missing, and says what:
  - Debian packages, with apt-get as root or through sudo: a compiler, Ninja, CMake (where there is
    none >= 3.25), the C++ libraries, the headers of the Python in /usr/bin. Where there is no
    apt-get, nothing: CMake then fetches the libraries, the tools are yours to install.
  - Python packages, into .venv only: see scripts/requirements.txt.

Environment:
  PYTHON   the Python to embed and to measure (default: /usr/bin/python3). It needs its headers and
           a shared libpython; one built from source has that when configured with --enable-shared.'

say() { echo "gilscale: $*" >&2; }
fail() { say "$*"; exit 1; }

# Prints the script's help and leaves when -h or --help is the first argument.
help_if_asked() { # $1: help text, then the script's arguments
  case ${2-} in -h | --help) echo "$1"; exit 0 ;; esac
}

# Sets cmake, to nothing when there is none new enough.
find_cmake() {
  for cmake in cmake /usr/bin/cmake ''; do
    if [[ $("$cmake" --version 2>/dev/null) =~ version\ ([0-9]+)\.([0-9]+) ]] &&
      ((BASH_REMATCH[1] > 3 || (BASH_REMATCH[1] == 3 && BASH_REMATCH[2] >= 25))); then return; fi
  done
}

# Prints the interpreter's own path (not that of a launcher in front of it), its version, and what it
# lacks to be embedded.
inspect_python() {
  "$1" - <<'PY'
import importlib.util, os, sys, sysconfig
get = sysconfig.get_config_var
lacks = []
if sys.version_info < (3, 9):
    lacks.append("version 3.9 or newer")
if not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")):
    lacks.append("its headers")
library = os.path.join(get("LIBDIR") or "", get("LDLIBRARY") or "")
if not get("PYTHONFRAMEWORK") and (library.endswith(".a") or not os.path.isfile(library)):
    lacks.append("a shared libpython")
if not importlib.util.find_spec("ensurepip"):
    lacks.append("venv")
print(sys.executable, "%d.%d" % sys.version_info[:2], ", ".join(lacks), sep="\n")
PY
}

# Sets python, python_version and python_lacks; python to nothing when it does not run.
find_python() {
  local facts
  python='' python_version='' python_lacks=''
  facts=$(inspect_python "${PYTHON:-/usr/bin/python3}" 2>/dev/null) || return 0
  { read -r python && read -r python_version && read -r python_lacks; } <<<"$facts" || true
}

installed_packages() {
  dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null | sed -n 's/^installed //p'
}

missing_packages() {
  local package
  for package in $(comm -13 <(installed_packages | sort) <(printf '%s\n' "${wanted[@]}" | sort)); do
    case $package in # a tool may have come in another way
      g++) "${CXX:-g++}" --version >/dev/null 2>&1 || echo "$package" ;;
      pkgconf) pkg-config --version >/dev/null 2>&1 || echo "$package" ;;
      ninja-build) ninja --version >/dev/null 2>&1 || echo "$package" ;;
      *) echo "$package" ;;
    esac
  done
  [[ $cmake ]] || echo cmake
  if [[ -z $python && -z ${PYTHON-} ]]; then
    printf '%s\n' python3 python3-dev python3-venv
  elif [[ $python_lacks && $python == /usr/bin/python3* ]]; then
    printf '%s\n' "python$python_version-dev" "python$python_version-venv"
  fi
}

install_packages() {
  local packages become=()
  mapfile -t packages < <(missing_packages)
  ((${#packages[@]})) || return 0
  local command="apt-get install ${packages[*]}"
  command -v apt-get >/dev/null || { say "no apt-get here; on Debian this would run: $command"; return 0; }
  if ((EUID != 0)); then
    command -v sudo >/dev/null || fail "packages are missing, and there is no sudo; as root, run: $command"
    become=(sudo)
  fi
  say "installing Debian packages: ${packages[*]}"
  quietly "${become[@]}" apt-get update || say "apt-get update failed; trying with the lists there are"
  quietly "${become[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends "${packages[@]}" ||
    fail "that failed, see above; as root, run: $command"
  find_cmake
  find_python
}

# Runs a command, and shows what it printed only when it fails.
quietly() {
  local output
  output=$("$@" 2>&1) || { echo "$output" >&2; return 1; }
}

check_tools() {
  [[ $cmake ]] || fail "CMake 3.25 or newer is needed; install it and run this again"
  [[ $python ]] || fail "'${PYTHON:-/usr/bin/python3}' does not run; name a Python with PYTHON=<file>"
  [[ -z $python_lacks ]] || fail "$python (Python $python_version) lacks $python_lacks; install that" \
    "(Debian: python3-dev and python3-venv; built from source: configure --enable-shared)," \
    "or name another Python with PYTHON=<file>"
}

make_venv() {
  cmp -s "$root/scripts/requirements.txt" "$venv/requirements.txt" && "$venv/bin/python" -c '' 2>/dev/null && return
  if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    say "making .venv with $python"
    quietly "$python" -m venv --clear "$venv" || fail "$python could not make .venv; see above"
  fi
  say "installing into .venv: $(sed '/^#/d' "$root/scripts/requirements.txt" | xargs)"
  quietly "$venv/bin/python" -m pip install --disable-pip-version-check -r "$root/scripts/requirements.txt" ||
    fail "pip could not install them; see above, then run this again"
  cp "$root/scripts/requirements.txt" "$venv/requirements.txt"
}

setup() {
  find_cmake
  find_python
  install_packages
  check_tools
  make_venv
}

# Configures and builds a preset for $python. Standard output stays free for what is run afterwards.
build() { # $1: preset
  say "building preset $1 for $python (Python $python_version)"
  cd "$root"
  quietly "$cmake" --preset "$1" -DPython_EXECUTABLE="$python" ||
    fail "CMake could not configure the build; see above"
  "$cmake" --build --preset "$1" >&2
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
  help_if_asked "Usage: scripts/setup.sh

$setup_help" "$@"
  setup
  say "ready: $("$cmake" --version | head -1), $python (Python $python_version)"
fi
