"""Whatever ends the front end: what is finished is kept, and no worker is left."""

import json
import re
import signal
import time
from pathlib import Path

import pytest
from conftest import INTERRUPTED, QUICK, wait_until

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="workers are found through /proc")


@pytest.fixture
def in_second_case(gilscale, builtin_workloads, workload):
    """Starts three cases and returns once the second is inside its call, which takes a minute."""

    def start(call="time.sleep(60)", *options, **env):
        workload("first.py", "def work():\n    pass\n")
        workload("second.py", f"""
            import pathlib, signal, subprocess, sys, time
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)  # workers that will not listen end as well
            sys.path.insert(0, {str(builtin_workloads)!r})
            import gilscale_calibration
            subprocess.Popen(["sleep", "3600"])

            def work():
                pathlib.Path("inside").touch()
                {call}
            """)
        workload("third.py", "import pathlib\npathlib.Path('too far').touch()\ndef work():\n    pass\n")
        process = gilscale.start("run", "first.py:work", "second.py:work", "third.py:work", "-t1", *QUICK,
                                 "--json", "results.json", *options, **env)
        wait_until((gilscale.folder / "inside").exists)
        return process

    return start


HANGS = pytest.mark.parametrize("call", ["time.sleep(60)", "gilscale_calibration.hold(60e6)"],
                                ids=["detached", "holding the GIL"])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
@HANGS
def test_an_interrupted_run_keeps_what_is_finished_and_leaves_no_worker(gilscale, in_second_case, number, call):
    process = in_second_case(call)
    process.send_signal(number)
    stdout, stderr = process.communicate(timeout=20)
    assert process.returncode == INTERRUPTED
    wait_until(lambda: not gilscale.left_behind())
    assert not (gilscale.folder / "too far").exists()

    first, second = json.loads((gilscale.folder / "results.json").read_text())["gilscale"]["cases"]
    assert first["error"] is None and len(first["points"]) == 1
    assert second["verdict"] == "inconclusive" and second["error"]["kind"] == "interrupted"
    assert re.search(r"(?m)^first\.py:work +1 .* (ns|µs|ms)", stdout.decode())
    assert b"interrupted" in stderr
    assert b"Traceback" not in stderr


def test_an_interrupted_run_still_prints_valid_json(in_second_case):
    process = in_second_case("time.sleep(60)", "--benchmark_format=json")
    process.send_signal(signal.SIGINT)
    stdout, _ = process.communicate(timeout=20)
    first, second = json.loads(stdout)["benchmarks"]
    assert first["name"].startswith("first.py:work/") and second["error_occurred"] is True


@HANGS
def test_a_killed_front_end_takes_its_worker_with_it(gilscale, in_second_case, call):
    process = in_second_case(call)
    assert len(gilscale.left_behind()) == 3  # front end, worker and what the workload started
    process.kill()
    process.wait()
    killed = time.monotonic()
    wait_until(lambda: not gilscale.left_behind())
    assert time.monotonic() - killed < 2
    first, = json.loads((gilscale.folder / "results.json").read_text())["gilscale"]["cases"]
    assert first["error"] is None
