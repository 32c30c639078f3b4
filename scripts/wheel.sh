#!/usr/bin/env bash
# From a clean clone to a wheel: sets up, builds, and takes in the shared libraries that a wheel may not expect.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

help_if_asked "Usage: scripts/wheel.sh

Builds a wheel of gilscale in dist/, which holds the executable with the shared libraries that it needs, plug-ins, the
built-in workloads, and what draws reports. It does for any Python on a Linux with the same or a newer glibc;
\`gilscale add-python\` makes plug-ins for those that it has none for. The last line printed is the wheel's path.

$setup_help
  GILSCALE_PYTHONS         more Pythons to make plug-ins for, as in \"/opt/a/bin/python3;/opt/b/bin/python3\"
  GILSCALE_STATIC_PYTHONS  ON: a static libpython will do; such a Python cannot be measured, but its plug-in is good for
                           other builds of that version" "$@"

(($# == 0)) || fail "unknown argument '$1'; see scripts/wheel.sh --help"
setup measure wheel
cd "$root"
raw=$(mktemp -d)
trap 'rm -rf "$raw"' EXIT
say "building a wheel for $python (Python $python_version)${GILSCALE_PYTHONS:+ and $GILSCALE_PYTHONS}"
quietly "$venv/bin/python" -m pip wheel . --no-deps --no-build-isolation --disable-pip-version-check -w "$raw" \
  --config-settings build-dir=build/wheel --config-settings cmake.python-hints=false \
    --config-settings cmake.define.Python_EXECUTABLE="$python" ||
  fail "the wheel could not be built; see above"
quietly env PATH="$venv/bin:$PATH" "$venv/bin/auditwheel" repair -w "$raw/repaired" "$raw"/gilscale-*.whl ||
  fail "auditwheel could not repair the wheel; see above"
"$venv/bin/python" scripts/add_licenses.py "$raw"/repaired/gilscale-*.whl ||
  fail "the licenses of what the wheel holds could not be added; see above"
mkdir -p dist
name=$(basename "$raw"/repaired/gilscale-*.whl)
mv "$raw/repaired/$name" dist
echo "$root/dist/$name"
