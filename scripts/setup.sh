#!/usr/bin/env bash
# Installs what is needed to measure, to draw, to test or to contribute, and only what is missing.
# Called by hand, or sourced by the other scripts, which then have $root, $python and $cmake.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv=$root/.venv # of the system's Python: what builds, draws and tests; nothing in it is measured

# Debian's packages for each purpose; Python's are in scripts/requirements/<purpose>.txt.
declare -A packages_for=(
  [measure]='g++ ninja-build cmake pkgconf libbenchmark-dev libboost-dev libcli11-dev libdw-dev libfmt-dev
    libhwloc-dev libtomlplusplus-dev nlohmann-json3-dev'
  [draw]=''
  [test]='bash dpkg-dev file fish gzip libbenchmark-tools libgmock-dev libgtest-dev mandoc openssh-client
    openssh-server zsh'
  [contribute]='shellcheck'
  [docs]=''
  [wheel]=''
  [package]='dpkg-dev file gzip'
  [free-threaded]='g++ make libffi-dev libssl-dev xz-utils zlib1g-dev' # to build one
)

setup_help='What is missing is installed first, and its names are printed:
  - Debian packages, with apt-get, as root or through sudo. Without apt-get, none are installed: CMake then fetches
    the libraries, and the compiler, CMake and Ninja have to be there.
  - Python packages, only into .venv, an environment of the system'"'"'s Python.

Environment:
  PYTHON   the Python to embed and to measure (default: /usr/bin/python3). It needs its headers and a shared
           libpython; nothing has to be installed in it. A Python built from source has the library if it was
           configured with --enable-shared.'

say() { echo "gilscale: $*" >&2; }
fail() { say "$*"; exit 1; }

# Prints the script's help and leaves when -h or --help is the first argument.
help_if_asked() { # $1: help text, then the script's arguments
  case ${2-} in -h | --help) echo "$1"; exit 0 ;; esac
}

# Runs a command, and shows what it printed only when it fails.
quietly() {
  local output
  output=$("$@" 2>&1) || { echo "$output" >&2; return 1; }
}

# ---- what is there ----

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
  "$1" -I -S "$root/src/supervise/ask_interpreter.py" | "$1" -I -c '
import json, os, sys
facts = json.load(sys.stdin)
lacks = []
if sys.version_info < (3, 9):
    lacks.append("version 3.9 or newer")
if not os.path.exists(os.path.join(facts["include"], "Python.h")):
    lacks.append("its headers")
if not facts["library"] and os.environ.get("GILSCALE_STATIC_PYTHONS") != "ON":
    lacks.append("a shared libpython")
print(facts["executable"], "%d.%d" % sys.version_info[:2], " and ".join(lacks), sep="\n")'
}

# Sets python, python_version and python_lacks of the Python that is measured; python to nothing when it does not run.
find_python() {
  local facts
  python='' python_version='' python_lacks=''
  facts=$(inspect_python "${PYTHON:-/usr/bin/python3}" 2>/dev/null) || return 0
  { read -r python && read -r python_version && read -r python_lacks; } <<<"$facts" || true
}

# Sets tools_python, the Python of the system that .venv is made of; to nothing when no Python can.
find_tools_python() {
  for tools_python in /usr/bin/python3 python3 ''; do
    "$tools_python" -I -c 'import sys, ensurepip; assert sys.version_info >= (3, 9)' 2>/dev/null && return
  done
  tools_python=''
}

# ---- Debian's packages ----

# Which of the packages named are not installed.
not_installed() {
  local package
  for package in $(comm -13 \
    <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p' | sort) \
    <(printf '%s\n' "$@" | sort)); do
    case $package in # a tool may have come in another way
      g++) "${CXX:-g++}" --version >/dev/null 2>&1 || echo "$package" ;;
      cmake) [[ $cmake ]] || echo "$package" ;;
      pkgconf) pkg-config --version >/dev/null 2>&1 || echo "$package" ;;
      shellcheck) shellcheck --version >/dev/null 2>&1 || echo "$package" ;;
      ninja-build) ninja --version >/dev/null 2>&1 || echo "$package" ;;
      *) echo "$package" ;;
    esac
  done
}

missing_packages() { # purposes
  local purpose wanted=()
  for purpose; do
    # shellcheck disable=SC2206 # a list of words
    wanted+=(${packages_for[$purpose]})
  done
  ((${#wanted[@]} == 0)) || not_installed "${wanted[@]}"
  [[ $tools_python ]] || printf '%s\n' python3 python3-venv
  [[ " $* " == *' measure '* ]] || return 0
  if [[ -z $python && -z ${PYTHON-} ]]; then
    printf '%s\n' python3 python3-dev
  elif [[ $python_lacks && $python == /usr/bin/python3* ]]; then
    echo "python$python_version-dev"
  fi
}

install_packages() { # purposes
  local packages become=()
  mapfile -t packages < <(missing_packages "$@" | sort -u)
  ((${#packages[@]})) || return 0
  local command="apt-get install ${packages[*]}"
  command -v apt-get >/dev/null || { say "no apt-get here; on Debian this would run: $command"; return 0; }
  if ((EUID != 0)); then
    command -v sudo >/dev/null || fail "packages are missing, and there is no sudo; as root, run: $command"
    become=(sudo)
  fi
  say "installing Debian packages: ${packages[*]}"
  quietly "${become[@]}" apt-get update || say "apt-get update failed; trying with the existing lists"
  quietly "${become[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends "${packages[@]}" ||
    fail "they could not be installed, see above; as root, run: $command"
  find_cmake
  find_python
  find_tools_python
}

check_tools() {
  [[ $cmake ]] || fail "CMake 3.25 or newer is needed; install it and run this again"
  [[ $python ]] || fail "'${PYTHON:-/usr/bin/python3}' does not run; name a Python with PYTHON=<file>"
  [[ -z $python_lacks ]] || fail "$python (Python $python_version) lacks $python_lacks; install that" \
    "(Debian: python3-dev; built from source: configure --enable-shared), or name another Python with PYTHON=<file>"
}

# ---- Python's packages ----

# Which of these purposes .venv lacks something for: it keeps a copy of each list that was installed.
missing_requirements() { # purposes
  local purpose
  "$venv/bin/python" -c '' 2>/dev/null || rm -rf "$venv/installed" # its Python is gone
  for purpose; do
    [[ -f $root/scripts/requirements/$purpose.txt ]] || continue
    cmp -s "$root/scripts/requirements/$purpose.txt" "$venv/installed/$purpose.txt" || echo "$purpose"
  done
}

make_venv() {
  "$venv/bin/python" -m pip --version >/dev/null 2>&1 && return
  [[ $tools_python ]] || fail "no Python 3.9 or newer that can make virtual environments; install python3 and python3-venv"
  say "making .venv with $tools_python"
  quietly "$tools_python" -m venv --clear "$venv" || fail "$tools_python could not make .venv; see above"
}

pip_install() { # purposes
  local purpose lists=()
  say "installing into .venv: $(cd "$root/scripts/requirements" && sed '/^#/d' "${@/%/.txt}" | xargs)"
  for purpose; do lists+=(-r "$root/scripts/requirements/$purpose.txt"); done
  quietly "$venv/bin/python" -m pip install --disable-pip-version-check "${lists[@]}" ||
    fail "pip could not install them; see above, then run this again"
  mkdir -p "$venv/installed"
  for purpose; do cp "$root/scripts/requirements/$purpose.txt" "$venv/installed"; done
}

install_requirements() { # purposes
  local missing
  [[ $(missing_requirements "$@") ]] || return 0
  ( # one at a time: several reports may be asked for at once
    if command -v flock >/dev/null; then exec 9>"$venv.lock" && flock 9; fi
    mapfile -t missing < <(missing_requirements "$@")
    ((${#missing[@]})) || exit 0
    make_venv
    pip_install "${missing[@]}"
  ) || exit 1
}

# ---- what the scripts call ----

# Installs what is missing for these purposes, and sets cmake and python where something is to be built.
setup() {
  find_tools_python
  if [[ " $* " == *' measure '* ]]; then
    find_cmake
    find_python
  fi
  install_packages "$@"
  if [[ " $* " == *' measure '* ]]; then check_tools; fi
  install_requirements "$@"
}

# Whether a preset's build folder is there and for $python.
is_configured() { # $1: preset
  [[ -f build/$1/build.ninja &&
    $(sed -n 's/^Python_EXECUTABLE:[^=]*=//p' "build/$1/CMakeCache.txt") == "$python" ]]
}

configure() { # $1: preset
  say "configuring preset $1 for $python (Python $python_version)"
  quietly "$cmake" --preset "$1" -DPython_EXECUTABLE="$python" || fail "CMake could not configure the build; see above"
}

# Configures and builds a preset for $python, and says so when there is something to do. Standard output stays
# free for what is run afterwards.
build() { # $1: preset, then targets of CMake's; those of the preset if there are none
  local command=("$cmake" --build --preset "$1")
  (($# == 1)) || command+=(--target "${@:2}")
  cd "$root"
  is_configured "$1" || configure "$1"
  [[ $("${command[@]}" -- -n 2>&1) == *'no work to do'* ]] && return
  say "building ${*}"
  "${command[@]}" >&2 || fail "the build failed; see above"
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
  help_if_asked "Usage: scripts/setup.sh [measure] [draw] [test] [contribute] [docs] [wheel]

Installs what these tasks need; without arguments, what all of them need.

$setup_help" "$@"
  purposes=("$@")
  (($#)) || purposes=(measure draw test contribute docs wheel)
  for purpose in "${purposes[@]}"; do
    [[ -v packages_for[$purpose] ]] || fail "unknown purpose '$purpose'; see scripts/setup.sh --help"
  done
  setup "${purposes[@]}"
  say "ready to ${purposes[*]}"
fi
