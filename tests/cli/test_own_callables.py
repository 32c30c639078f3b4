"""Users measure their own functions, methods and extension functions, from the folder they are in."""

import re

import pytest
from conftest import OK, QUICK, USAGE, WORKLOAD_FAILED

MINE = """
    import os
    import time

    LOG = os.path.join(os.path.dirname(os.path.abspath(__file__)), "log")

    def record(*args, **kwargs):
        with open(LOG, "a") as log:
            print(args, sorted(kwargs.items()), file=log)

    class Crate:
        @staticmethod
        def turn():
            pass

        class Inner:
            @classmethod
            def turn(cls):
                assert cls is Crate.Inner

    not_callable = 3
    one_liner = lambda: None
    """


@pytest.fixture(autouse=True)
def mine(workload):
    workload("mine.py", MINE)


def calls_seen(gilscale):
    return set((gilscale.folder / "log").read_text().splitlines())


def test_a_module_in_the_current_folder(gilscale):
    case, = gilscale.cases("run", "mine:record", "-t1,2", *QUICK)
    assert (case["workload"], case["label"]) == ("mine:record", "mine:record")
    assert calls_seen(gilscale) == {"() []"}


def test_a_file_by_its_path(gilscale):
    (gilscale.folder / "deeper").mkdir()
    (gilscale.folder / "mine.py").rename(gilscale.folder / "deeper" / "mine.py")
    case, = gilscale.cases("run", "deeper/mine.py:one_liner", "-t1", *QUICK)
    assert case["workload"] == "deeper/mine.py:one_liner"
    case, = gilscale.cases("run", f"{gilscale.folder}/deeper/mine.py:one_liner", "-t1", *QUICK)
    assert case["error"] is None


def test_a_file_may_import_its_neighbours_and_define_dataclasses(gilscale, workload):
    workload("top.py", """
        from dataclasses import dataclass
        import mine

        @dataclass
        class Point:
            x: int = 0

        work = mine.one_liner
        """)
    assert gilscale("run", "top.py:work", "-t1", *QUICK).returncode == OK


def test_a_package_and_a_method_and_a_standard_library_function(gilscale, workload):
    (gilscale.folder / "package").mkdir()
    workload("package/__init__.py", "")
    workload("package/module.py", "def work():\n    pass\n")
    names = ["package.module:work", "mine:Crate.turn", "mine.py:Crate.Inner.turn", "json:dumps"]
    cases = gilscale.cases("run", *names[:3], "-t1", *QUICK)
    cases += gilscale.cases("run", names[3], "--args=([1, 2],)", "--kwargs={'indent': 1}", "-t1", *QUICK)
    assert [case["workload"] for case in cases] == names
    assert [case["error"] for case in cases] == [None] * 4


def test_arguments_arrive_as_they_were_written(gilscale):
    case, = gilscale.cases("run", "mine.py:record", "--args=(1, 'two', [3.0], None)", "--kwargs={'b': (4,), 'a': b'5'}",
                           "-t1,2", *QUICK)
    assert calls_seen(gilscale) == {"(1, 'two', [3.0], None) [('a', b'5'), ('b', (4,))]"}
    assert case["label"] == "mine.py:record/1,'two',[3.0],None/{'b':(4,),'a':b'5'}"


def test_names_of_benchmarks_hold_workload_arguments_executor_and_threads(gilscale):
    document = gilscale.json("run", "mine.py:record", "--args=(7,)", "-x", "pool", "-t2", *QUICK)
    name, = (benchmark["name"] for benchmark in document["benchmarks"])
    assert name.startswith("mine.py:record/7/executor:pool/threads:2")


def test_the_callable_is_measured_on_python_threads_that_threading_knows(gilscale, workload):
    workload("names.py", """
        import threading

        names = set()

        def work():
            names.add(threading.current_thread().name)
            if len(names) == 3:
                print("threads", sorted(names))
                names.clear()
        """)
    for executor in ("threads", "pool"):
        done = gilscale("run", "names.py:work", "-t3", "-x", executor, "--calls=20", "--benchmark_min_time=1x")
        assert done.returncode == OK, done
        assert "threads [" in done.stderr
        assert "Dummy" not in done.stderr


def test_the_module_is_imported_once_for_a_case(gilscale, workload):
    workload("once.py", """
        import os
        with open("imports", "a") as log:
            print(os.getpid(), file=log)

        def work():
            pass
        """)
    assert gilscale("run", "once.py:work", "-t1,2,3", *QUICK).returncode == OK
    assert len((gilscale.folder / "imports").read_text().splitlines()) == 1


@pytest.mark.parametrize("name, words", [
    ("missing.py:work", ["missing.py", "no file"]),
    ("missing_module:work", ["ModuleNotFoundError", "missing_module"]),
    ("mine.py:not_callable", ["not callable", "int"]),
    ("broken.py:work", ["SyntaxError", "broken.py"]),
    ("raising.py:work", ["ZeroDivisionError", "raising.py"]),
])
def test_a_callable_that_cannot_be_had_is_a_failed_case_that_says_why(gilscale, workload, good, name, words):
    workload("broken.py", "def work(:\n")
    workload("raising.py", "1 / 0\n")
    cases = gilscale.cases("run", name, good, "-t1", *QUICK, code=WORKLOAD_FAILED)
    assert [case["verdict"] == "failed" for case in cases] == [True, False]
    for word in words + [name]:
        assert word in cases[0]["error"]["message"]
    assert "\n" not in cases[0]["error"]["message"]


@pytest.mark.parametrize("name, words", [
    ("mine:recrod", ["has no 'recrod'", "did you mean 'record'?"]),
    ("mine.py:Crate.trun", ["has no 'trun'", "did you mean 'turn'?"]),
    ("json:dmups", ["has no 'dmups'", "did you mean 'dumps'?"]),
])
def test_a_name_that_a_module_does_not_have_is_a_usage_error(gilscale, good, name, words):
    done = gilscale("run", name, "-t1", *QUICK)
    assert (done.returncode, done.stdout) == (USAGE, "")
    assert done.stderr.count("\n") == 1 and all(word in done.stderr for word in words)


def test_an_exception_while_importing_comes_with_its_traceback(gilscale, workload):
    workload("deep.py", "def reciprocal(x):\n    return 1 / x\n\nvalue = reciprocal(0)\n")
    for name in ("deep.py:value", "deep:value"):
        done = gilscale("run", name, "-t1", *QUICK)
        assert done.returncode == WORKLOAD_FAILED
        assert "Traceback (most recent call last)" in done.stderr
        assert re.search(r'deep\.py", line 2, in reciprocal', done.stderr)


def test_wrong_arguments_are_the_workloads_type_error(gilscale):
    cases = gilscale.cases("run", "hold", "--args=('soon',)", "-t1", *QUICK, code=WORKLOAD_FAILED)
    assert "TypeError" in cases[0]["error"]["message"]


def test_a_workload_without_a_colon_is_refused_and_shown_the_form(gilscale):
    done = gilscale("run", "mine", *QUICK)
    assert done.returncode == USAGE
    assert "module:callable" in done.stderr
