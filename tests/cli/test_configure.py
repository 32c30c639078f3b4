"""What CMake says where gilscale cannot be built: of other systems, which are pretended, and of Pythons."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from test_pythons import stranger

ROOT = Path(__file__).resolve().parents[2]
CMAKE = os.environ.get("CMAKE") or shutil.which("cmake")

pytestmark = pytest.mark.skipif(not CMAKE or not shutil.which("c++"), reason="CMake and a compiler are not here")


def configured(folder, *args, **env):
    """Exit code, and what was said, on one line."""
    done = subprocess.run([CMAKE, "-S", ROOT, "-B", folder, "-G", "Ninja", "-DGILSCALE_BUILD_TESTS=OFF", *args],
                          env={**os.environ, **env}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300,
                          check=False)
    return done.returncode, " ".join(done.stdout.split())


@pytest.mark.parametrize("system, name, remedy", [
    ("Darwin", "macOS", "docker run"), ("Windows", "Windows", "wsl --install"), ("FreeBSD", "FreeBSD", "on Linux")])
def test_another_system_is_refused_with_what_to_do(tmp_path, system, name, remedy):
    code, said = configured(tmp_path / "build", f"-DCMAKE_SYSTEM_NAME={system}")
    assert code != 0
    assert f"gilscale needs Linux with glibc, and this is {name}." in said and remedy in said


def test_another_c_library_is_refused_with_what_to_do(tmp_path):
    (tmp_path / "features.h").write_text("// as musl's, it defines no __GLIBC__\n")
    code, said = configured(tmp_path / "build", f"-DCMAKE_CXX_FLAGS=-I{tmp_path}")
    assert code != 0
    assert "gilscale needs Linux with glibc, and this is a Linux with another C library" in said and "docker run" in said


def test_a_missing_compiler_is_told(tmp_path):
    code, said = configured(tmp_path / "build", CXX="no-such-compiler -O2")
    assert code != 0
    assert "gilscale needs a C++20 compiler" in said and "finds no no-such-compiler." in said and "apt-get install g++" in said


def test_libraries_that_are_missing_are_named_together(tmp_path):
    none = tmp_path / "pkg-config"
    none.write_text("#!/bin/sh\n[ \"$1\" = --version ] && echo 1.8\n")
    none.chmod(0o755)
    code, said = configured(tmp_path / "build", f"-DPKG_CONFIG_EXECUTABLE={none}")
    assert code != 0
    assert "gilscale needs hwloc 2.4 or newer and libdw 0.183 or newer (of elfutils)" in said
    assert "apt-get install libhwloc-dev libdw-dev" in said


def test_a_static_libpython_will_do_for_a_plug_in_where_that_is_asked_for(tmp_path, measured_python):
    facts = json.loads(subprocess.run([measured_python, "-IS", ROOT / "src/supervise/ask_interpreter.py"],
                                      stdout=subprocess.PIPE, check=True).stdout)
    python = stranger(tmp_path / "static", **{**facts, "soabi": "cpython-399", "library": ""}) / "bin/python"
    pythons = (f"-DPython_EXECUTABLE={measured_python}", f"-DGILSCALE_PYTHONS={python}")
    code, said = configured(tmp_path / "build", *pythons)
    assert code != 0
    assert "has no shared libpython" in said and "-DGILSCALE_STATIC_PYTHONS=ON" in said
    code, said = configured(tmp_path / "build", *pythons, "-DGILSCALE_STATIC_PYTHONS=ON")
    assert code == 0, said
    assert (tmp_path / "build/lib/gilscale/worker-cpython-399.json").exists()
