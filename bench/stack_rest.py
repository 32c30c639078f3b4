#!/usr/bin/env python3
"""Whether the speedup stack adds up without its rest: all built-in workloads, on 2 to 8 threads.

Each part of the stack is measured by itself, and the rest is what is missing of the number of threads: time that
threads were blocked where nobody saw it, and errors. Prints its share of that number, and ends with exit code 1 if one
is above 5 %.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

BUILT = pathlib.Path(__file__).resolve().parent.parent / "build" / "release" / "bin" / "gilscale"
TOLERANCE = 0.05
WORKLOADS = {
    "py_fib": ["--fib=22"], "cpp_fib": ["--fib=27"], "cpp_fib_nogil": ["--fib=27"], "fib_holder_gil": ["--fib=27"],
    "fib_holder_nogil": ["--fib=27"], "hold": ["--args=(2000,)"], "release": ["--args=(2000,)"],
    "hold_release": ["--args=(1000, 2000)"], "locked": ["--args=(2000,)"], "burn_hold": ["--args=(2000,)"],
    "burn_release": ["--args=(2000,)"], "burn_hold_release": ["--args=(1000, 2000)"], "counter": ["--args=(20000,)"],
}


def rests(options, workload):
    """The rest of each thread count's stack, as a share of the threads; None where there is no stack."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "result.json")
        command = [options.gilscale, "run", workload, *WORKLOADS[workload],
                   "--threads=" + ",".join(map(str, options.threads)), "--why", f"--benchmark_min_time={options.samples}x",
                   "--json", file]
        if options.venv:
            command += ["--venv", options.venv]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        case, = json.loads(file.read_text(encoding="utf-8"))["gilscale"]["cases"]
    return [point["stack"] and point["stack"]["other"] / point["threads"] for point in case["points"]]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("workloads", nargs="*", default=list(WORKLOADS), metavar="WORKLOAD", help="some of " + " ".join(WORKLOADS))
    parser.add_argument("--threads", type=int, nargs="+", default=[2, 3, 4, 6, 8])
    parser.add_argument("--samples", type=int, default=12)
    parser.add_argument("--venv", help="whose Python is measured")
    parser.add_argument("--gilscale", default=BUILT, help="the executable (default: that of scripts/bench.sh)")
    options = parser.parse_args()

    print(f"{'threads':<20}" + "".join(f"{threads:>8}" for threads in options.threads))
    wrong = 0
    for workload in options.workloads:
        found = rests(options, workload)
        wrong += sum(rest is not None and abs(rest) > TOLERANCE for rest in found)
        print(f"{workload:<20}" + "".join(f"{'-':>8}" if rest is None else f"{round(rest, 4) + 0.0:>8.1%}" for rest in found), flush=True)
    print(f"above {TOLERANCE:.0%}: {wrong}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
