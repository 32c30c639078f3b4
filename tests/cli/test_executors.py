"""Interpreters and processes of their own for each thread: how they fail, and that nothing of them is left behind."""

import json
import os
import re
import signal
from pathlib import Path

import pytest
from conftest import OK, QUICK, WORKLOAD_FAILED, wait_until
from evidence import convinced

FOUR_WAYS = ["threads", "pool", "interpreters", "processes"]


@pytest.fixture
def python_minor(default_plugin):
    """The 13 of the CPython 3.13 that gilscale was built for."""
    return int(default_plugin["version"].split(".")[1])


@pytest.fixture
def isolated(request, python_minor):
    """An executor whose threads each have an interpreter of their own."""
    if request.param == "interpreters" and python_minor < 12:
        pytest.skip("this Python has no sub-interpreters with a GIL of their own")
    return request.param


both = pytest.mark.parametrize("isolated", ["interpreters", "processes"], indirect=True)


# ---- all of them ----


def test_all_stands_for_the_four_ways_to_run_python(gilscale, good):
    cases = gilscale.cases("run", good, "-x", "all", "-t1,2", *QUICK)
    assert [case["executor"] for case in cases] == FOUR_WAYS
    for case in cases:
        if case["verdict"] != "unavailable":
            assert case["error"] is None
            assert [point["threads"] for point in case["points"]] == [1, 2]


def test_only_threads_of_one_interpreter_share_a_gil(gilscale, good):
    for case in gilscale.cases("run", good, "-x", "all,native", "-t1", *QUICK):
        if case["verdict"] != "unavailable":
            assert case["gil"]["shared"] == (case["executor"] in ("threads", "pool"))


def test_what_starting_took_and_the_memory_of_all_processes_are_known(gilscale, good):
    for case in gilscale.cases("run", good, "-x", "threads,processes", "-t1,3", *QUICK):
        first, second = case["points"]
        assert 0 < first["start_s"] <= second["start_s"]
        if Path("/proc/self/smaps_rollup").exists():
            assert second["memory_bytes"] > first["memory_bytes"] * (case["executor"] == "processes") > -1


def test_interpreters_that_this_python_lacks_are_no_error(gilscale, good, python_minor):
    if python_minor >= 12:
        pytest.skip("this Python has them")
    done = gilscale("run", good, "-x", "interpreters,threads", "-t1", *QUICK)
    assert (done.returncode, done.stderr) == (OK, "")
    assert re.search(r"(?m)  unavailable$", done.stdout)
    assert re.search(rf"(?m)^{good} \(interpreters\): unavailable: .*CPython 3\.\d+.*3\.12 or newer$", done.stdout)
    case, _ = gilscale.cases("run", good, "-x", "interpreters,threads", "-t1", *QUICK)
    assert case["verdict"] == case["error"]["kind"] == "unavailable"


# ---- one that fails ----


@both
def test_an_exception_comes_with_its_traceback(gilscale, workload, isolated):
    workload("raises.py", "def work():\n    raise KeyError('missing thing')\n")
    done = gilscale("run", "raises.py:work", "-x", isolated, "-t2", *QUICK)
    assert done.returncode == WORKLOAD_FAILED
    assert re.search(r"raised in round \d+ on thread \d+: KeyError: 'missing thing'; run it with --threads 1", done.stderr)
    assert "Traceback (most recent call last)" in done.stderr
    assert re.search(r'raises\.py", line 2, in work', done.stderr)


@both
def test_an_exception_meant_to_end_the_process_ends_the_case_only(gilscale, workload, good, isolated):
    workload("leaves.py", "import sys\ndef work():\n    sys.exit(5)\n")
    failed, other = gilscale.cases("run", "leaves.py:work", good, "-x", isolated, "-t2", *QUICK, code=WORKLOAD_FAILED)
    assert "SystemExit: 5" in failed["error"]["message"]
    assert other["error"] is None


@pytest.mark.parametrize("fault, said", [("ctypes.string_at(0)", "was ended by SIGSEGV"),
                                         ("os.abort()", "was ended by SIGABRT"),
                                         ("os.kill(os.getpid(), 9)", "was ended by SIGKILL"),
                                         ("os._exit(3)", "ended with exit code 3"),
                                         ("os._exit(0)", "ended with exit code 0")])
def test_the_end_of_a_member_process_ends_its_case_only(gilscale, workload, good, fault, said):
    """It comes in the middle of a round, on one of two members: the other one would wait for ever."""
    workload("ends.py", f"""
        import ctypes, os

        def work():
            try:
                os.mkdir("first")
            except FileExistsError:
                {fault}
        """)
    done = gilscale("run", good, "ends.py:work", good, "-x", "processes,threads", "-t2", "--calls=1",
                    "--benchmark_min_time=2x", "--benchmark_filter=processes")
    assert done.returncode == WORKLOAD_FAILED
    assert re.search(rf"gilscale: .*worker process \d {said}.* in round \d+", done.stderr)
    assert re.search(r"(?m)^good.py:work \(processes\) .* (ns|µs|ms) ", done.stdout)
    assert re.search(r"(?m)^ends.py:work \(processes\): failed: ", done.stdout)


def test_a_crash_of_a_member_process_shows_where_python_was(gilscale, workload):
    workload("crashes.py", "import ctypes\ndef work():\n    ctypes.string_at(0)\n")
    done = gilscale("run", "crashes.py:work", "-x", "processes", "-t1", *QUICK)
    assert "Fatal Python error: Segmentation fault" in done.stderr
    assert re.search(r'crashes\.py", line 3 in work', done.stderr)


@both
def test_a_thread_that_hangs_is_given_up(gilscale, workload, isolated):
    workload("hangs.py", "import threading\ndef work():\n    threading.Event().wait()\n")
    case, = gilscale.cases("run", "hangs.py:work", "-x", isolated, "-t2", *QUICK, "--timeout=5", code=WORKLOAD_FAILED)
    assert case["error"]["kind"] == "timeout"


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="processes are found in /proc")
def test_member_processes_end_when_their_worker_is_killed(gilscale, workload):
    workload("waits.py", "import pathlib, time\ndef work():\n    pathlib.Path('inside').touch()\n    time.sleep(600)\n")
    front_end = gilscale.start("run", "waits.py:work", "-x", "processes", "-t2", *QUICK)
    wait_until((gilscale.folder / "inside").exists)

    def having(word):
        return [pid for pid in gilscale.left_behind() if word in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")]

    worker, = having(b"--supervised")
    assert len(having(b"--member")) == 2
    front_end.send_signal(signal.SIGSTOP)  # it would end the whole process group
    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: gilscale.left_behind() == [front_end.pid])
    front_end.send_signal(signal.SIGCONT)
    assert front_end.wait(20) == WORKLOAD_FAILED


# ---- what the workload does to its surroundings ----


@both
def test_what_is_printed_goes_to_standard_error(gilscale, workload, isolated):
    workload("prints.py", "import os\ndef work():\n    print('from Python')\n    os.write(1, b'from below\\n')\n")
    done = gilscale("run", "prints.py:work", "-x", isolated, "-t2", *QUICK)
    assert done.returncode == OK
    for text in ("from Python\n", "from below\n"):
        assert text in done.stderr
        assert text not in done.stdout


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="the system does not tell")
def test_member_processes_are_pinned_like_threads(gilscale, workload):
    workload("pinned.py", "import os\ndef work():\n    assert len(os.sched_getaffinity(0)) == 1\n")
    case, = gilscale.cases("run", "pinned.py:work", "-x", "processes", "-t2", "--pin", *QUICK)
    assert case["error"] is None


def test_calls_that_wait_scale_as_the_executor_lets_them(gilscale, python_minor):
    """4 where they run together, 1 where they take turns; noise can only delay a thread."""
    cases = gilscale.cases("run", "hold", "release", "--args=(20000,)", "-x", "all", "-t4", "--calls=1",
                           "--benchmark_min_time=8x")
    cases = [case for case in cases if case["points"]]
    assert len(cases) == (8 if python_minor >= 12 else 6)
    for case in cases:
        takes_turns = case["workload"] == "hold" and case["gil"]["after_run"] and case["gil"]["shared"]
        least, most = (0.6, 1.5) if takes_turns else (2.2, 6)
        assert least < case["points"][0]["speedup"]["estimate"] < most, case["label"]


TWO_EXECUTORS = ("run", "hold", "--args=(20000,)", "-x", "threads,processes", "-t1,4", "--calls=1",
                 "--benchmark_min_time=12x")


def test_executors_stand_side_by_side_with_the_one_that_wins(gilscale):
    """Processes have a GIL each. At one thread neither is ahead, but of two that are alike one may seem so."""
    def look():
        path = gilscale.folder / "results.json"
        done = gilscale(*TWO_EXECUTORS, "--json", str(path))
        assert done.returncode == OK, done
        return done.stdout, json.loads(path.read_text())["gilscale"]

    def processes_win_at_four(found):
        stdout, document = found
        if not document["cases"][0]["gil"]["after_run"]:
            return True
        winner = document["comparisons"]["executors"][0]["winner"]
        return (winner and winner["executors"] == ["processes"] and winner["factor"] > 2 and winner["from_threads"] == 4
                and "hold/20000: fastest: processes, with " in stdout and " times the calls/s of threads at 4 threads" in stdout)

    _, document = convinced(look, processes_win_at_four)
    entries = document["comparisons"]["executors"][0]["entries"]
    assert [entry["executor"] for entry in entries] == ["threads", "processes"]
    assert entries[1]["start_s"] > entries[0]["start_s"] > 0
    assert entries[1]["memory_bytes"] > entries[0]["memory_bytes"] > 0
