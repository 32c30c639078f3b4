"""A case that fails, crashes or hangs costs that case and no other, and says what happened."""

import json
import re

import pytest
from conftest import OK, QUICK, WORKLOAD_FAILED

# Workloads with one fault each. WORKLOADS stands for the folder of gilscale's own modules.
FAULTS = {
    "raises.py": """
        def work():
            raise KeyError("missing thing")
        """,
    "raises_later.py": """
        rounds = 0

        def work():
            global rounds
            rounds += 1
            if rounds > 5:
                raise RuntimeError("tired after five")
        """,
    "raises_in_cpp.py": """
        import sys
        sys.path.insert(0, WORKLOADS)
        import gilscale_fib

        def work():
            gilscale_fib.FibHolder([1, 2]).do_fib(2)
        """,
    "raises_unprintable.py": """
        class Unprintable(Exception):
            def __str__(self):
                raise ValueError("no text")

        def work():
            raise Unprintable
        """,
    "segfaults.py": """
        import ctypes

        def work():
            ctypes.string_at(0)
        """,
    "aborts.py": """
        import os

        def work():
            os.abort()
        """,
    "kills_itself.py": """
        import os, signal

        def work():
            os.kill(os.getpid(), signal.SIGKILL)
        """,
    "os_exits.py": """
        import os

        def work():
            os._exit(3)
        """,
    "os_exits_0.py": """
        import os

        def work():
            os._exit(0)
        """,
    "exits_on_import.py": """
        import sys
        sys.exit("not today")
        """,
    "sys_exits.py": """
        import sys

        def work():
            sys.exit(5)
        """,
    "keyboard.py": """
        def work():
            raise KeyboardInterrupt
        """,
    "deadlocks.py": """
        import threading

        def work():
            threading.Event().wait()
        """,
    "hangs_with_gil.py": """
        import sys
        sys.path.insert(0, WORKLOADS)
        import gilscale_calibration

        def work():
            gilscale_calibration.hold(60e6)
        """,
    "hangs_on_import.py": """
        import time
        time.sleep(3600)
        """,
    "memory.py": """
        def work():
            raise MemoryError
        """,
    "crashes_on_two_threads.py": """
        import ctypes, threading

        first = []

        def work():
            if not first:
                first.append(threading.get_ident())
            if first[0] != threading.get_ident():
                ctypes.string_at(0)
        """,
}


@pytest.fixture
def run_between_good_cases(gilscale, builtin_workloads, workload):
    """Runs a fault between two good cases; gives the finished run, the failed case and all benchmark entries.

    Asserts what holds for every fault: exit code 3, the good cases measured, one failed case that says why.
    """

    def run(file, *options, threads="1,2"):
        workload(file, FAULTS[file].replace("WORKLOADS", repr(str(builtin_workloads))))
        workload("before.py", "def work():\n    pass\n")
        workload("after.py", "def work():\n    pass\n")
        path = gilscale.folder / "results.json"
        done = gilscale("run", "before.py:work", f"{file}:work", "after.py:work", "-t", threads, *QUICK, *options,
                        "--json", str(path))
        assert done.returncode == WORKLOAD_FAILED, done
        document = json.loads(path.read_text())
        before, failed, after = document["gilscale"]["cases"]
        for case in (before, after):
            assert case["error"] is None and case["verdict"] != "failed"
            assert len(case["points"]) == len(threads.split(","))
            assert re.search(rf"(?m)^{case['label']} .* (ns|µs|ms) ", done.stdout)
        assert failed["verdict"] == "failed"
        assert failed["why"] == failed["error"]["message"]
        assert failed["error"]["message"] in done.stderr
        assert re.search(rf"(?m)^gilscale: .*{file}:work", done.stderr)
        assert len(re.findall(r"(?m)  failed$", done.stdout)) == 1
        assert re.search(rf"(?m)^{file}:work: failed: ", done.stdout)
        errors = [entry for entry in document["benchmarks"] if entry.get("error_occurred")]
        assert len(errors) == 1
        assert errors[0]["name"].startswith(f"{file}:work/")
        assert errors[0]["error_message"] == failed["error"]["message"]
        assert len(document["benchmarks"]) == 2 * len(threads.split(",")) + len(failed["points"]) + 1
        return done, failed

    return run


# ---- exceptions ----


def test_a_python_exception_comes_with_its_traceback(run_between_good_cases):
    done, failed = run_between_good_cases("raises.py")
    assert failed["error"]["kind"] == "exception"
    assert re.search(r"raised in round \d+ on thread \d+: KeyError: 'missing thing'", failed["error"]["message"])
    assert "--threads 1" in failed["error"]["message"]
    for text in (done.stderr, failed["error"]["details"]):
        assert "Traceback (most recent call last)" in text
        assert re.search(r'raises\.py", line 3, in work', text)


def test_an_exception_in_a_later_round_is_not_lost(run_between_good_cases):
    _, failed = run_between_good_cases("raises_later.py", threads="1,2,3")
    assert "RuntimeError: tired after five" in failed["error"]["message"]
    assert int(re.search(r"in round (\d+)", failed["error"]["message"])[1]) > 1


@pytest.mark.parametrize("file", ["raises.py", "raises_later.py"])
def test_an_exception_on_the_pool_is_not_lost(gilscale, workload, file):
    workload(file, FAULTS[file])
    case, = gilscale.cases("run", f"{file}:work", "-x", "pool", "-t2", *QUICK, code=WORKLOAD_FAILED)
    assert case["error"]["kind"] == "exception"
    assert "Traceback" in case["error"]["details"]


def test_an_exception_from_cpp_arrives_as_python_sees_it(run_between_good_cases):
    done, failed = run_between_good_cases("raises_in_cpp.py")
    assert "IndexError" in failed["error"]["message"]
    assert "in work" in done.stderr


def test_an_exception_that_cannot_be_printed_is_named(run_between_good_cases):
    _, failed = run_between_good_cases("raises_unprintable.py")
    assert "Unprintable" in failed["error"]["message"]


def test_a_memory_error_is_an_exception_like_others(run_between_good_cases):
    _, failed = run_between_good_cases("memory.py")
    assert "MemoryError" in failed["error"]["message"]


@pytest.mark.parametrize("file, name", [("sys_exits.py", "SystemExit: 5"), ("keyboard.py", "KeyboardInterrupt"),
                                        ("exits_on_import.py", "SystemExit: not today")])
def test_an_exception_meant_to_end_the_process_ends_the_case_only(run_between_good_cases, file, name):
    done, failed = run_between_good_cases(file)
    assert name in failed["error"]["message"]
    assert "Traceback" in done.stderr


# ---- the end of the worker ----


@pytest.mark.parametrize("file, name", [("segfaults.py", "SIGSEGV"), ("aborts.py", "SIGABRT")])
def test_a_crash_is_named_by_its_signal_and_shows_where_python_was(run_between_good_cases, file, name):
    done, failed = run_between_good_cases(file)
    assert failed["error"]["kind"] == "signal"
    assert name in failed["error"]["message"]
    for text in (done.stderr, failed["error"]["details"]):
        assert "Fatal Python error" in text
        assert re.search(rf'{file}", line \d+ in work', text)


def test_a_kill_from_outside_is_named(run_between_good_cases):
    _, failed = run_between_good_cases("kills_itself.py")
    assert "SIGKILL" in failed["error"]["message"]


@pytest.mark.parametrize("file, code", [("os_exits.py", 3), ("os_exits_0.py", 0)])
def test_a_process_that_exits_is_named_by_its_code(run_between_good_cases, file, code):
    _, failed = run_between_good_cases(file)
    assert failed["error"]["kind"] == "exit"
    assert f"exit code {code}" in failed["error"]["message"]


def test_points_measured_before_a_crash_stay(run_between_good_cases):
    done, failed = run_between_good_cases("crashes_on_two_threads.py", threads="1,2,3")
    assert [point["threads"] for point in failed["points"]] == [1]
    assert failed["points"][0]["makespan_s"]["estimate"] > 0
    assert "SIGSEGV" in failed["error"]["message"]


def test_the_entry_of_a_failed_case_names_the_thread_count_that_failed(gilscale, workload):
    workload("crashes_on_two_threads.py", FAULTS["crashes_on_two_threads.py"])
    document = gilscale.json("run", "crashes_on_two_threads.py:work", "-t1,2,3", *QUICK, code=WORKLOAD_FAILED)
    good, bad = document["benchmarks"]
    assert "/threads:1/" in good["name"] and "error_occurred" not in good
    assert "/threads:2/" in bad["name"] and bad["error_occurred"] is True


@pytest.mark.usefixtures("no_sanitizer")
@pytest.mark.parametrize("executor", ["threads", "pool"])
@pytest.mark.parametrize("stack, addresses", [(64 << 20, 4 << 30), (8 << 20, 3 << 30)],
                         ids=["256 stacks do not fit", "2 times 256 stacks do not fit"])
def test_threads_that_cannot_be_started_are_a_failure_with_advice(gilscale, good, executor, stack, addresses,
                                                                           free_threaded):
    """A worker has the threads of the executor and as many of the control: either may be the last straw."""
    resource = pytest.importorskip("resource")

    def set_limits():
        resource.setrlimit(resource.RLIMIT_STACK, (stack, stack))
        resource.setrlimit(resource.RLIMIT_AS, (addresses, addresses))

    case, = gilscale.cases("run", good, "-x", executor, "-t1,256", *QUICK, "--timeout=20", code=WORKLOAD_FAILED,
                           preexec_fn=set_limits, MALLOC_ARENA_MAX="1")
    # Free-threaded CPython 3.13 may wait for ever for a thread that ran out of memory before it could say that it is there.
    assert case["error"]["kind"] in (("exception", "timeout") if free_threaded else ("exception",))
    assert [point["threads"] for point in case["points"]] == [1]
    assert "\n" not in case["error"]["message"]
    assert ("--threads" if case["error"]["kind"] == "exception" else "--timeout") in case["error"]["message"]


# ---- time-outs ----


@pytest.mark.parametrize("file", ["deadlocks.py", "hangs_with_gil.py", "hangs_on_import.py"])
def test_a_case_that_hangs_is_given_up_and_shows_where_python_was(run_between_good_cases, file):
    done, failed = run_between_good_cases(file, "--timeout", "2")
    assert failed["error"]["kind"] == "timeout"
    assert "2 s" in failed["error"]["message"] and "--timeout" in failed["error"]["message"]
    assert re.search(rf'{file}", line \d+ in ', done.stderr)


def test_a_time_limit_is_for_each_round_and_not_for_the_case(gilscale, workload):
    workload("slow.py", "import time\ndef work():\n    time.sleep(0.3)\n")
    done = gilscale("run", "slow.py:work", "-t1", "--calls=1", "--benchmark_min_time=4x", "--timeout", "2.5")
    assert done.returncode == OK, done  # nine rounds and more of 0.3 s


# ---- hostile output ----


def test_megabytes_of_printing_go_to_standard_error_and_leave_the_table_alone(gilscale, workload):
    workload("loud.py", """
        import os, sys

        print("loud on import")

        def work():
            sys.stdout.write("x" * 999 + "\\n")
            sys.stderr.write("y" * 999 + "\\n")
            os.write(1, b"z" * 999_999 + b"\\n")
            os.system("echo from a child")
        """)
    quiet = gilscale("run", "loud.py:work", "-t2", *QUICK)
    assert quiet.returncode == OK
    for text in ("loud on import\n", "x" * 999 + "\n", "y" * 999 + "\n", "z" * 999_999 + "\n", "from a child\n"):
        assert text in quiet.stderr
    assert len(quiet.stderr) > 5e6
    assert len(quiet.stdout) < 2000
    for text in ("loud on", "xxx", "yyy", "zzz", "child"):
        assert text not in quiet.stdout
    document = gilscale("run", "loud.py:work", "-t2", *QUICK, "--benchmark_format=json").stdout
    assert len(json.loads(document)["benchmarks"]) == 1


def test_printing_just_before_a_crash_is_kept(gilscale, workload):
    workload("last_words.py", """
        import os

        def work():
            print("last words", flush=True)
            os._exit(1)
        """)
    done = gilscale("run", "last_words.py:work", "-t1", *QUICK)
    assert done.returncode == WORKLOAD_FAILED
    assert "last words\n" in done.stderr


def test_output_that_is_no_text_passes_through(gilscale, workload):
    workload("binary.py", """
        import os

        def work():
            os.write(1, bytes(range(256)))
            raise ValueError(os.fsdecode(b"\\xff\\xfe"))
        """)
    case, = gilscale.cases("run", "binary.py:work", "-t1", *QUICK, code=WORKLOAD_FAILED)
    assert "ValueError" in case["error"]["message"]


@pytest.mark.parametrize("how", [("-t1",), ("-x", "processes", "-t2")])
def test_a_workload_that_closes_its_streams_is_measured_all_the_same(gilscale, workload, how):
    workload("closes.py", """
        import os, sys

        sys.stdout.close()
        sys.stderr.close()
        for fd in (0, 1, 2):
            try:
                os.close(fd)
            except OSError:
                pass

        def work():
            pass
        """)
    case, = gilscale.cases("run", "closes.py:work", *how, *QUICK)
    assert case["error"] is None


def test_a_workload_that_reads_standard_input_sees_its_end(gilscale, workload):
    workload("reads.py", """
        import sys

        def work():
            assert sys.stdin.read() == ""
        """)
    assert gilscale("run", "reads.py:work", "-t1", *QUICK).returncode == OK


def test_a_child_process_that_outlives_its_worker_does_not_hold_the_run_up(gilscale, workload):
    workload("forks.py", """
        import subprocess

        subprocess.Popen(["sleep", "3600"])

        def work():
            pass
        """)
    assert gilscale("run", "forks.py:work", "-t1", *QUICK, timeout=30).returncode == OK
