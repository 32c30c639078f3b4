"""gilscale is small beside what it measures. Peak memory is the kernel's high-water mark of each process."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from conftest import QUICK, wait_until

MB = 1000 * 1000

pytestmark = [pytest.mark.usefixtures("no_sanitizer"),
              pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")]

PEAK_OF_IDLE_THREADS = """
import threading
gate = threading.Event()
for _ in range({threads}):
    threading.Thread(target=gate.wait, daemon=True).start()
print(open("/proc/self/status").read())
"""


def peak_bytes(status):
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024


def peak_of(pid):
    return peak_bytes(Path(f"/proc/{pid}/status").read_text())


@pytest.fixture
def waits_for_all(workload):
    """waits_for_all(n) writes a workload that touches `inside` and stays there once n threads have called it."""

    def write(threads):
        workload("waits.py", f"""
            import pathlib, threading, time

            seen = set()

            def work():
                seen.add(threading.get_ident())
                if len(seen) == {threads}:
                    pathlib.Path("inside").touch()
                    time.sleep(600)
            """)
        return "waits.py:work"

    return write


def test_the_front_end_needs_less_than_30_mb(gilscale, good, workload):
    """Seen when the last case is torn down: the results of the first have been analysed and written by then."""
    workload("stays.py", """
        import pathlib, time

        def bench_work(data):
            pass

        def setup():
            return "data"

        def teardown(_):
            pathlib.Path("inside").touch()
            time.sleep(600)
        """)
    process = gilscale.start("run", good, "stays.py", "-t1,2,4", "--calls=1", "--benchmark_min_time=10x",
                             "--benchmark_repetitions=2", "--json", "results.json", "--benchmark_out=out.csv",
                             "--benchmark_out_format=csv")
    wait_until((gilscale.folder / "inside").exists, 60)
    case, = json.loads((gilscale.folder / "results.json").read_text())["gilscale"]["cases"]
    assert len(case["points"]) == 3 and case["error"] is None
    assert peak_of(process.pid) < 30 * MB


@pytest.mark.parametrize("executor", ["threads", "pool"])
def test_a_worker_of_256_threads_needs_about_twice_what_its_python_needs_for_them(gilscale, waits_for_all, measured_python, executor):
    """The system's libraries come on top, and their size differs from one system to the next: 2 MB are allowed for that."""
    bare = subprocess.run([measured_python, "-c", PEAK_OF_IDLE_THREADS.format(threads=256)], env=gilscale.environment(),
                          stdout=subprocess.PIPE, timeout=60, check=True)
    process = gilscale.start("run", waits_for_all(256), "-x", executor, "-t256", *QUICK)
    wait_until((gilscale.folder / "inside").exists, 60)
    worker, = set(gilscale.left_behind()) - {process.pid}
    assert peak_of(worker) <= 2 * peak_bytes(bare.stdout.decode()) + 2 * MB
