"""Which modules switch the GIL of a free-threaded Python on.

They are about an interpreter that is free-threaded; scripts/check.sh free-threaded has one.
"""

import json
import pathlib
import re
import subprocess
import sysconfig

import pytest

from conftest import FAILED, INCONCLUSIVE, OK, USAGE

MODULE = """
#include <Python.h>

static PyObject* nothing(PyObject* self, PyObject* unused) { Py_RETURN_NONE; }

static PyMethodDef methods[] = {{"nothing", nothing, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};

#if IN_PHASES
static PyModuleDef_Slot slots[] = {
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
#if DECLARES
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, NULL}};

static PyModuleDef module = {PyModuleDef_HEAD_INIT, .m_name = "NAME", .m_methods = methods, .m_slots = slots};

PyMODINIT_FUNC PyInit_NAME(void) { return PyModuleDef_Init(&module); }
#else
static PyModuleDef module = {PyModuleDef_HEAD_INIT, .m_name = "NAME", .m_size = -1, .m_methods = methods};

PyMODINIT_FUNC PyInit_NAME(void) {
  PyObject* made = PyModule_Create(&module);
#if DECLARES
  PyUnstable_Module_SetGIL(made, Py_MOD_GIL_NOT_USED);
#endif
  return made;
}
#endif
"""


@pytest.fixture(scope="module")
def free_threaded_python(executable):
    """One that gilscale has a plug-in for."""
    listed = subprocess.run([executable, "list"], check=True, stdout=subprocess.PIPE, text=True).stdout
    found = re.search(r"^  3\.\d+t +CPython \S+, free-threaded +(\S+)$", listed, re.M)
    if not found:
        pytest.skip("gilscale was not built for a free-threaded Python")
    return found[1]


@pytest.fixture
def gil(gilscale, free_threaded_python, tmp_path):
    """gilscale with that Python, whose environment is not that of the tests."""
    environment = tmp_path / "environment"
    subprocess.run([free_threaded_python, "-m", "venv", "--without-pip", environment], check=True)
    gilscale.settings.pop("PYTHON_GIL", None)

    python = environment

    class Measured:
        folder = gilscale.folder
        environment = python
        plain = gilscale

        @staticmethod
        def module(name, in_phases=True, declares=False):
            source = tmp_path / f"{name}.c"
            source.write_text(MODULE.replace("NAME", name))
            ask = "import sysconfig; print(sysconfig.get_path('include'), sysconfig.get_config_var('EXT_SUFFIX'))"
            include, suffix = subprocess.run([free_threaded_python, "-c", ask], check=True, stdout=subprocess.PIPE,
                                             text=True).stdout.split()
            subprocess.run([sysconfig.get_config_var("CC").split()[0], "-shared", "-fPIC", f"-I{include}", f"-DIN_PHASES={in_phases:d}",
                            f"-DDECLARES={declares:d}", source, "-o", gilscale.folder / (name + suffix)], check=True)
            return str(gilscale.folder / (name + suffix))

        @staticmethod
        def run(*args):
            return gilscale("run", *args, "-t2", "--calls=5", "--benchmark_min_time=12x", "--venv", environment)

        @staticmethod
        def case(*args):
            case, = gilscale.cases("run", *args, "-t2", "--calls=5", "--benchmark_min_time=12x", "--venv", environment)
            return case

    return Measured


SLEEP = """
    import time
    import {modules}

    def work():
        time.sleep(0.002)
    """


def test_all_modules_that_switch_the_gil_on_are_named(gil, workload):
    """CPython warns of the first one only."""
    files = [gil.module("first_one"), gil.module("other_one", in_phases=False)]
    gil.module("innocent", declares=True)
    metadata = gil.folder / "Locks-1.2.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: Locks\nVersion: 1.2\n")
    (metadata / "top_level.txt").write_text("other_one\n")
    workload("mine.py", SLEEP.format(modules="first_one, innocent, other_one"))
    case = gil.case("mine.py:work", "--path", gil.folder)
    assert not case["gil"]["at_start"] and case["gil"]["after_import"]
    assert case["gil"]["enabled_by"] == [{"name": "first_one", "file": files[0], "distribution": ""},
                                         {"name": "other_one", "file": files[1], "distribution": "Locks 1.2"}]
    assert case["why"].endswith("; Python switched its GIL on for first_one and 1 other module, which do not declare "
                                "Py_MOD_GIL_NOT_USED"), case["why"]
    finding, = (each for each in case["findings"] if each["id"] == "gil-modules")
    assert finding["serious"] and f"other_one ({files[1]}, of Locks 1.2)" in finding["what"]
    assert "py::mod_gil_not_used()" in finding["remedy"]


def test_the_warning_of_cpython_does_not_stand_beside_it(gil, workload):
    gil.module("first_one")
    workload("mine.py", SLEEP.format(modules="first_one"))
    done = gil.run("mine.py:work", "--path", gil.folder)
    assert done.returncode == OK
    assert not done.stderr
    warning, = (line for line in done.warnings if "GIL" in line)
    assert "the GIL was switched on for first_one (" in warning


def test_in_sub_interpreters_a_module_switches_on_gils_that_no_two_threads_share(gil, workload):
    gil.module("first_one")
    workload("mine.py", """
        import first_one
        from gilscale_calibration import hold

        def work():
            hold(5000)
        """)
    built_in = pathlib.Path(gil.plain.executable).resolve().parent.parent / "share/gilscale/workloads"
    workload_and_path = "mine.py:work", "--path", gil.folder, "--path", built_in
    assert not gil.run(*workload_and_path, "--executor=interpreters").stderr
    own, shared = (gil.case(*workload_and_path, f"--executor={each}") for each in ("interpreters", "threads"))
    for case in own, shared:
        assert [each["name"] for each in case["gil"]["enabled_by"]] == ["first_one"]
    assert not own["gil"]["shared"] and shared["gil"]["shared"]
    assert "the GIL" not in own["why"].partition(";")[0] and own["verdict"] != "gil-bound"


@pytest.mark.parametrize("executor", ["interpreters", "processes"])
def test_a_module_that_a_call_imports_elsewhere_is_named_too(gil, workload, executor):
    gil.module("late")
    workload("mine.py", """
        import time

        def work():
            import late
            time.sleep(0.002)
        """)
    case = gil.case("mine.py:work", "--path", gil.folder, f"--executor={executor}")
    assert not case["gil"]["after_import"] and case["gil"]["after_run"] and not case["gil"]["shared"]
    assert [each["name"] for each in case["gil"]["enabled_by"]] == ["late"]


@pytest.mark.parametrize("executor", ["threads", "processes"])
def test_what_a_teardown_imports_is_not_charged_to_the_measurement(gil, workload, executor):
    gil.module("late")
    workload("bench_mine.py", """
        import time

        def bench_it():
            time.sleep(0.002)

        def setup():
            return None

        def teardown():
            import late
        """)
    case = gil.case("bench_mine.py", "--path", gil.folder, f"--executor={executor}")
    assert not case["gil"]["after_run"] and not case["gil"]["enabled_by"]


@pytest.mark.parametrize("in_phases", [True, False])
@pytest.mark.parametrize(("declares", "code"), [(True, OK), (False, FAILED)])
def test_a_gil_that_stays_off_can_be_expected(gil, workload, in_phases, declares, code):
    gil.module("mine_too", in_phases=in_phases, declares=declares)
    workload("mine.py", SLEEP.format(modules="mine_too"))
    done = gil.run("mine.py:work", "--path", gil.folder, "--expect=* gil_off >= 1")
    assert done.returncode == code, done.stdout
    assert ("gil_off is 0" in done.stdout) == (not declares), done.stdout


def test_a_module_that_is_imported_by_a_call_is_named_too(gil, workload):
    gil.module("late")
    workload("mine.py", """
        import time

        def work():
            import late
            time.sleep(0.002)
        """)
    case = gil.case("mine.py:work", "--path", gil.folder)
    assert not case["gil"]["after_import"] and case["gil"]["after_run"]
    assert [each["name"] for each in case["gil"]["enabled_by"]] == ["late"]


def test_modules_are_named_that_a_gil_that_is_kept_off_does_not_hear(gilscale, gil, workload):
    gil.module("first_one")
    workload("mine.py", SLEEP.format(modules="first_one"))
    gilscale.settings["PYTHON_GIL"] = "0"
    case = gil.case("mine.py:work", "--path", gil.folder)
    assert case["gil"]["after_run"] is False and case["gil"]["enabled_by"] == []
    assert [each["name"] for each in case["gil"]["modules"]] == ["first_one"]
    finding, = (each for each in case["findings"] if each["id"] == "gil-modules")
    assert not finding["serious"] and "would be switched on" in finding["what"]


def test_looking_for_modules_runs_no_code_of_theirs(gil, workload):
    """Modules may be lazy, or break when they are asked for anything."""
    workload("heavy.py", 'print("LOADED")\n')
    workload("mine.py", """
        import importlib.util
        import sys
        import time
        import types

        spec = importlib.util.find_spec("heavy")
        spec.loader = importlib.util.LazyLoader(spec.loader)
        sys.modules["heavy"] = lazy = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(lazy)

        class Broken(types.ModuleType):
            def __getattribute__(self, name):
                raise ImportError(name)

        sys.modules["broken"] = Broken("broken")
        sys.modules[7] = "no module"

        def work():
            time.sleep(0.002)
        """)
    done = gil.run("mine.py:work", "--path", gil.folder)
    assert done.returncode == OK and "LOADED" not in done.stdout + done.stderr, done


# ---- --gil ----

COMPUTE = """
    def work():
        sum(range(20_000))
    """


def test_objects_that_are_shared_can_be_immortal(gil, workload):
    workload("mine.py", """
        import sys
        import time

        shared = [[] for _ in range(3)]

        def references():
            return sum(sys.getrefcount(each) for each in shared)

        def work():
            before = references()
            more = shared * 10
            # Counted: longer than the others. The trial takes as long whether or not it runs alone.
            time.sleep(0.004 if references() > before else 0.002)
        """)
    case = gil.case("mine.py:work", "--immortal")
    gain = case["points"][-1]["immortal"]["throughput"]
    assert 1.3 < gain["estimate"] < 2.5, gain
    assert any("made immortal, so that nobody counts references" in each for each in case["points"][-1]["remedies"])


def test_a_gil_counts_for_all_threads(gil, workload):
    workload("mine.py", SLEEP.format(modules="sys"))
    done = gil.run("mine.py:work", "--immortal", "--gil=on")
    assert done.returncode == OK
    assert any("--immortal was not tried: its threads have no objects in common, or a GIL" in each
               for each in done.warnings), done.warnings


@pytest.mark.parametrize(("mode", "state"), [("on", True), ("off", False), ("default", False)])
def test_the_gil_is_as_it_was_asked_for(gil, workload, mode, state):
    workload("mine.py", COMPUTE)
    case = gil.case("mine.py:work", "--gil", mode)
    assert case["gil"]["requested"] == mode
    assert [case["gil"][moment] for moment in ("at_start", "after_import", "after_run")] == [state] * 3


def test_both_ways_are_two_cases_beside_each_other(gil, workload):
    workload("mine.py", COMPUTE)
    done = gil.run("mine.py:work", "--gil=both", "--expect=* (GIL off)@2 rounds >= 1", "--expect=* (GIL off) gil_off >= 1",
                   "--json=result.json")
    assert done.returncode == OK, done
    document = json.loads((gil.folder / "result.json").read_text())
    on, off = document["gilscale"]["cases"]
    assert on["gil"]["after_run"] and not off["gil"]["after_run"]
    assert [row.split("  ")[0] for row in done.stdout.splitlines() if row.startswith("mine.py:work (GIL")][:2] == [
        "mine.py:work (GIL on)", "mine.py:work (GIL off)"]
    comparison, = document["gilscale"]["comparisons"]["executors"]
    assert [entry["executor"] for entry in comparison["entries"]] == ["threads, GIL on", "threads, GIL off"]
    assert [each["label"] for each in document["gilscale"]["comparisons"]["single_thread"]] == ["mine.py:work (GIL on)",
                                                                                               "mine.py:work (GIL off)"]
    again = gil.plain("compare", "result.json", "result.json")
    assert "mine.py:work (GIL on)@2" in again.stdout and "mine.py:work (GIL off)@2" in again.stdout
    assert "only before" not in again.stdout and again.returncode in (OK, INCONCLUSIVE), again


def test_processes_have_the_gil_that_was_asked_for(gil, workload):
    workload("mine.py", """
        import sys

        def work():
            assert sys._is_gil_enabled()
            sum(range(20_000))
        """)
    assert gil.case("mine.py:work", "-x", "processes", "--gil=on")["error"] is None


def test_a_python_that_needs_its_gil_keeps_it(gilscale, free_threaded):
    if free_threaded:
        pytest.skip("it does not")
    done = gilscale("run", "release", "--args=(1000,)", "-t1", "--budget=0.1", "--gil=off")
    assert done.returncode == USAGE
    assert re.fullmatch(r"gilscale: --gil off: \S+ cannot do without its GIL; name a free-threaded Python, or an environment of one, "
                        r"with --python\n", done.stderr), done.stderr
    case, = gilscale.cases("run", "release", "--args=(1000,)", "-t1", "--budget=0.1", "--gil=on")
    assert case["gil"]["after_run"] and case["gil"]["requested"] == "on"


def test_a_python_with_a_gil_has_it_on(gilscale, free_threaded):
    if free_threaded:
        pytest.skip("its GIL is off")
    done = gilscale("run", "release", "--args=(1000,)", "-t1", "--budget=0.1", "--expect=* gil_off >= 1")
    assert done.returncode == FAILED and "gil_off is 0" in done.stdout, done.stdout


def test_the_doctor_names_modules_without_measuring_them(gil):
    file = gil.module("first_one")
    gil.module("innocent", declares=True)
    environment = gil.environment
    done = gil.plain("doctor", "innocent", "--venv", environment)
    assert "GIL off: " in done.stdout and "first_one" not in done.stdout
    (gil.folder / "imports_it.py").write_text("import first_one\n")
    done = gil.plain("doctor", "imports_it", "--python", environment)
    assert done.returncode == INCONCLUSIVE
    assert "GIL on: " in done.stdout
    assert f"the GIL was switched on for first_one ({file})" in done.stdout
