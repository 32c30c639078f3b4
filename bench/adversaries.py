#!/usr/bin/env python3
"""Machines and code that have led to wrong answers: does gilscale blame code without any fault, or praise code with one?

Each adversary is set up for real: a CPU quota (a control group, as root), bursts of a real-time process (as root), calls that
mostly wait, 256 threads, a pool of OpenMP threads that spin after each call (a C compiler with -fopenmp). What this machine
does not allow is left out, and said. Prints for each what was seen, and ends with exit code 1 if anything was wrong.
"""

import argparse
import collections
import contextlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import textwrap
import time

BUILT = pathlib.Path(__file__).resolve().parent.parent / "build" / "release" / "bin" / "gilscale"
INNOCENT, GUILTY = {"parallel", "machine-limited"}, {"gil-bound", "partial", "contended"}


class NotHere(Exception):
    """What an adversary needs is not to be had on this machine."""


# ---- machines ----

@contextlib.contextmanager
def plain():
    """The machine as it is."""
    yield []


@contextlib.contextmanager
def quota(cpus=1.2):
    """A control group that gets so many CPUs: a command that puts what follows into it."""
    folder = pathlib.Path("/sys/fs/cgroup/cpu/gilscale-adversary")
    v2 = not folder.parent.is_dir()
    if v2:
        folder = pathlib.Path("/sys/fs/cgroup/gilscale-adversary")
    try:
        folder.mkdir(exist_ok=True)
        if v2:
            (folder / "cpu.max").write_text(f"{int(cpus * 100_000)} 100000")
        else:
            (folder / "cpu.cfs_period_us").write_text("100000")
            (folder / "cpu.cfs_quota_us").write_text(str(int(cpus * 100_000)))
    except OSError as error:
        raise NotHere(f"no control group for a quota ({error.strerror})") from None
    try:
        yield ["sh", "-c", f'echo $$ >{folder}/cgroup.procs && exec "$@"', "sh"]
    finally:
        with contextlib.suppress(OSError):
            folder.rmdir()


BURSTS = """
import os, random, time
os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(10))
while True:
    end = time.monotonic() + random.expovariate(1 / 0.03)
    while time.monotonic() < end: pass
    time.sleep(random.expovariate(1 / 0.07))
"""


@contextlib.contextmanager
def bursts():
    """A process that takes a CPU from everybody for 30 ms in 100 ms, at random."""
    process = subprocess.Popen([sys.executable, "-c", BURSTS], stderr=subprocess.DEVNULL)
    time.sleep(0.3)
    if process.poll() is not None:
        raise NotHere("no real-time priority")
    try:
        yield []
    finally:
        process.kill()
        process.wait()


# ---- code ----

def options_of(workload):
    return {
        "burns without the GIL": ["burn_release", "--args", "(20000,)", "-t", "2"],
        "burns with the GIL": ["burn_hold", "--args", "(20000,)", "-t", "2"],
        "burns without the GIL, in long calls": ["burn_release", "--args", "(500000,)", "-t", "2"],
        "computes a quarter, waits three, 4 threads": ["mine.py:quarter", "-t", "4"],
        "waits, 256 threads": ["release", "--args", "(20000,)", "-t", "256"],
        "waits with the GIL, 8 threads": ["hold", "--args", "(2000,)", "-t", "8"],
        "OpenMP threads spin after each call": ["mine.py:spins", "-t", "2"],
    }[workload]


MINE = """
import ctypes, pathlib, sys
sys.path.insert(0, WORKLOADS)
import gilscale_calibration as calibration

def quarter():
    calibration.burn_release(2000)
    calibration.release(6000)

if pathlib.Path("spins.so").exists():
    spins = ctypes.CDLL("./spins.so").spins
"""

SPINS = """
#include <math.h>
double spins(void) {
  double sum = 0;
#pragma omp parallel for reduction(+ : sum) num_threads(2)
  for (int i = 0; i < 400000; ++i) sum += sin(i);
  return sum;
}
"""


def set_up(folder, gilscale, workload):
    workloads = pathlib.Path(gilscale).resolve().parent.parent / "share" / "gilscale" / "workloads"
    (folder / "mine.py").write_text(textwrap.dedent(MINE).replace("WORKLOADS", repr(str(workloads))))
    if "OpenMP" not in workload:
        return
    (folder / "spins.c").write_text(SPINS)
    done = subprocess.run(["cc", "-O2", "-fopenmp", "-shared", "-fPIC", "-o", "spins.so", "spins.c", "-lm"], cwd=folder,
                          check=False, capture_output=True)
    if done.returncode != 0:
        raise NotHere("no C compiler with -fopenmp")


# ---- what must be said ----

ADVERSARIES = [
    ("as it is", plain, "burns without the GIL", INNOCENT),
    ("as it is", plain, "burns with the GIL", GUILTY),
    ("as it is", plain, "computes a quarter, waits three, 4 threads", INNOCENT),
    ("as it is", plain, "waits, 256 threads", INNOCENT),
    ("as it is", plain, "waits with the GIL, 8 threads", GUILTY),
    ("as it is", plain, "OpenMP threads spin after each call", GUILTY),
    ("a quota of 1.2 CPUs", quota, "burns without the GIL, in long calls", INNOCENT),
    ("a quota of 1.2 CPUs", quota, "burns without the GIL", INNOCENT),
    ("a quota of 1.2 CPUs", quota, "burns with the GIL", GUILTY),
    ("real-time bursts", bursts, "burns without the GIL", INNOCENT),
    ("real-time bursts", bursts, "burns with the GIL", GUILTY),
]


def run(gilscale, before, workload, budget):
    """The verdict, and the largest point."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        set_up(folder, gilscale, workload)
        environment = {**os.environ, "GOMP_SPINCOUNT": "infinite", "OMP_WAIT_POLICY": "active"}
        subprocess.run([*before, gilscale, "run", *options_of(workload), "--budget", str(budget), "--json", "result.json"],
                       cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        case, = json.loads((folder / "result.json").read_text(encoding="utf-8"))["gilscale"]["cases"]
        return case["verdict"], case["points"][-1]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--budget", type=float, default=5, help="seconds (default: 5)")
    parser.add_argument("--only", default="", help="part of a machine's or workload's name")
    parser.add_argument("--gilscale", default=BUILT, help="the executable (default: that of scripts/bench.sh)")
    options = parser.parse_args()

    any_wrong = False
    for machine, setting, workload, right in ADVERSARIES:
        title = f"{machine}: {workload}"
        if options.only not in title:
            continue
        seen = collections.Counter()
        efficiencies = []
        try:
            with setting() as before:
                for _ in range(options.runs):
                    verdict, point = run(options.gilscale, before, workload, options.budget)
                    seen[verdict] += 1
                    efficiencies.append(point["relative_efficiency"]["estimate"])
        except NotHere as reason:
            print(f"{title}: left out, {reason}", flush=True)
            continue
        wrong = sum(count for verdict, count in seen.items() if verdict not in right and verdict != "inconclusive")
        any_wrong = any_wrong or wrong > 0
        told = ", ".join(f"{verdict} {count}" for verdict, count in sorted(seen.items()))
        print(f"{title}: {told} of {options.runs}; wrong {wrong}; relative efficiency {min(efficiencies):.2f} to "
              f"{max(efficiencies):.2f}", flush=True)
    sys.exit(any_wrong)


if __name__ == "__main__":
    main()
