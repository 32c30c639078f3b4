"""The Debian package that `cpack` makes of the build folder under test: what is in it, and that it runs where it is unpacked.

That it installs and removes cleanly takes a Debian of its own: docs/system.md.
"""

import gzip
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import OK, ONE_SAMPLE, Gilscale

pytestmark = pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="not a Debian")


def output_of(*command, **more):
    return subprocess.run(list(map(str, command)), check=True, stdout=subprocess.PIPE, text=True, timeout=120, **more).stdout


@pytest.fixture(scope="module")
def package(executable, tmp_path_factory):
    build, folder = Path(executable).parents[1], tmp_path_factory.mktemp("package")
    cpack = re.search(r"(?m)^CMAKE_CPACK_COMMAND:INTERNAL=(.+)$", (build / "CMakeCache.txt").read_text())[1]
    output_of(cpack, "--config", build / "CPackConfig.cmake", "-B", folder)
    made, = folder.glob("*.deb")
    return made


@pytest.fixture(scope="module")
def usr(package, tmp_path_factory):
    """The package unpacked."""
    folder = tmp_path_factory.mktemp("unpacked")
    output_of("dpkg-deb", "-x", package, folder)
    return folder / "usr"


def test_it_is_named_and_described_as_debian_packages_are(gilscale, package):
    version = gilscale("--version").stdout.split()[1]
    fields = dict(re.findall(r"(?m)^ *([\w-]+): (.+)$", output_of("dpkg-deb", "--info", package)))
    assert package.name == f"gilscale_{version}_{fields['Architecture']}.deb"
    assert (fields["Package"], fields["Version"]) == ("gilscale", version)
    assert {"libc6", "libstdc++6", "libhwloc15"} <= set(re.findall(r"[\w+-]+(?= \()", fields["Depends"]))
    assert "python3-matplotlib" in fields["Suggests"]


def test_it_depends_on_the_python_that_is_measured(package, measured_python, default_plugin):
    depends = output_of("dpkg-deb", "--field", package, "Depends")
    major, minor, _ = map(int, default_plugin["version"].split("."))
    of_debian = f"python3 (>= {major}.{minor}), python3 (<< {major}.{minor + 1}), libpython{major}.{minor}"
    assert (of_debian in depends) == (measured_python == "/usr/bin/python3")


def test_its_files_are_where_a_debian_looks_for_them(gilscale, package, usr, default_plugin):
    rows = [row.split(maxsplit=5) for row in output_of("dpkg-deb", "--contents", package).splitlines()]
    assert {owner for _, owner, *_ in rows} == {"root/root"}
    assert all(row[-1].startswith("./usr/") for row in rows)
    assert not [row[-1] for row in rows if re.search(r"/usr/share/.*\.so$", row[-1])]  # compiled, hence not for share
    assert not [row[-1] for row in rows if "__pycache__" in row[-1]]
    assert (usr / f"lib/gilscale/worker-{default_plugin['soabi']}.so").exists()
    for shell, file in (("bash", "bash-completion/completions/gilscale"), ("zsh", "zsh/vendor-completions/_gilscale"),
                        ("fish", "fish/vendor_completions.d/gilscale.fish")):
        assert (usr / "share" / file).read_text() == gilscale("completions", shell).stdout
    page = gzip.decompress((usr / "share/man/man1/gilscale.1.gz").read_bytes()).decode()
    assert page.splitlines()[1:] == gilscale("man").stdout.splitlines()[1:]  # the first line has the date
    assert "Permission is hereby granted" in (usr / "share/doc/gilscale/copyright").read_text()
    assert gzip.decompress((usr / "share/doc/gilscale/changelog.gz").read_bytes()).startswith(b"gilscale (")


def test_it_runs_where_it_is_unpacked(gilscale, usr):
    unpacked = Gilscale(str(usr / "bin/gilscale"), gilscale.folder)
    assert unpacked("--version").stdout == gilscale("--version").stdout
    done = unpacked("run", "fib", "--fib", "5", *ONE_SAMPLE, "-t1", "--no-config")
    assert (done.returncode, done.stderr) == (OK, "")
    assert all(f"\n{name}/5 " in done.stdout for name in ("py_fib", "cpp_fib_nogil", "fib_holder_gil"))
