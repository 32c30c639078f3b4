#!/usr/bin/env python3
"""Whether the ledger tells the truth: workloads that hold something for a known share of their time.

Each workload holds the GIL, a lock of Python, a mutex or a lock of writers for a share of a call and sleeps without it
for the rest. Two threads then wait for as long as arithmetic says. Prints what gilscale saw beside that, and ends with
exit code 1 if a figure is more than 3 % off (of a thread's time, for each thread; of the time for a hold), or if the
wait was seen elsewhere.
"""

import argparse
import json
import math
import pathlib
import subprocess
import sys
import tempfile
import typing

BUILT = pathlib.Path(__file__).resolve().parent.parent / "build" / "release" / "bin" / "gilscale"
TOLERANCE = 0.03
CALLS = 5
THREADS = 2

PYTHON_LOCK = """
import threading
from gilscale_calibration import release

lock = threading.Lock()


def held(us):
    with lock:
        release(us)


def work(hold_us, release_us):
    held(hold_us)
    release(release_us)
"""


class Way(typing.NamedTuple):
    """How something is held."""

    workload: str
    kind: str  # of the waits for it
    place: str  # the function in C++ or in Python that waits
    is_unseen: bool = False  # some of the waits are those of a thread for which its maker is blocked

    @property
    def of_gil(self):
        return self.kind == "gil"


WAYS = {
    "the GIL": Way("hold_release", "gil", "hold_release"),
    "the GIL in a callback": Way("gilscale_calibration:hold_in_callback", "gil", "hold_in_callback"),
    "the GIL in a native thread": Way("gilscale_calibration:hold_in_native_thread", "gil", "hold_in_native_thread",
                                      is_unseen=True),
    "a std::mutex": Way("gilscale_calibration:Locked.hold_release", "mutex", "Guarded<std::mutex>::hold_release"),
    "a std::shared_mutex": Way("gilscale_calibration:WriteLocked.hold_release", "rwlock",
                               "Guarded<std::shared_mutex>::hold_release"),
    "a threading.Lock": Way("{folder}/python_lock.py:work", "lock", "held"),
}


def queue(threads, calls, hold, release, at_the_end):
    """What threads do that take turns for `hold` and then sleep for `release`, first come, first served.

    `at_the_end`: and take a turn of no length at last, as threads that attach to Python again. Returns the makespan,
    the sum of their waits and the sum of their times, each until its own finish.
    """
    ready = [0.0] * threads
    turns = [[(hold, release)] * calls + [(0, 0)] * at_the_end for _ in range(threads)]
    free = waits = 0.0
    while any(turns):
        thread = min((i for i in range(threads) if turns[i]), key=ready.__getitem__)
        lasts, pause = turns[thread].pop(0)
        start = max(free, ready[thread])
        waits += start - ready[thread]
        free = start + lasts
        ready[thread] = free + pause
    return max(ready), waits, sum(ready)


def truth(share, call_s, of_gil):
    """The parts of the stack of THREADS threads."""
    makespan, waits, walls = queue(THREADS, CALLS, share * call_s, (1 - share) * call_s, of_gil)
    return {"achieved": THREADS * CALLS * call_s / makespan, "wait": waits / makespan,
            "imbalance": (THREADS * makespan - walls) / makespan}


def measure(options, workload, share, folder):
    """The case and its point of all threads, as in the result file."""
    file = pathlib.Path(folder, "result.json")
    hold_us, release_us = (round(part * options.call * 1000, 3) for part in (share, 1 - share))
    command = [options.gilscale, "run", workload.format(folder=folder), f"--args=({hold_us}, {release_us})",
               f"--threads={THREADS}", f"--calls={CALLS}", "--why", f"--benchmark_min_time={options.samples}x",
               "--path", pathlib.Path(options.gilscale).resolve().parent.parent / "share/gilscale/workloads",
               "--json", file]
    if options.venv:
        command += ["--venv", options.venv]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    case, = json.loads(file.read_text(encoding="utf-8"))["gilscale"]["cases"]
    return case, case["points"][-1]


def seen_at(waits, kind, place):
    """Whether the largest wait that is no sleep is of that kind, in that function.

    Threads that wait for the GIL only when a round begins are in no function of the workload.
    """
    largest = next((wait for wait in waits if wait["kind"] != "sleep"), None)
    if largest is None:
        return False
    names = (largest["site"] or "") + " " + ((largest["python"] or {}).get("function") or "")
    return largest["kind"] == kind and (place in names or (kind == "gil" and names == " "))


def compared(point, way, share, call_ms):
    """The columns of a row, the largest error, and where the wait was seen; no figure at all is an endless error."""
    stack = point["stack"]
    if stack is None:
        return "no stack, the machine changed too much: ", math.inf, "nowhere"
    expected = truth(share, call_ms / 1000, way.of_gil)
    unseen = stack["other"] if way.is_unseen else 0
    figures = {"achieved": stack["achieved"], "wait": stack["gil_wait"] + stack["lock_wait"] + unseen,
               "imbalance": stack["imbalance"]}
    rest = stack["other"] - unseen
    errors = [abs(rest) / THREADS, *(abs(figures[part] - expected[part]) / THREADS for part in figures)]
    demand = hold = "-"
    if way.of_gil or point["gil_demand"] is not None:
        told = math.inf if point["gil_demand"] is None else point["gil_demand"]
        errors.append(abs(told - (share if way.of_gil else 0)))
        demand = f"{told:.3f}"
    if way.of_gil:
        told_ms = 1000 * (point["gil_hold_max"] or math.inf)
        errors.append(abs(told_ms / (share * call_ms) - 1))
        hold = f"{told_ms:.2f}"
    columns = "  ".join(f"{figures[part]:5.2f} of {expected[part]:5.2f}" for part in figures)
    is_there = seen_at(point["waits"], way.kind, way.place)
    where = "right" if is_there else f"elsewhere: {[(each['kind'], each['site']) for each in point['waits'][:3]]}"
    return f"{demand:>10}  {hold:>9}  {columns}  {rest:5.2f}  ", max(errors), where


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shares", type=float, nargs="+", default=[0.3, 0.6, 0.9])
    parser.add_argument("--call", type=float, default=20, help="milliseconds of a call (default: 20)")
    parser.add_argument("--samples", type=int, default=15)
    parser.add_argument("--venv", help="of the Python to measure with")
    parser.add_argument("--gilscale", default=BUILT, help="the executable (default: that of scripts/bench.sh)")
    options = parser.parse_args()

    print(f"{'what is held':<27} {'share':>5}  {'GIL demand':>10}  {'hold, ms':>9}  "
          f"{'speedup':>14}  {'waits':>14}  {'imbalance':>14}  rest   where")
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "python_lock.py").write_text(PYTHON_LOCK, encoding="utf-8")
        for name, way in WAYS.items():
            for share in options.shares:
                case, point = measure(options, way.workload, share, folder)
                begin = f"{name:<27} {share:>5}  "
                if way.of_gil and not case["gil"]["after_run"]:
                    print(begin + "there is none in this Python", flush=True)
                    continue
                row, error, where = compared(point, way, share, options.call)
                is_right = where == "right" and error <= TOLERANCE
                wrong += not is_right
                print(begin + row + where + ("" if error <= TOLERANCE else f"  OFF by {error:.3f}"), flush=True)
    print(f"wrong: {wrong}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
