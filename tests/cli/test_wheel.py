"""gilscale as pip installs it: a wheel, made of what the build folder holds, in an environment that is not active."""

import email
import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from conftest import NOT_WRITTEN, OK, QUICK, USAGE, Gilscale
from made_results import fibonacci, write
from test_pythons import environment_of, stranger

ROOT = Path(__file__).resolve().parents[2]

yaml = pytest.importorskip("yaml", reason="PyYAML is not installed here; run scripts/setup.sh")
pytest.importorskip("scikit_build_core", reason="scikit-build-core is not installed here; run scripts/setup.sh")


def done_once(tmp_path_factory, name, make):
    """A folder that make(folder) filled, whichever of the processes that run tests came first."""
    shared = tmp_path_factory.getbasetemp()
    folder = (shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared) / name
    with open(f"{folder}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            folder.mkdir()
            make(folder)
            (folder / "done").touch()
    return folder


def pip(*args, **more):
    done = subprocess.run([sys.executable, "-m", "pip", "--disable-pip-version-check", *map(str, args)], check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300, **more)
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="session")
def wheel(executable, tmp_path_factory):
    """The file. Everything but the compiling is as for a user."""
    def make(folder):
        tools = f"{Path(os.environ['CMAKE']).parent}:" if "CMAKE" in os.environ else ""
        pip("wheel", ROOT, "--no-deps", "--no-build-isolation", "-w", folder, "--config-settings", "cmake.source-dir=tests/wheel",
            "--config-settings", f"cmake.define.GILSCALE_BUILD={Path(executable).parents[1]}",
            env={**os.environ, "PATH": tools + os.environ["PATH"]})
    file, = done_once(tmp_path_factory, "wheel", make).glob("*.whl")
    return file


@pytest.fixture(scope="session")
def untouched(wheel, measured_python, tmp_path_factory):
    """An environment of the Python that is measured, with the wheel in it."""
    def make(folder):
        environment_of(measured_python, folder / "env")
        pip("--python", folder / "env/bin/python", "install", "--no-index", "--no-deps", wheel)
    return done_once(tmp_path_factory, "installed", make) / "env"


def gilscale_of(environment, folder):
    return Gilscale(str(environment / "bin/gilscale"), folder)


@pytest.fixture
def installed(untouched, tmp_path):
    runner = gilscale_of(untouched, tmp_path)
    runner.environment_folder = untouched
    yield runner
    runner.stop()


def package_of(environment):
    package, = environment.glob("lib/python3*/site-packages/gilscale")
    return package


@pytest.fixture
def changeable(wheel, measured_python, tmp_path):
    """An environment of this test's own."""
    environment = environment_of(measured_python, tmp_path / "env")
    pip("--python", environment / "bin/python", "install", "--no-index", "--no-deps", wheel)
    runner = gilscale_of(environment, tmp_path)
    runner.environment_folder = environment
    runner.settings["XDG_DATA_HOME"] = str(tmp_path / "data")
    yield runner
    runner.stop()


# ---- the wheel ----


def test_a_wheel_does_for_every_python_and_holds_no_libpython(wheel, default_plugin, gilscale):
    version = gilscale("--version").stdout.split()[1]
    assert re.fullmatch(rf"gilscale-{re.escape(version)}-py3-none-linux_\w+\.whl", wheel.name)
    names = zipfile.ZipFile(wheel).namelist()
    for part in ("bin/gilscale", f"lib/gilscale/worker-{default_plugin['soabi']}.so", "share/gilscale/workloads/gilscale_py_fib.py",
                 "share/gilscale/report/gilscale_report/page.html", "share/gilscale/plugin/python/plugin.cpp",
                 "share/gilscale/plugin/pybind11/pybind11.h", "__main__.py"):
        assert f"gilscale/{part}" in names
    assert not [name for name in names if "libpython" in name]


def test_a_wheel_holds_the_licenses_of_what_is_compiled_in(wheel):
    file = zipfile.ZipFile(wheel)
    for library in ("pybind11", "fmt", "nlohmann_json", "CLI11", "tomlplusplus", "benchmark"):
        text = file.read(f"gilscale/share/gilscale/licenses/{library}.txt").decode()
        assert re.search(r"(?i)copyright|license", text), library


def wheel_with(wheel, folder, packages, kind="deb/debian"):
    """A copy of it as auditwheel would leave it, with a library of each of these packages."""
    pytest.importorskip("wheel", reason="wheel is not installed here; run scripts/setup.sh")
    subprocess.run([sys.executable, "-m", "wheel", "unpack", "-d", folder, wheel], check=True, stdout=subprocess.DEVNULL)
    unpacked, = folder.glob("gilscale-*")
    info, = unpacked.glob("*.dist-info")
    for made in (unpacked / "gilscale.libs", info / "sboms"):
        made.mkdir()
    for package in packages:
        (unpacked / "gilscale.libs" / f"{package}.so").touch()
    purls = ["pkg:pypi/gilscale@0.1.0?file_name=x.whl", *(f"pkg:{kind}/{package}@1%3A2-1" for package in packages)]
    (info / "sboms/auditwheel.cdx.json").write_text(json.dumps({"components": [{"purl": purl} for purl in purls]}))
    subprocess.run([sys.executable, "-m", "wheel", "pack", "-d", folder, unpacked], check=True, stdout=subprocess.DEVNULL)
    return folder / wheel.name


def add_licenses(wheel, **env):
    return subprocess.run([sys.executable, ROOT / "scripts/add_licenses.py", wheel], check=False, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=120, env={**os.environ, **env})


needs_debian = pytest.mark.skipif(not Path("/usr/share/doc/libc6/copyright").exists(), reason="this is not Debian")


@needs_debian
def test_the_licenses_of_libraries_that_auditwheel_took_are_added(wheel, tmp_path):
    copy = wheel_with(wheel, tmp_path, ["libc6", "libgcc-s1"])
    done = add_licenses(copy)
    assert done.returncode == 0, done.stderr
    file = zipfile.ZipFile(copy)
    added = {name.rpartition("/")[2]: file.read(name).decode() for name in file.namelist() if "dist-info/licenses/" in name}
    assert sorted(added) == ["LICENSE", "libc6.txt", "libgcc-s1.txt"]
    assert added["libc6.txt"] == Path("/usr/share/doc/libc6/copyright").read_text()
    record, = [name for name in file.namelist() if name.endswith("RECORD")]
    assert "licenses/libc6.txt,sha256=" in file.read(record).decode()


RPM = """#!/bin/sh
case "$*" in
  "-q --licensefiles hwloc-libs") echo {folder}/BSD ;;
  "-q --licensefiles elfutils-libelf") ;;
  "-q --licensefiles elfutils elfutils-libelf") echo {folder}/LGPL ;;
  "-q --queryformat "*) echo "${{4%%-*}}.src.rpm" ;;
  "-q -a "*) printf '%s\\n' 'hwloc.src.rpm hwloc-libs' 'elfutils.src.rpm elfutils' 'elfutils.src.rpm elfutils-libelf' ;;
  *) echo "$4 is not installed"; exit 1 ;;
esac
"""


def test_fedora_keeps_licenses_with_one_of_the_packages_of_a_source(wheel, tmp_path):
    for text in ("BSD", "LGPL"):
        (tmp_path / text).write_text(f"the {text} license")
    (tmp_path / "rpm").write_text(RPM.format(folder=tmp_path))
    (tmp_path / "rpm").chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    copy = wheel_with(wheel, tmp_path, ["hwloc-libs", "elfutils-libelf"], "rpm/almalinux")
    done = add_licenses(copy, PATH=path)
    assert done.returncode == 0, done.stderr
    file = zipfile.ZipFile(copy)
    added = {name.rpartition("/")[2]: file.read(name).decode() for name in file.namelist() if "dist-info/licenses/" in name}
    assert (added["hwloc-libs.txt"], added["elfutils-libelf.txt"]) == ("the BSD license", "the LGPL license")


@needs_debian
def test_a_library_without_a_license_is_refused(wheel, tmp_path):
    done = add_licenses(wheel_with(wheel, tmp_path, ["libnowhere9"]))
    assert done.returncode == 1
    assert done.stderr == ("add_licenses.py: the package libnowhere9 has no license here; install it with its documents\n")
    done = add_licenses(tmp_path / "no.whl")
    assert done.returncode == 1 and done.stderr == f"add_licenses.py: there is no wheel '{tmp_path}/no.whl'\n"


def test_the_extra_report_is_what_drawing_needs(wheel):
    metadata, = [name for name in zipfile.ZipFile(wheel).namelist() if name.endswith("METADATA")]
    required = email.message_from_bytes(zipfile.ZipFile(wheel).read(metadata)).get_all("Requires-Dist")
    wanted = (ROOT / "scripts/requirements/draw.txt").read_text().split()
    assert all(each.endswith("extra == \"report\"") for each in required)
    assert sorted(sorted(re.split(r"(?=[<>])|,", each.partition(";")[0].strip())) for each in required) == sorted(
        sorted(re.split(r"(?=[<>])|,", each)) for each in wanted)


# ---- what it measures ----


def prefix_measured(runner, **env):
    case, = runner.cases("run", "json:dumps", "--args", "(1,)", "-t1", *QUICK, **env)
    return Path(case["python"]["executable"]).parents[1]


def test_it_is_started_by_its_name_and_as_a_module(installed):
    by_name = installed("--version")
    by_module = Gilscale(str(installed.environment_folder / "bin/python"), installed.folder)("-m", "gilscale", "--version")
    assert by_name.returncode == by_module.returncode == OK
    assert by_name.stdout == by_module.stdout and by_name.stdout.startswith("gilscale ")


def test_it_measures_the_environment_that_it_is_in_though_that_is_not_active(installed):
    assert prefix_measured(installed) == installed.environment_folder
    assert prefix_measured(installed, VIRTUAL_ENV="/gone") == installed.environment_folder


def test_an_active_environment_comes_before_the_one_that_it_is_in(installed, measured_python, tmp_path):
    other = environment_of(measured_python, tmp_path / "other")
    assert prefix_measured(installed, VIRTUAL_ENV=str(other)) == other


def test_a_gilscale_that_another_one_started_does_not_take_the_others_environment(gilscale, measured_python):
    case, = gilscale.cases("run", "json:dumps", "--args", "(1,)", "-t1", *QUICK, GILSCALE_OWN_PYTHON="/gone/bin/python")
    assert case["python"]["executable"] == measured_python


def test_reports_are_drawn_by_the_environment_that_it_is_in(installed):
    results = write(installed.folder / "results.json", fibonacci())
    done = installed("report", results, "-o", "out.html", VIRTUAL_ENV="/gone")
    assert done.returncode == USAGE
    assert f"Jinja2 is not installed for {installed.environment_folder}/bin/python" in done.stderr


# ---- add-python ----


def without_plugin(runner):
    package = package_of(runner.environment_folder)
    for file in (*package.glob("share/gilscale/workloads/*.so"), *package.glob("lib/gilscale/*")):
        file.unlink()
    return package


@pytest.mark.skipif(not shutil.which("c++"), reason="it compiles a plug-in")
def test_a_python_without_a_plug_in_gets_one_by_the_command_that_is_told(changeable):
    # Nobody can write to what is not there, and as root to all else.
    (without_plugin(changeable) / "lib/gilscale").rmdir()
    refused = changeable("run", "cpp_fib", "-n10", "-t1", *QUICK)
    assert refused.returncode == USAGE
    python = changeable.environment_folder / "bin/python"
    command = re.search(rf"with: ({re.escape(str(python))}\d* -m gilscale add-python {re.escape(str(python))}\d*)$", refused.stderr)
    assert command, refused.stderr
    made = subprocess.run(command[1].split(), env=changeable.environment(), stdout=subprocess.PIPE, text=True, check=True)
    plugin = Path(made.stdout.strip())
    assert plugin.is_relative_to(changeable.folder / "data/gilscale") and plugin.suffix == ".so"
    assert len(changeable.cases("run", "cpp_fib", "py_fib", "-n10", "-t1,2", *QUICK)) == 2


def fake_compiler(folder, script='while [ "$1" != -o ]; do shift; done; echo made > "$2"'):
    path = folder / "compiler"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_a_plug_in_goes_next_to_the_program_where_that_can_be_written_to(changeable, default_plugin):
    package = without_plugin(changeable)
    python = str(changeable.environment_folder / "bin/python")
    done = changeable("add-python", python, CXX=fake_compiler(changeable.folder))
    plugin = package / f"lib/gilscale/worker-{default_plugin['soabi']}.so"
    assert (done.returncode, done.stdout) == (OK, f"{plugin}\n"), done
    assert plugin.read_text() == "made\n"
    described = json.loads(plugin.with_suffix(".json").read_text())
    assert described == {**default_plugin, "executable": described["executable"], "default": False}
    assert sorted(path.name for path in plugin.parent.iterdir()) == [plugin.with_suffix(".json").name, plugin.name]
    assert f"{python} lacks" not in changeable("list").stdout


@pytest.mark.parametrize("python, said", [
    ("no/such/python", "does not exist"),
    ("2.7.99", "there is no Python '2.7.99' on PATH"),
])
def test_what_is_no_python_gets_no_plug_in(installed, python, said):
    done = installed("add-python", python)
    assert done.returncode == USAGE and said in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize("facts, said", [
    ({"library": ""}, "has no shared libpython"),
    ({"version": "3.8.1"}, "3.9 and newer"),
    ({"include": "/no/include"}, "python3.12-dev"),
])
def test_a_python_that_lacks_something_gets_no_plug_in_but_a_message(installed, tmp_path, facts, said):
    folder = stranger(tmp_path / "other", **{"executable": "/opt/python", "version": "3.12.1", "soabi": "cpython-3xx",
                                             "library": "l", "include": "/usr", **facts})
    done = installed("add-python", str(folder), CXX=fake_compiler(tmp_path))
    assert done.returncode == USAGE and said in done.stderr and done.stderr.count("\n") == 1, done


def test_a_missing_compiler_is_told(installed, tmp_path):
    (tmp_path / "tools").mkdir()
    done = installed("add-python", str(installed.environment_folder), CXX=None, PATH=str(tmp_path / "tools"))
    assert done.returncode == USAGE and "there is no C++ compiler" in done.stderr and "apt-get install g++" in done.stderr


@pytest.mark.parametrize("variables, said", [
    ({"CXX": "no/such/compiler"}, "cannot start the compiler 'no/such/compiler'"),
    ({"TMPDIR": "/no/such/folder"}, "cannot make a folder in '/no/such/folder'"),
])
def test_variables_that_name_what_is_not_there_are_told(installed, variables, said):
    done = installed("add-python", str(installed.environment_folder), **variables)
    assert done.returncode == USAGE and said in done.stderr and f"with {next(iter(variables))}\n" in done.stderr, done


def test_a_plug_in_that_is_made_again_is_measured_by_default_as_before(changeable, default_plugin):
    changeable("add-python", str(changeable.environment_folder), CXX=fake_compiler(changeable.folder))
    file = package_of(changeable.environment_folder) / f"lib/gilscale/worker-{default_plugin['soabi']}"
    assert file.with_suffix(".so").read_text() == "made\n"
    assert json.loads(file.with_suffix(".json").read_text())["default"]


def test_a_compiler_that_fails_leaves_nothing_behind(changeable):
    package = without_plugin(changeable)
    python = str(changeable.environment_folder / "bin/python")
    done = changeable("add-python", python, CXX=fake_compiler(changeable.folder, "echo too old >&2; exit 1"))
    assert done.returncode == USAGE
    assert "too old\n" in done.stderr and "could not compile the plug-in" in done.stderr and "CXX" in done.stderr
    assert not [*package.glob("lib/gilscale/*")]


def test_a_place_that_cannot_be_written_to_is_told(changeable):
    (without_plugin(changeable) / "lib/gilscale").rmdir()
    (changeable.folder / "data").write_text("a file, and not a folder")
    done = changeable("add-python", str(changeable.environment_folder), CXX=fake_compiler(changeable.folder))
    assert done.returncode == NOT_WRITTEN and "the plug-in could not be written" in done.stderr, done


def test_a_gilscale_without_the_sources_says_where_they_are(gilscale, measured_python):
    done = gilscale("add-python", measured_python)
    assert done.returncode == USAGE
    assert "does not carry the sources of its plug-in" in done.stderr and f"scripts/add_python.sh {measured_python}" in done.stderr


# ---- the workflow that makes them ----

WORKFLOW = ROOT / ".github/workflows/wheels.yml"


def commands_of(workflow):
    """Every gilscale command in it."""
    jobs = yaml.safe_load(workflow.read_text())["jobs"]
    steps = [step for job in jobs.values() for step in job["steps"]]
    shell = [step.get("run", "") for step in steps] + [step.get("env", {}).get("CIBW_TEST_COMMAND", "") for step in steps]
    return re.findall(r"(?:^|&& )((?:\.venv/bin/|python -m )?gilscale .+?)(?= && |$)", "\n".join(shell), re.M)


def test_every_command_of_the_workflow_works(installed):
    commands = commands_of(WORKFLOW)
    assert len(commands) == 5
    tools = installed.environment_folder / "bin"
    for command in commands:
        done = subprocess.run(command.replace(".venv/bin/", ""), shell=True, cwd=installed.folder, text=True, timeout=120,
                              env=installed.environment(PATH=f"{tools}:{os.environ['PATH']}"), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
        assert done.returncode == OK, f"{command}\n{done.stdout}"


def test_the_workflow_tries_the_pythons_that_it_makes_plug_ins_for():
    text = WORKFLOW.read_text()
    named = re.search(r"manylinux_pythons.sh ([\d.t ]+)\)", text)[1].split()
    assert sorted(named) == sorted(yaml.safe_load(text)["jobs"]["try"]["strategy"]["matrix"]["python"])


def manylinux_pythons(folder, *versions):
    return subprocess.run([ROOT / "scripts/manylinux_pythons.sh", *versions], env={**os.environ, "GILSCALE_MANYLINUX": str(folder)},
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)


def test_the_interpreters_of_a_manylinux_image_are_found_by_their_versions(tmp_path):
    files = [tmp_path / name / "bin/python" for name in ("cp39-cp39", "cp313-cp313t")]
    for file in files:
        file.parent.mkdir(parents=True)
        file.touch(mode=0o755)
    assert manylinux_pythons(tmp_path, "3.9", "3.13t").stdout == f"{files[0]};{files[1]}\n"
    missing = manylinux_pythons(tmp_path, "3.9", "3.10")
    assert (missing.returncode, missing.stdout) == (1, "")
    assert "there is no Python 3.10 in this image" in missing.stderr
