#!/usr/bin/env python3
"""Puts the licenses of the shared libraries that auditwheel took into a wheel beside them, in its dist-info/licenses.

auditwheel writes down which of the system's packages each is of; Debian's and Fedora's have their licenses with them.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import urllib.parse
from pathlib import Path


def fail(message):
    sys.exit(f"add_licenses.py: {message}")


def wheel_tool(*args):
    done = subprocess.run([sys.executable, "-m", "wheel", *map(str, args)], check=False, stdout=subprocess.DEVNULL)
    if done.returncode:
        fail(f"`wheel {args[0]}` failed, see above; scripts/setup.sh wheel installs what it needs")


def packages_in(unpacked):
    """(kind, name) of the packages that libraries were taken from: ("deb", "libhwloc15")."""
    libraries = [file.name for file in unpacked.glob("*.libs/*")]
    lists = list(unpacked.glob("*.dist-info/sboms/auditwheel.cdx.json"))
    if libraries and not lists:
        fail("auditwheel did not write down where the libraries came from; install 6.5 or newer")
    found = {}
    for file in lists:
        for component in json.loads(file.read_text())["components"]:
            # As in "pkg:deb/debian/libcap2@1:2.75": https://github.com/package-url/purl-spec
            kind, _, rest = component.get("purl", "").partition("pkg:")[2].partition("/")
            name = urllib.parse.unquote(rest.rpartition("@")[0].rpartition("/")[2])
            if kind not in ("", "pypi"):
                found[name] = kind
    return sorted((kind, name) for name, kind in found.items())


def rpm(*args):
    """The lines that it prints; none where it fails."""
    done = subprocess.run(["rpm", "-q", *args], check=False, stdout=subprocess.PIPE, text=True)
    return done.stdout.splitlines() if done.returncode == 0 else []


def licenses_of_rpm(name):
    """Its own, else those of packages that were made of the same source."""
    own = rpm("--licensefiles", name)
    source = rpm("--queryformat", "%{SOURCERPM}\n", name)
    made_of = [line.split() for line in rpm("-a", "--queryformat", "%{SOURCERPM} %{NAME}\n")]
    same = [other for origin, other in made_of if [origin] == source]
    return [Path(line) for line in own or (same and rpm("--licensefiles", *same))]


def licenses_of(kind, name):
    files = [Path("/usr/share/doc", name, "copyright")] if kind == "deb" else licenses_of_rpm(name)
    there = [file for file in files if file.is_file()]
    if not there:
        fail(f"the package {name} has no license here; install it with its documents")
    return "\n".join(file.read_text(errors="replace") for file in there)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("wheel", type=Path, help="repaired by auditwheel; it is replaced")
    wheel = parser.parse_args().wheel
    if not wheel.is_file():
        fail(f"there is no wheel '{wheel}'")
    with tempfile.TemporaryDirectory() as folder:
        wheel_tool("unpack", "-d", folder, wheel)
        unpacked, = Path(folder).iterdir()
        packed = Path(folder, "packed")
        packed.mkdir()
        licenses, = unpacked.glob("*.dist-info/licenses")
        for kind, name in packages_in(unpacked):
            (licenses / f"{name}.txt").write_text(licenses_of(kind, name))
        wheel_tool("pack", "-d", packed, unpacked)
        made, = packed.iterdir()
        wheel.unlink()  # its tags may have been in another order
        shutil.move(made, wheel.parent / made.name)


if __name__ == "__main__":
    main()
