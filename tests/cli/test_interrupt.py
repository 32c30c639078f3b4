"""Whatever ends the front end: what is finished is kept, and no worker is left."""

import json
import re
import signal
import time
from pathlib import Path

import pytest
from conftest import INTERRUPTED, ONE_SAMPLE, wait_until

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
        process = gilscale.start("run", "first.py:work", "second.py:work", "third.py:work", "-t1", *ONE_SAMPLE,
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


# ---- while cases take turns ----

@pytest.fixture
def in_turns(gilscale, workload):
    """Starts three cases and returns once the second has come to its fifth call and stays in it: two workers stand still."""

    def start(*options):
        workload("plain.py", "import time\ndef work():\n    time.sleep(0.001)\n")
        workload("stays.py", """
            import pathlib, time
            calls = 0

            def work():
                global calls
                calls += 1
                if calls >= 40:
                    pathlib.Path("inside").touch()
                    time.sleep(60)
            """)
        process = gilscale.start("run", "plain.py:work", "stays.py:work", "plain.py:work", "-x", "threads,pool", "-t1,2",
                                 "--calls=1", "--json", "results.json", *options)
        wait_until((gilscale.folder / "inside").exists)
        return process

    return start


def test_an_interrupt_keeps_the_samples_of_all_cases(gilscale, in_turns):
    process = in_turns()
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=20)
    assert process.returncode == INTERRUPTED
    wait_until(lambda: not gilscale.left_behind())
    document = json.loads((gilscale.folder / "results.json").read_text())
    cases = document["gilscale"]["cases"]
    assert [case["error"]["kind"] for case in cases] == ["interrupted"] * 4
    for case in cases:
        assert [point["threads"] for point in case["points"]] == [1, 2]
        for point in case["points"]:
            entry, = (each for each in document["benchmarks"] if each["run_name"].startswith(
                      f"{case['label']}/executor:{case['executor']}/threads:{point['threads']}/") and not each.get("error_occurred"))
            assert entry["iterations"] == point["rounds"] >= 1
    assert re.search(r"(?m)^plain\.py:work +2 .* (ns|µs|ms)", stdout.decode())
    assert b"Traceback" not in stderr


def test_a_killed_front_end_takes_workers_that_stand_still_with_it(gilscale, in_turns):
    process = in_turns("-x", "processes")
    assert len(gilscale.left_behind()) > 3
    process.kill()
    process.wait()
    killed = time.monotonic()
    wait_until(lambda: not gilscale.left_behind())
    assert time.monotonic() - killed < 2
