"""Plug-ins: one for each Python that gilscale measures with.

With one Python these tests look at that one; scripts/check.sh free-threaded runs them with two.
"""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from conftest import OK, QUICK, USAGE, Gilscale

ROOT = Path(__file__).parents[2]


def listed(gilscale):
    """The interpreters that `gilscale list` shows and that have a plug-in."""
    _, _, rows = gilscale("list").stdout.partition("\ninterpreters (--python)\n")
    return re.findall(r"^  3\.\d+t? +CPython [^/]+ (/\S+)$", rows, re.M)


@pytest.fixture
def moved(gilscale, tmp_path_factory):
    """The same gilscale in another folder."""
    origin, prefix = Path(gilscale.executable).parents[1], tmp_path_factory.mktemp("moved")
    for folder in ("bin", "lib/gilscale", "share/gilscale"):
        shutil.copytree(origin / folder, prefix / folder)
    return Gilscale(str(prefix / "bin/gilscale"), gilscale.folder)


def environment_of(python, folder):
    subprocess.run([python, "-m", "venv", "--without-pip", folder], check=True)
    return folder


def stranger(folder, **facts):
    """An environment of an interpreter that says this of itself."""
    (folder / "bin").mkdir(parents=True)
    python = folder / "bin/python"
    python.write_text(f"#!/bin/sh\necho '{json.dumps(facts)}'\n")
    python.chmod(0o755)
    (folder / "pyvenv.cfg").write_text(f"version = {facts['version']}\n")
    return folder


def plugin_folder(gilscale):
    return Path(gilscale.executable).parents[1] / "lib/gilscale"


def default_version(gilscale):
    return next(facts["version"] for facts in map(json.loads, map(Path.read_text, plugin_folder(gilscale).glob("*.json")))
                if facts["default"])


def test_a_moved_gilscale_measures_with_every_python_that_has_a_plug_in(gilscale, moved, tmp_path):
    pythons = listed(moved)
    assert pythons == listed(gilscale) and pythons
    for number, python in enumerate(pythons):
        environment = environment_of(python, tmp_path / str(number))
        for executor in ("threads", "processes"):
            case, = moved.cases("run", "py_fib", "-n10", "-x", executor, "--venv", str(environment), "-t1,2", *QUICK)
            assert case["python"]["executable"] == str(environment / "bin/python")
            assert len(case["points"]) == 2


def test_a_python_without_a_plug_in_is_refused_with_the_command_that_makes_one(moved, tmp_path):
    of_default = default_version(moved)
    folder = stranger(tmp_path / "third", executable="/opt/python3", version=of_default, soabi="cpython-3xx", library="l")
    done = moved("run", "hold", "--venv", str(folder), "-t1", *QUICK)
    assert done.returncode == USAGE
    assert "no plug-in for" in done.stderr and "cpython-3xx" in done.stderr
    assert f"scripts/add_python.sh {folder}/bin/python" in done.stderr


def test_a_python_with_a_static_library_only_is_refused_with_who_has_a_shared_one(gilscale, tmp_path):
    folder = stranger(tmp_path / "static", executable="/opt/python3", version=default_version(gilscale), soabi="c", library="")
    done = gilscale("run", "hold", "--venv", str(folder), "-t1", *QUICK)
    assert done.returncode == USAGE
    assert "has no shared libpython" in done.stderr and "--enable-shared" in done.stderr


def test_what_is_no_interpreter_is_refused(gilscale, tmp_path):
    folder = stranger(tmp_path / "none", version=default_version(gilscale))
    done = gilscale("run", "hold", "--venv", str(folder), "-t1", *QUICK)
    assert done.returncode == USAGE
    assert f"'{folder}/bin/python' does not run as a Python interpreter" in done.stderr


def test_a_libpython_that_cannot_be_opened_is_told(gilscale, tmp_path):
    facts, = [json.loads(path.read_text()) for path in plugin_folder(gilscale).glob("*.json")
              if json.loads(path.read_text())["default"]]
    (tmp_path / "libpython.so").write_text("no library")
    folder = stranger(tmp_path / "broken", executable="p", version=facts["version"], soabi=facts["soabi"],
                      library=str(tmp_path / "libpython.so"))
    done = gilscale("run", "hold", "--venv", str(folder), "-t1", *QUICK)
    assert done.returncode == USAGE
    assert "libpython cannot be opened" in done.stderr and str(tmp_path / "libpython.so") in done.stderr


def without_plugins(gilscale):
    for path in plugin_folder(gilscale).iterdir():
        path.unlink()


def test_without_any_plug_in_only_the_control_is_measured(moved):
    without_plugins(moved)
    assert moved("run", "-x", "native", "-t1", *QUICK).returncode == OK
    assert "scripts/add_python.sh" in moved("list").stdout
    done = moved("run", "hold", "-t1", *QUICK)
    assert done.returncode == USAGE
    assert "has no plug-in for any Python" in done.stderr and "scripts/add_python.sh" in done.stderr


@pytest.mark.parametrize("change", [("gilscale", "0.0.9"), ("soabi", "cpython-3xx")])
def test_a_plug_in_that_is_described_as_anothers_is_refused(moved, change):
    key, value = change
    for path in plugin_folder(moved).glob("*.json"):
        path.write_text(json.dumps({**json.loads(path.read_text()), key: value}))
    done = moved("run", "hold", "-t1", *QUICK)
    assert done.returncode == USAGE
    assert value in done.stderr and "scripts/add_python.sh" in done.stderr


OTHER_INTERFACE = """
    struct Plugin { unsigned interface_version; const char* gilscale_version; };
    extern "C" const Plugin* gilscale_plugin() { static const Plugin plugin{99, "0.1.0"}; return &plugin; }
    """


@pytest.mark.skipif(not shutil.which("c++"), reason="it compiles a plug-in")
@pytest.mark.parametrize("source", [OTHER_INTERFACE, ""], ids=["another interface", "none at all"])
def test_a_library_that_is_another_gilscales_plug_in_is_refused(moved, source):
    for path in plugin_folder(moved).glob("*.so"):
        path.unlink()
        subprocess.run(["c++", "-shared", "-fPIC", "-x", "c++", "-", "-o", path], input=source, text=True, check=True)
    done = moved("run", "hold", "-t1", *QUICK)
    assert done.returncode == USAGE
    assert "belongs to another version of gilscale" in done.stderr and "scripts/add_python.sh" in done.stderr


def tool(name, *args):
    if not shutil.which(name):
        pytest.skip(f"{name} is not here")
    return subprocess.run([name, *args], stdout=subprocess.PIPE, text=True, check=True).stdout


def test_the_executable_needs_no_libpython(gilscale):
    needed = tool("readelf", "-d", gilscale.executable)
    assert "NEEDED" in needed and "libpython" not in needed


def test_the_executable_exports_what_stands_in_for_pythons_functions_and_nothing_else(gilscale):
    symbols = tool("nm", "--dynamic", "--defined-only", "--format=posix", gilscale.executable)
    own = {line.split()[0] for line in symbols.splitlines() if line.split()[1] == "T"}
    assert {"PyEval_SaveThread", "PyEval_RestoreThread"} <= own
    assert not [name for name in own if "gilscale" in name]


@pytest.mark.usefixtures("no_sanitizer")
@pytest.mark.usefixtures("no_sanitizer")
def test_no_other_function_of_the_executable_comes_before_a_librarys(gilscale):
    symbols = tool("nm", "--dynamic", "--defined-only", "--format=posix", gilscale.executable)
    meant = re.findall(r"(\w+);", (ROOT / "src/exported_symbols.txt").read_text())
    assert sorted(line.split()[0] for line in symbols.splitlines() if line.split()[1] == "T") == sorted(meant)


def test_a_plug_in_exports_its_table_and_needs_nothing_of_ours(gilscale):
    for path in plugin_folder(gilscale).glob("*.so"):
        symbols = tool("nm", "--dynamic", "--defined-only", "--format=posix", path)
        assert [line.split()[0] for line in symbols.splitlines() if line.split()[1] == "T"] == ["gilscale_plugin"]
        needed = re.findall(r"NEEDED.*\[(.+?)\]", tool("readelf", "-d", path))
        assert all(name.startswith(("libstdc++", "libgcc_s", "libm.", "libc.", "ld-", "libasan", "libubsan", "libtsan"))
                   for name in needed), needed
