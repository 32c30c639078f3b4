"""Every form in which users name what is to be measured, and what is said when it cannot be."""

import json
import re
import subprocess
import sys

import pytest
from conftest import OK, QUICK, USAGE, WORKLOAD_FAILED
from evidence import convinced

BENCH = """
    import os

    params = {"size": [2, 30]}

    def note(*words):
        with open("log", "a") as log:
            print(*words, file=log)

    def setup(size):
        note("setup", size)
        return list(range(size))

    def bench_sum(numbers):
        sum(numbers)

    def bench_sorted(numbers, reverse):
        sorted(numbers, reverse=reverse)

    bench_sorted.params = {"size": [4], "reverse": [True, False]}

    def not_a_benchmark():
        raise RuntimeError

    def teardown(numbers):
        note("teardown", len(numbers))
    """


def log(gilscale):
    return (gilscale.folder / "log").read_text().splitlines()


# ---- files ----

def test_a_file_stands_for_all_its_benchmarks_and_their_parameters(gilscale, workload):
    workload("bench_mine.py", BENCH)
    cases = gilscale.cases("run", "bench_mine.py", "-t1,2", *QUICK)
    assert [case["label"] for case in cases] == [
        "bench_mine.py:bench_sum/size=2", "bench_mine.py:bench_sum/size=30",
        "bench_mine.py:bench_sorted/size=4/reverse=True", "bench_mine.py:bench_sorted/size=4/reverse=False"]
    assert [case["params"] for case in cases][::2] == [{"size": 2}, {"size": 4, "reverse": "True"}]
    assert log(gilscale)[:4] == ["setup 2", "setup 30", "setup 4", "setup 4"]
    assert sorted(log(gilscale)[4:]) == ["teardown 2", "teardown 30", "teardown 4", "teardown 4"]


def test_parameters_of_the_command_line_take_the_place_of_the_files(gilscale, workload):
    workload("bench_mine.py", BENCH)
    cases = gilscale.cases("run", "bench_mine.py:bench_sum", "--param", "size=7", "-t1", *QUICK)
    assert [case["label"] for case in cases] == ["bench_mine.py:bench_sum/size=7"]
    assert log(gilscale) == ["setup 7", "teardown 7"]


def test_the_names_of_a_files_benchmarks_can_be_listed_and_filtered(gilscale, workload):
    workload("bench_mine.py", BENCH)
    done = gilscale("run", "bench_mine.py", "-t2", "--benchmark_list_tests", "--benchmark_filter=sum")
    assert done.stdout.split() == [f"bench_mine.py:bench_sum/size={size}/executor:threads/threads:2/manual_time"
                                   for size in (2, 30)]


def test_a_file_without_benchmarks_is_refused_and_told_the_convention(gilscale, good):
    done = gilscale("run", "good.py")
    assert done.returncode == USAGE
    assert "bench_" in done.stderr
    assert "good.py:name" in done.stderr


def test_a_file_that_cannot_be_imported_comes_with_its_traceback(gilscale, workload):
    workload("bench_broken.py", "def f():\n    1 / 0\nf()\n")
    done = gilscale("run", "bench_broken.py")
    assert done.returncode == WORKLOAD_FAILED
    assert 'bench_broken.py", line 2, in f' in done.stderr
    assert "<gilscale>" not in done.stderr
    assert "importlib" not in done.stderr


def test_a_file_that_is_not_there_is_said_to_be_missing(gilscale):
    done = gilscale("run", "gone.py")
    assert done.returncode == WORKLOAD_FAILED
    assert done.stderr.count("\n") == 1
    assert "no file 'gone.py'" in done.stderr


@pytest.mark.parametrize("share", ["all", "none"])
def test_a_teardown_closes_what_only_its_maker_may_use(gilscale, workload, share):
    pytest.importorskip("sqlite3")
    workload("bench_mine.py", """
        import sqlite3

        def setup():
            return sqlite3.connect(":memory:", check_same_thread=True)

        def bench_it(connection):
            pass

        def teardown(connection):
            connection.close()
        """)
    done = gilscale("run", "bench_mine.py", "-t1,3", f"--share={share}", *QUICK)
    assert done.returncode == OK, done


def test_a_teardown_that_raises_fails_its_case_and_loses_no_result(gilscale, workload):
    workload("bench_mine.py", "def bench_it(): pass\ndef teardown(): raise OSError('gone')\n")
    case, = gilscale.cases("run", "bench_mine.py", "-t1", *QUICK, code=WORKLOAD_FAILED)
    assert "cannot be torn down: OSError: gone" in case["error"]["message"]
    assert case["points"][0]["rounds"] == 2


# ---- statements ----

def test_a_statement_is_measured_as_timeit_would(gilscale):
    case, = gilscale.cases("run", "-s", "import time", "-s", "naps = 0", "-e", "naps += 1; time.sleep(0.002)", "-t1",
                           *QUICK)
    assert case["workload"] == case["label"] == "naps += 1; time.sleep(0.002)"
    assert case["points"][0]["single_call_s"]["estimate"] >= 0.002


def test_a_statement_that_raises_is_shown_with_its_line(gilscale):
    done = gilscale("run", "-s", "x = 0", "-e", "1 / x", "-t1", *QUICK)
    assert done.returncode == WORKLOAD_FAILED
    assert "    1 / x\n" in done.stderr


@pytest.mark.parametrize("args, words", [
    (("-e", "x +"), ["--stmt is not valid Python", "SyntaxError"]),
    (("-s", "if", "-e", "x"), ["--setup is not valid Python"]),
    (("-s", "x = 1"), ["--setup is for --stmt"]),
    (("-e", "await x"), ["--stmt is not valid Python"]),
])
def test_code_that_cannot_be_compiled_is_a_usage_error(gilscale, args, words):
    done = gilscale("run", *args, "-t1", *QUICK)
    assert done.returncode == USAGE
    for word in words:
        assert word in done.stderr


# ---- methods, arguments, parameters ----

def test_a_method_gets_an_instance_that_set_up_makes(gilscale, workload):
    workload("mine.py", """
        class Counter:
            def __init__(self):
                self.n = 0
            def up(self, step):
                self.n += step
        """)
    case, = gilscale.cases("run", "mine:Counter.up", "--args=(1,)", "-t2", *QUICK)
    assert case["points"][0]["setup_s"] > 0


def test_arguments_that_do_not_fit_show_the_signature(gilscale):
    done = gilscale("run", "json:dumps", "-t1", *QUICK)
    assert done.returncode == USAGE
    assert "missing a required argument: 'obj'" in done.stderr
    assert "skipkeys=False" in done.stderr


def test_a_parameter_is_an_argument_by_keyword_and_a_case_for_each_value(gilscale):
    cases = gilscale.cases("run", "release", "--param", "us=1000,2000", "-t1", *QUICK)
    assert [case["label"] for case in cases] == ["release/us=1000", "release/us=2000"]
    for case in cases:
        assert case["points"][0]["single_call_s"]["estimate"] >= case["params"]["us"] * 1e-6


@pytest.mark.parametrize("param", ["size", "=1", "size=", "size=1,,2", "s-ize=1"])
def test_a_parameter_in_another_form_is_refused(gilscale, param):
    done = gilscale("run", "hold", "--param", param)
    assert done.returncode == USAGE
    assert "name=value" in done.stderr


def test_a_parameter_that_nobody_takes_is_refused(gilscale, workload):
    workload("bench_mine.py", "def bench_it(): pass\n")
    done = gilscale("run", "bench_mine.py", "--param", "size=1", "-t1", *QUICK)
    assert done.returncode == USAGE
    assert "no parameter 'size'" in done.stderr


def test_a_size_is_shown_with_the_speedup_at_each_value_and_the_break_even(gilscale, workload):
    # Below 1000 the threads take turns, from there on they wait together.
    workload("sized.py", """
        import threading, time
        lock = threading.Lock()
        def work(size):
            if size < 1000:
                with lock:
                    time.sleep(0.03)
            else:
                time.sleep(0.03)
        """)

    def look():
        return gilscale.json("run", "sized.py:work", "--param", "size=10,1000,5000", "-t1,2", "--pin", "--calls=1",
                             "--benchmark_min_time=12x")["gilscale"]

    def curves_of(document):
        return document["comparisons"]["parameters"]

    # On one CPU nothing above one thread had its CPUs, and there is no curve.
    document = convinced(look, lambda found: all(curve["break_even"] == 1000 for curve in curves_of(found)))
    if document["cases"][0]["points"][1]["oversubscribed"]:
        assert not curves_of(document)
    else:
        curve, = curves_of(document)
        assert (curve["parameter"], curve["threads"], curve["values"]) == ("size", 2, [10, 1000, 5000])


# ---- sharing ----

SHARING = ("run", "locked", "--args=(5000,)", "--share=both", "-t4", "--calls=2", "--benchmark_min_time=12x")


def test_sharing_shows_as_the_difference_between_all_and_none(gilscale):
    """One lock for all threads: they do the work of one. With a lock each they do four times as much."""
    def look():
        path = gilscale.folder / "results.json"
        done = gilscale(*SHARING, "--json", str(path))
        assert done.returncode == OK, done
        return done.stdout, json.loads(path.read_text())["gilscale"]

    def cost_of(document):
        cost, = document["comparisons"]["sharing"]
        return cost

    stdout, document = convinced(look, lambda found: (cost_of(found[1])["lost"] or 0) > 0.5)
    shared, own = document["cases"]
    assert (shared["share"], own["share"]) == ("all", "none")
    assert 0.6 < shared["points"][0]["speedup"]["estimate"] < 1.5
    assert 2.2 < own["points"][0]["speedup"]["estimate"] < 6
    assert (cost_of(document)["label"], cost_of(document)["threads"]) == ("locked/5000", 4)
    assert "locked/5000: 4 threads with separate arguments do " in stdout and "sharing costs " in stdout


# ---- environments ----

@pytest.fixture(scope="module")
def environment(tmp_path_factory, measured_python):
    """A virtual environment of the Python that gilscale was built for, with a package in it."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    subprocess.run([measured_python, "-m", "venv", "--without-pip", folder], check=True)
    packages, = folder.glob("lib/python*/site-packages")
    (packages / "only_here.py").write_text("def work():\n    pass\n")
    return folder


def test_the_packages_of_an_environment_are_seen(gilscale, environment):
    case, = gilscale.cases("run", "only_here:work", "--venv", str(environment), "-t1", *QUICK)
    assert case["python"]["executable"] == str(environment / "bin/python")
    assert gilscale("run", "only_here:work", "-t1", *QUICK, VIRTUAL_ENV=str(environment)).returncode == OK
    assert gilscale("run", "only_here:work", "-t1", *QUICK).returncode == WORKLOAD_FAILED


@pytest.fixture
def old_environment(tmp_path):
    folder = tmp_path / "old"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin/python").touch()
    (folder / "pyvenv.cfg").write_text("version = 3.4.1\n")
    return str(folder)


def test_an_environment_of_another_python_is_refused_with_both_versions(gilscale, old_environment, good):
    for done in (gilscale("run", "hold", "--venv", old_environment), gilscale("run", good, VIRTUAL_ENV=old_environment)):
        assert done.returncode == USAGE
        assert "Python 3.4.1" in done.stderr
        assert f"Python {sys.version_info[0]}." in done.stderr


def test_an_active_environment_does_not_keep_the_suites_from_being_measured(gilscale, old_environment):
    assert gilscale("run", "hold", "-t1", *QUICK, VIRTUAL_ENV=old_environment).returncode == OK


def test_a_folder_that_is_no_environment_is_refused(gilscale):
    done = gilscale("run", "hold", "--venv", ".")
    assert done.returncode == USAGE
    assert "is not a virtual environment" in done.stderr


def test_a_path_comes_before_the_current_folder(gilscale, workload):
    (gilscale.folder / "deeper").mkdir()
    workload("which.py", "def work():\n    raise RuntimeError('the current folder')\n")
    workload("deeper/which.py", "def work():\n    pass\n")
    assert gilscale("run", "which:work", "--path", "deeper", "-t1", *QUICK).returncode == OK
    assert gilscale("run", "which:work", "-t1", *QUICK).returncode == WORKLOAD_FAILED
    done = gilscale("run", "which:work", "--path", "nowhere")
    assert done.returncode == USAGE
    assert "nowhere" in done.stderr


# ---- what workloads do ----

def warnings_of(gilscale, *args):
    done = gilscale("run", *args)
    assert done.returncode == OK, done
    return "".join(done.warnings)


def test_a_call_of_a_few_nanoseconds_is_measured_and_the_harness_named(gilscale):
    case = convinced(lambda: gilscale.json("run", "builtins:int", "-t1", "--budget=0.2")["gilscale"]["cases"][0],
                     lambda case: [finding["id"] for finding in case["findings"]] == ["short-call"])
    assert case["python"]["empty_call_s"] > 0
    convinced(lambda: warnings_of(gilscale, "builtins:int", "-t1", "--budget=0.2"),
              lambda warnings: "not subtracted" in warnings)


def test_a_cost_that_changes_by_orders_of_magnitude_is_warned_of(gilscale, workload):
    workload("mine.py", """
        import random, time
        def work():
            time.sleep(0.1 if random.random() < 0.25 else 0.0005)
        """)
    convinced(lambda: warnings_of(gilscale, "mine.py:work", "-t1", "--calls=1", "--benchmark_min_time=20x"),
              lambda warnings: "the slowest rounds of the same calls took " in warnings)


def test_threads_of_the_workloads_own_are_warned_of(gilscale, workload):
    workload("mine.py", """
        import hashlib, threading
        def spin(): hashlib.pbkdf2_hmac("sha256", b"a", b"b", 40000)
        def work():
            threads = [threading.Thread(target=spin) for _ in range(3)]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
        """)
    convinced(lambda: warnings_of(gilscale, "mine.py:work", "-t1", "--calls=2", "--benchmark_min_time=3x"),
              lambda warnings: "busy besides its own thread" in warnings)


def test_threads_that_go_on_after_the_calls_are_warned_of_and_measured(gilscale, workload):
    """They get a half of a CPU at least, also where there is but one."""
    workload("mine.py", """
        import hashlib, threading, time
        def spin():
            while True: hashlib.pbkdf2_hmac("sha256", b"a", b"b", 40000)
        threading.Thread(target=spin, daemon=True).start()
        def work(): time.sleep(0.005)
        """)
    convinced(lambda: warnings_of(gilscale, "mine.py:work", "-t1,2", "--calls=4", "--benchmark_min_time=3x"),
              lambda warnings: "CPUs busy after its calls" in warnings)


def test_a_coroutine_function_is_refused_with_advice(gilscale, workload):
    workload("mine.py", "async def work(): pass\ndef makes(): return work()\n")
    for name in ("mine.py:work", "mine.py:makes"):
        done = gilscale("run", name, "-t1", *QUICK)
        assert done.returncode == WORKLOAD_FAILED
        assert "asyncio.run" in done.stderr


@pytest.mark.parametrize("what", ["sys.exit(3)", "raise KeyboardInterrupt", "raise SystemExit"])
def test_an_exit_inside_a_call_fails_its_case_only(gilscale, workload, good, what):
    workload("mine.py", f"import sys\ndef work():\n    {what}\n")
    cases = gilscale.cases("run", "mine.py:work", good, "-t1", *QUICK, code=WORKLOAD_FAILED)
    assert [case["error"] is None for case in cases] == [False, True]


def test_megabytes_of_output_are_passed_on(gilscale, workload):
    workload("mine.py", "def work():\n    print('x' * 1000000)\n")
    done = gilscale("run", "mine.py:work", "-t2", "--calls=2", "--benchmark_min_time=2x")
    assert done.returncode == OK
    assert len(done.stderr) > 8_000_000
    assert len(done.stdout) < 10_000


def test_a_current_folder_that_was_deleted_is_named(gilscale, workload):
    folder = gilscale.folder / "doomed"
    folder.mkdir()
    done = subprocess.run(["sh", "-c", f"cd {folder} && rmdir {folder} && exec {gilscale.executable} run json:dumps -t1"],
                          env=gilscale.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    assert done.returncode == USAGE
    assert b"the current folder cannot be found" in done.stderr


def test_a_workload_may_delete_the_current_folder(gilscale, workload):
    (gilscale.folder / "doomed").mkdir()
    workload("mine.py", "import os, shutil\ndef work():\n    shutil.rmtree('../doomed', ignore_errors=True)\n")
    result = gilscale.folder / "result.json"
    done = subprocess.run([gilscale.executable, "run", "../mine.py:work", "-t1", *QUICK, "--json", str(result)],
                          cwd=gilscale.folder / "doomed", env=gilscale.environment(), stderr=subprocess.PIPE,
                          stdout=subprocess.PIPE, check=False)
    assert done.returncode == OK
    assert not (gilscale.folder / "doomed").exists()
    assert len(json.loads(result.read_text())["gilscale"]["cases"]) == 1
