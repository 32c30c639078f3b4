#!/usr/bin/env python3
"""How often a check is wrong here: repeats `gilscale run WORKLOAD --expect ...` while other processes compute.

release must pass and hold must fail whatever the machine does, since they sleep; cpp_fib_nogil must pass and cpp_fib
fail, or be inconclusive where the machine did not have the cores. Prints how often each was right, inconclusive and
wrong; ends with exit code 1 if anything was wrong.
"""

import argparse
import collections
import pathlib
import subprocess
import sys
import time

BUILT = pathlib.Path(__file__).resolve().parent.parent / "build" / "release" / "bin" / "gilscale"
BURN = [sys.executable, "-c", "while True: pass"]
PASSED, FAILED, INCONCLUSIVE = 0, 1, 4
# What may be expected of each on two threads, and the exit code that is right.
EXPECTED = {"relative_efficiency": "relative_efficiency >= 0.9", "gil_demand": "gil_demand <= 0.1"}
RIGHT = {"release": PASSED, "hold": FAILED, "cpp_fib_nogil": PASSED, "cpp_fib": FAILED}


def outcome(gilscale, name, expectation, budget, max_budget):
    """"right", "inconclusive" or "wrong" for one run."""
    command = [gilscale, "run", name, "--threads", "2", "--budget", str(budget), "--max-budget", str(max_budget),
               "--expect", f"{name}@2 {expectation}"]
    code = subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
    return "right" if code == RIGHT[name] else "inconclusive" if code == INCONCLUSIVE else "wrong"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workloads", nargs="*", default=list(RIGHT), metavar="WORKLOAD",
                        help="some of " + " ".join(RIGHT))
    parser.add_argument("--metric", choices=list(EXPECTED), default="relative_efficiency",
                        help="what is expected (default: relative_efficiency)")
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--budget", type=float, default=1, help="seconds (default: 1)")
    parser.add_argument("--max-budget", type=float, default=10, help="seconds while undecided (default: 10)")
    parser.add_argument("--beside", type=int, default=2, help="number of processes that compute meanwhile (default: 2)")
    parser.add_argument("--gilscale", default=BUILT, help="the executable (default: that of scripts/bench.sh)")
    options = parser.parse_args()

    others = [subprocess.Popen(BURN) for _ in range(options.beside)]
    wrong = 0
    try:
        for name in options.workloads:
            began = time.monotonic()
            seen = collections.Counter(outcome(options.gilscale, name, EXPECTED[options.metric],
                                               options.budget, options.max_budget)
                                       for _ in range(options.runs))
            wrong += seen["wrong"]
            print(f"{name}: {EXPECTED[options.metric]} on 2 threads, with {options.beside} busy processes: correct "
                  f"{seen['right']}, inconclusive {seen['inconclusive']}, wrong {seen['wrong']} of {options.runs}; "
                  f"{(time.monotonic() - began) / options.runs:.1f} s per run", flush=True)
    finally:
        for other in others:
            other.kill()
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
