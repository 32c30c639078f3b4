#!/usr/bin/env bash
# For .github/workflows/wheels.yml: the interpreters of a manylinux image, as GILSCALE_PYTHONS takes them.
set -euo pipefail
root=${GILSCALE_MANYLINUX:-/opt/python}

fail() { echo "gilscale: $*" >&2; exit 1; }

case ${1-} in
  '' | -h | --help)
    echo "Usage: scripts/manylinux_pythons.sh VERSION...

Prints the paths of these interpreters of a manylinux image (3.13, 3.14t), separated by semicolons. One that is missing
is an error. GILSCALE_MANYLINUX names the folder that holds them (default: /opt/python)."
    exit 0 ;;
esac
found=()
for version; do
  short=${version//./}
  file=$root/cp${short%t}-cp$short/bin/python
  [[ -x $file ]] || fail "there is no Python $version in this image: '$file' is missing; leave it out, or take another image"
  found+=("$file")
done
IFS=';'
echo "${found[*]}"
