#!/usr/bin/env python3
"""Whether what gilscale foretells comes true: each workload is measured as it is, and as it is with the change.

Prints the speedup as it was measured and as the simulation gives it, the one that was foretold, and the one of the code
with the change. Ends with exit code 1 if that is more than 10 % outside of what was foretold.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import typing

BUILT = pathlib.Path(__file__).resolve().parent.parent / "build" / "release" / "bin" / "gilscale"
TOLERANCE = 0.1

WORKLOADS = """
import random
import threading
from gilscale_calibration import Locked, hold_release, release

one = Locked()
two = [Locked(), Locked()]
one_lock = threading.Lock()
two_locks = [threading.Lock(), threading.Lock()]


def hold_1_of_3():
    hold_release(1000, 2000)


def hold_3_of_4():
    hold_release(3000, 1000)


def hold_of_two_stretches():
    hold_release(3000, 1000)
    hold_release(1000, 3000)


def hold_of_one_stretch():
    release(4000)
    hold_release(1000, 3000)


def released():
    release(3000)


def a_mutex():
    one.hold(2000)
    release(1000)


def two_mutexes():
    random.choice(two).hold(2000)
    release(1000)


def a_lock():
    with one_lock:
        release(2000)
    release(1000)


def two_locks_in_turns():
    with random.choice(two_locks):
        release(2000)
    release(1000)
"""


class Change(typing.NamedTuple):
    """Functions that are the same but for what is foretold."""

    what: str  # in the file
    before: str
    after: str


CHANGES = [
    Change("release_gil", "hold_1_of_3", "released"),
    Change("release_gil", "hold_3_of_4", "released"),
    Change("release_gil", "hold_of_two_stretches", "hold_of_one_stretch"),
    Change("split_lock", "a_mutex", "two_mutexes"),
    Change("split_lock", "a_lock", "two_locks_in_turns"),
]


def measure(options, change, threads, folder):
    """The points of both functions."""
    file = pathlib.Path(folder, "result.json")
    command = [options.gilscale, "run", f"{folder}/work.py:{change.before}", f"{folder}/work.py:{change.after}",
               f"--threads={threads}", f"--calls={options.calls}", "--why", f"--benchmark_min_time={options.samples}x",
               "--path", pathlib.Path(options.gilscale).resolve().parent.parent / "share/gilscale/workloads",
               "--json", file]
    if options.venv:
        command += ["--venv", options.venv]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return [case["points"][-1] for case in json.loads(file.read_text(encoding="utf-8"))["gilscale"]["cases"]]


def row(change, threads, before, after):
    """A line, and whether what it foretells is wrong."""
    name = f"{change.before:<24}{threads:>8}  {before['speedup']['estimate']:8.2f}"
    foretold = next((each for each in before["what_if"] if each["change"] == change.what), None)
    truth = after["speedup"]["estimate"]
    if foretold is None:
        return f"{name}  {'':>9}  {'nothing':>12}  {truth:5.2f}", False
    low, high = foretold["speedup_low"], foretold["speedup_high"]
    wrong = not (1 - TOLERANCE) * low <= truth <= (1 + TOLERANCE) * high
    return (f"{name}  {foretold['simulated']:9.2f}  {low:4.2f} to {high:4.2f}  {truth:5.2f}"
            f"  {'wrong' if wrong else 'right'}", wrong)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, nargs="+", default=[2, 4, 8])
    parser.add_argument("--calls", type=int, default=25, help="of each thread in a round (default: 25)")
    parser.add_argument("--samples", type=int, default=12)
    parser.add_argument("--venv", help="whose Python is measured")
    parser.add_argument("--gilscale", default=BUILT, help="the executable (default: that of scripts/bench.sh)")
    options = parser.parse_args()

    print(f"{'function':<24}{'threads':>8}  {'measured':>8}  {'simulated':>9}  {'foretold':>12}  {'truth':>5}")
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "work.py").write_text(WORKLOADS, encoding="utf-8")
        for change in CHANGES:
            for threads in options.threads:
                line, is_wrong = row(change, threads, *measure(options, change, threads, folder))
                print(line, flush=True)
                wrong += is_wrong
    print(f"wrong: {wrong}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
