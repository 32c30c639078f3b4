"""What the ledger sees: who holds the GIL, and for what threads wait."""

import os
import re
import shutil
import statistics
import subprocess

import pytest

from conftest import FAILED, OK, USAGE, WORKLOAD_FAILED
from evidence import convinced

QSORT = """
    import ctypes

    libc = ctypes.CDLL(None)
    numbers = (ctypes.c_int * 200)()

    @ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
    def compare(a, b):
        sum(range(2000))
        return 0

    def work():
        libc.qsort(numbers, len(numbers), 4, compare)
"""

HASH = """
    import hashlib

    data = bytes(5_000_000)

    def work():
        hashlib.sha256(data).digest()
"""

CRC = """
    import zlib

    data = bytes(20_000_000)

    def work():
        zlib.crc32(data)
"""

SLEEP = """
    import time

    def work():
        time.sleep(0.005)
"""

BURN = """
    import threading

    def burn():
        sum(range(300_000))

    def work():
        thread = threading.Thread(target=burn)
        thread.start()
        thread.join()
"""


@pytest.mark.parametrize(("source", "code"), [
    pytest.param(QSORT, FAILED, id="a C function that detaches, and calls back into Python"),
    pytest.param(BURN, FAILED, id="a thread that the call starts"),
    pytest.param(HASH, OK, id="hashlib"), pytest.param(CRC, OK, id="zlib"), pytest.param(SLEEP, OK, id="inside libpython"),
])
@pytest.mark.usefixtures("with_gil", "no_sanitizer")
def test_the_gil_demand_is_seen_whoever_holds_it(gilscale, workload, source, code):
    """zlib and time are inside libpython on Debian; a call back attaches there."""
    workload("mine.py", source)
    done = gilscale("run", "mine.py:work", "-t1", "--budget=2", "--max-budget=30", "--expect=* gil_demand <= 0.25")
    assert done.returncode == code, done.stdout


# ---- where a missing speedup went ----

LOCKED = """
    import threading
    import time

    lock = threading.Lock()

    def guarded():
        with lock:
            time.sleep(0.004)

    def work():
        time.sleep(0.001)
        guarded()
"""

QUEUED = """
    import threading
    import time

    free = threading.BoundedSemaphore(1)

    def work():
        with free:
            time.sleep(0.003)
"""

WHY = ("-t2", "--why", "--calls=5", "--benchmark_min_time=14x")
# Of 14 samples, one that says something else leaves the verdict open.
DECIDED = (*WHY[:-1], "--benchmark_min_time=28x")


def stacked(gilscale, *args):
    """The case and its point on two threads."""
    case, = gilscale.cases("run", *args)
    return case, case["points"][-1]


def check_stack(point, largest=None):
    """It is not shown where other processes disturbed the ledger rounds more than the others."""
    stack = point["stack"]
    if stack is None:
        return
    assert sum(stack.values()) == pytest.approx(point["threads"])
    lost = {part: worth for part, worth in stack.items() if part != "achieved"}
    assert largest in (None, max(lost, key=lost.get)), stack


@pytest.mark.usefixtures("no_sanitizer")
@pytest.mark.parametrize(("source", "line", "function"), [
    pytest.param(LOCKED, 8, "guarded", id="threading.Lock"), pytest.param(QUEUED, None, None, id="a semaphore of threading"),
])
def test_a_lock_of_python_is_named_with_its_line(gilscale, workload, source, line, function):
    workload("mine.py", source)
    case, point = stacked(gilscale, "mine.py:work", *WHY)
    assert (case["verdict"], case["cause"]) in [("partial", "lock"), ("inconclusive", None)], case["why"]
    assert point["lock_wait"] > 0.1
    check_stack(point)
    wait = next(each for each in point["waits"] if each["kind"] == "lock")
    assert wait["count"] > 0 and 0 < wait["longest_s"] <= wait["total_s"]
    if line:
        assert (wait["python"]["line"], wait["python"]["function"]) == (line, function)
        assert wait["python"]["file"].endswith("mine.py")
    if case["cause"]:
        assert "waits for a lock of Python at" in case["why"]


@pytest.mark.usefixtures("no_sanitizer")
def test_a_mutex_is_named_with_its_function(gilscale):
    """`locked` sleeps while it holds a std::mutex."""
    case, point = stacked(gilscale, "locked", "--args=(3000,)", *WHY)
    wait = next(each for each in point["waits"] if each["kind"] == "mutex")
    assert wait["site"] == "gilscale_calibration.so!Guarded<std::mutex>::hold"
    assert wait["python"] is None
    assert point["lock_wait"] > 0.3
    check_stack(point, "lock_wait")


@pytest.mark.usefixtures("no_sanitizer")
def test_a_stack_is_shown_and_blames_the_mutex(gilscale):
    """Not where other processes disturbed the ledger rounds more than the others."""

    def good(found):
        case, point = found
        stack = point["stack"]
        return stack and case["cause"] == "lock" and stack["lock_wait"] > 0.3 and abs(stack["achieved"] - 1) < 0.2

    convinced(lambda: stacked(gilscale, "locked", "--args=(3000,)", *DECIDED), good, right=0.5)


@pytest.mark.usefixtures("with_gil", "no_sanitizer")
def test_what_waits_for_the_gil_is_the_gil(gilscale):
    case, point = stacked(gilscale, "hold", "--args=(3000,)", *WHY)
    assert case["cause"] in ("gil", None)
    assert point["gil_wait"] > 0.3
    check_stack(point, "gil_wait")
    holds = point["gil_hold_s"]
    assert 0.003 <= holds["max"] and holds["p50"] <= holds["p99"] <= holds["max"]


@pytest.mark.usefixtures("no_sanitizer")
def test_there_is_nothing_to_explain_where_threads_scale(gilscale):
    case, point = stacked(gilscale, "release", "--args=(3000,)", *WHY)
    assert case["cause"] is None
    assert abs(point["lock_wait"]) < 0.1
    check_stack(point)


def test_without_why_there_are_no_ledger_rounds(gilscale):
    _, point = stacked(gilscale, "hold", "-t2", "--no-why", "--calls=5", "--benchmark_min_time=14x")
    assert (point["stack"], point["ledger_single"], point["waits"], point["gil_wait"]) == (None, None, [], None)


@pytest.mark.usefixtures("with_gil", "no_sanitizer")
@pytest.mark.parametrize(("expectation", "code"), [
    ("hold@2 gil_wait <= 0.3", FAILED), ("hold@2 gil_wait >= 0.3", OK), ("hold@2 lock_wait <= 0.3", OK),
    ("hold@2 gil_hold_max <= 0.001", FAILED), ("hold@2 gil_hold_p99 >= 0.001", OK),
])
def test_the_ledger_can_be_expected(gilscale, expectation, code):
    done = gilscale("run", "hold", "--args=(3000,)", "-t2", "--calls=5", "--budget=1", "--max-budget=30", f"--expect={expectation}")
    assert done.returncode == code, done.stdout


def test_an_expectation_of_the_ledger_needs_it(gilscale):
    done = gilscale("run", "hold", "--no-why", "--expect=hold@2 lock_wait <= 1")
    assert done.returncode == USAGE
    assert "leave out --no-why" in done.stderr


@pytest.mark.usefixtures("with_gil", "no_sanitizer")
def test_the_longest_hold_is_named_with_its_line_and_its_function(gilscale, workload, builtin_workloads):
    """The function that gives the GIL up after it, while another thread waits."""
    workload("mine.py", """
        from gilscale_calibration import hold_release

        def work():
            hold_release(5000, 100)
        """)
    case, = gilscale.cases("run", "mine.py:work", "--path", builtin_workloads, *WHY)
    longest = case["points"][-1]["gil_hold_s"]["longest"]
    assert (longest["python"]["function"], longest["python"]["line"]) == ("work", 5)
    assert longest["native"] in ("gilscale_calibration.so!wait_released", "gilscale_calibration.so!hold_release")


STAND_INS = """
#include <dlfcn.h>
#include <pthread.h>
#include <atomic>

std::atomic<long> locks;
extern "C" long locks_seen() { return locks; }
extern "C" int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
  ++locks;
  return reinterpret_cast<int (*)(pthread_mutex_t*)>(dlsym(RTLD_NEXT, "pthread_mutex_lock"))(mutex);
}
"""


@pytest.mark.usefixtures("no_sanitizer")
@pytest.mark.skipif(not shutil.which("c++"), reason="it compiles a library")
def test_stand_ins_of_somebody_else_come_next(gilscale, workload, builtin_workloads, tmp_path):
    """A library that is preloaded, as tools that trace locks are."""
    library = tmp_path / "libtrace.so"
    subprocess.run(["c++", "-x", "c++", "-", "-shared", "-fPIC", "-o", library], input=STAND_INS, text=True, check=True)
    workload("mine.py", """
        import ctypes
        from gilscale_calibration import Locked

        locked = Locked()

        def work():
            locked.hold(3000)
            assert ctypes.CDLL(None).locks_seen() > 0
        """)
    case, = gilscale.cases("run", "mine.py:work", "--path", builtin_workloads, *WHY, LD_PRELOAD=str(library))
    point, = case["points"]
    assert next(wait for wait in point["waits"] if wait["kind"] == "mutex")["site"].endswith("::hold")
    assert point["lock_wait"] > 0.3


def test_page_faults_and_switches_are_counted(gilscale, workload):
    workload("mine.py", """
        import mmap
        import time

        def work():
            with mmap.mmap(-1, 400 * mmap.PAGESIZE) as pages:
                for place in range(0, len(pages), mmap.PAGESIZE):
                    pages[place] = 1
            time.sleep(0.001)
        """)
    case, = gilscale.cases("run", "mine.py:work", *WHY)
    for account in (case["points"][-1][key] for key in ("ledger_single", "ledger_parallel")):
        assert account["page_faults"] >= 400 * account["calls"]
        # A machine that stood still meanwhile ends a sleep before it begins: no switch.
        assert account["switches"] >= account["calls"] / 2
        assert account["forced_switches"] >= 0


# ---- what would help ----

def foretold(gilscale, change, *args):
    """Rounds that the machine disturbed foretell nothing: it may take some looks."""
    for _ in range(12):
        case, = gilscale.cases("run", *args, "-t4", "--why", "--calls=12", "--benchmark_min_time=9x")
        point = case["points"][-1]
        found = [each for each in point["what_if"] if each["change"] == change]
        if found:
            assert any(f"{found[0]['speedup_high']:.2f} times the work of one" in text for text in point["remedies"])
            return found[0]
    return None


@pytest.mark.usefixtures("with_gil", "no_sanitizer")
def test_a_hold_of_the_gil_that_were_none_is_foretold(gilscale):
    found = foretold(gilscale, "release_gil", "hold_release", "--args=(3000, 3000)")
    assert found["native"].endswith("hold_release")
    assert 1.6 < found["measured"] < 2.2 and 1.6 < found["simulated"] < 2.2
    assert 3 < found["speedup_low"] <= found["speedup_high"] <= 4


@pytest.mark.usefixtures("no_sanitizer")
def test_a_lock_that_were_two_is_foretold(gilscale):
    found = foretold(gilscale, "split_lock", "locked", "--args=(3000,)")
    assert "Guarded<std::mutex>::hold" in found["native"]
    assert 0.8 < found["simulated"] < 1.2
    assert 1.3 < found["speedup_low"] <= found["speedup_high"] < 2


@pytest.mark.usefixtures("no_sanitizer")
def test_nothing_is_foretold_of_code_that_scales(gilscale):
    case, = gilscale.cases("run", "release", "--args=(3000,)", *WHY)
    assert case["points"][-1]["what_if"] == [] and case["points"][-1]["remedies"] == []


def test_another_allocator_is_tried_that_is_asked_for(gilscale):
    """The library of mathematics allocates nothing."""
    run = ("run", "release", "--args=(3000,)", "-t2", "--calls=5", "--benchmark_min_time=6x", "--allocator=libm.so.6")
    case, = gilscale.cases(*run)
    trial = case["points"][-1]["allocator"]
    assert trial["library"].endswith("/libm.so.6")
    assert trial["throughput"]["low"] < 1.1 and trial["throughput"]["high"] > 0.9
    done = gilscale(*run)
    assert re.search(r"^release/3000: with libm\.so\.6 in place of the C library's allocator, 2 threads make \S+ \[\S+, \S+\] "
                     r"times the calls", done.stdout, re.MULTILINE), done.stdout


def test_an_allocator_that_is_not_there_is_a_usage_error(gilscale):
    done = gilscale("run", "release", "--args=(3000,)", "-t2", "--budget=0.1", "--allocator=libno_such.so.1")
    assert done.returncode == USAGE
    assert done.stderr == ("gilscale: --allocator 'libno_such.so.1' is not there; install its package, or name the file of a "
                           "library\n")
    assert not done.stdout


@pytest.mark.usefixtures("no_sanitizer")
def test_the_allocator_is_in_one_of_two_workers(gilscale, workload):
    """Else the C library's would be compared with itself."""
    subprocess.run(["c++", "-shared", "-fPIC", "-x", "c++", "-", "-o", gilscale.folder / "own.so"], input="int own;", text=True,
                   check=True)
    workload("mine.py", """
        import os
        import pathlib
        import time

        has_it = "/own.so" in pathlib.Path("/proc/self/maps").read_text()
        pathlib.Path(f"worker-{os.getpid()}").write_text(str(has_it))

        def work():
            time.sleep(0.002)
        """)
    case, = gilscale.cases("run", "mine.py:work", "-t2", "--calls=5", "--benchmark_min_time=6x", "--allocator=./own.so")
    assert os.path.samefile(case["points"][-1]["allocator"]["library"], gilscale.folder / "own.so")
    seen = sorted(path.read_text() for path in gilscale.folder.glob("worker-*"))
    assert seen == ["False", "False", "True"], "the case itself, and one worker without and one with it"


@pytest.mark.parametrize("name", ["text.so", "with blank.so"])
def test_a_file_that_cannot_be_loaded_is_a_usage_error(gilscale, name):
    """The loader would leave it out, and the C library's allocator would be compared with itself."""
    (gilscale.folder / name).write_text("no library\n")
    done = gilscale("run", "release", "--args=(3000,)", "-t2", "--budget=0.1", f"--allocator=./{name}")
    assert done.returncode == USAGE
    assert done.stderr.startswith(f"gilscale: --allocator './{name}' cannot take the C library's place: ")
    assert done.stderr.count("\n") == 1 and not done.stdout


@pytest.mark.parametrize("executor", ["processes", "native"])
def test_an_allocator_that_is_not_tried_is_said(gilscale, executor):
    workload = () if executor == "native" else ("release", "--args=(1000,)")
    done = gilscale("run", *workload, "-x", executor, "-t2", "--budget=0.3", "--allocator=libm.so.6")
    assert done.returncode == OK
    said = done.stderr + "".join(done.warnings)
    assert "--allocator was not tried: its calls do not run in one process" in said


def test_no_allocator_is_tried_where_none_was_asked_for_and_it_scales(gilscale):
    case, = gilscale.cases("run", "release", "--args=(3000,)", *WHY)
    assert case["points"][-1]["allocator"] is None


# ---- what an event loop feels ----

LATENCY = ("-t2", "--latency", "--calls=5", "--benchmark_min_time=6x")


@pytest.mark.usefixtures("with_gil")
def test_a_bystander_waits_for_the_gil(gilscale):
    case, = gilscale.cases("run", "hold", "--args=(5000,)", *LATENCY)
    waits = case["points"][-1]["bystander_s"]
    assert 0.0025 <= waits["p50"] <= waits["p99"] <= waits["max"]
    assert case["points"][-1]["bystander_p99"] >= 0.005


def test_a_bystander_does_not_wait_for_a_gil_that_is_released(gilscale):
    case, = gilscale.cases("run", "release", "--args=(5000,)", *LATENCY)
    assert 0 < case["points"][-1]["bystander_s"]["p50"] < 0.0025


@pytest.mark.usefixtures("with_gil")
def test_what_a_bystander_waits_is_said(gilscale):
    summary = gilscale.folder / "summary.md"
    done = gilscale("run", "hold", "--args=(5000,)", *LATENCY, f"--markdown={summary}")
    waits = r"a thread that wants the GIL waits \d\S* ms \(median\), \d\S* ms \(99th percentile\), \d\S* ms \(longest\)$"
    assert re.search(rf"^hold/5000: beside 2 threads, {waits}", done.stdout, re.MULTILINE), done.stdout
    assert re.search(rf"^- \*\*hold/5000@2\*\*: beside it, {waits}", summary.read_text(), re.MULTILINE), summary.read_text()


@pytest.mark.parametrize("executor", ["processes", "native"])
def test_threads_that_share_no_gil_have_no_bystander(gilscale, executor):
    workload = () if executor == "native" else ("release",)
    case, = gilscale.cases("run", *workload, "-x", executor, *LATENCY)
    assert case["points"][-1]["bystander_s"] is None


@pytest.mark.usefixtures("with_gil")
@pytest.mark.parametrize(("expectation", "code"), [("bystander_p99 >= 0.004", OK), ("bystander_p99 <= 0.004", FAILED)])
def test_what_a_bystander_waits_can_be_expected(gilscale, expectation, code):
    """It asks for --latency by itself."""
    done = gilscale("run", "hold", "--args=(5000,)", "-t2", "--calls=5", "--budget=1", "--max-budget=30",
                    f"--expect=hold/5000@2 {expectation}")
    assert done.returncode == code, done.stdout


# ---- slower on a CPU ----

def slower_on_cpu(gilscale, *args):
    """The case, if the machine had two cores and calls in threads were slower on them."""
    case, = gilscale.cases("run", *args, "-t2", "--why", "--budget=2")
    point, = case["points"]
    is_decided = case["verdict"] in ("partial", "contended") and point["stack"]
    had_cores = point["capacity"]["estimate"] > 1.8
    return case if had_cores and is_decided and point["stack"]["slower_on_cpu"] > 0.3 else None


def first_of(looks):
    for case in looks:
        if case:
            return case
    pytest.skip("this machine has no two cores for that long")


@pytest.mark.usefixtures("no_sanitizer")
def test_what_threads_write_to_is_told_from_the_machine(gilscale):
    case = first_of(slower_on_cpu(gilscale, "counter") for _ in range(5))
    point, = case["points"]
    assert case["cause"] == "sharing", case["why"]
    assert statistics.median(point["ledger_samples"]["process_slowdown"]) < 1.5
    assert " in 2 processes: threads write to what they share" in case["why"]


@pytest.mark.usefixtures("no_sanitizer")
def test_a_workload_that_does_not_run_in_processes_is_measured_all_the_same(gilscale, workload, builtin_workloads):
    """Its file can be imported once only."""
    workload("mine.py", """
        import pathlib
        from gilscale_calibration import Counter

        pathlib.Path("taken").touch(exist_ok=False)
        work = Counter().add
        """)

    def look():
        for taken in gilscale.folder.glob("taken"):
            taken.unlink()
        return slower_on_cpu(gilscale, "mine.py:work", "--args=(20000,)", "--path", builtin_workloads)

    case = first_of(look() for _ in range(5))
    assert case["points"][0]["ledger_samples"]["process_slowdown"] == []
    assert case["cause"] == "unknown"
    assert "(inferred)" in case["why"]


@pytest.mark.usefixtures("no_sanitizer")
def test_processes_beside_a_workload_that_crashes_end_with_it(gilscale, workload, builtin_workloads):
    """They stand still at that moment. (The fixture sees to it that nothing is left behind.)"""
    workload("mine.py", """
        import os
        import pathlib
        import time
        from gilscale_calibration import Counter

        counter = Counter()
        is_first = not pathlib.Path("first").exists()
        pathlib.Path("first").touch()
        end = time.monotonic() + 4

        def work():
            counter.add(20_000)
            if is_first and time.monotonic() > end:
                os.abort()
        """)
    done = gilscale("run", "mine.py:work", "-t2", "--why", "--budget=20", "--path", builtin_workloads)
    assert done.returncode == WORKLOAD_FAILED, done
