#!/usr/bin/env python3
"""Does `gilscale run`, as it is, tell what it must? Repeats it and prints for each run how long it took, the cores that the
machine gave two threads, each function's verdict, and how far the C++ functions, which do the same, are apart on one thread.

Two cores are needed, of which other work may take a quarter. Ends with exit code 1 if any verdict was wrong.
"""

import argparse
import collections
import json
import pathlib
import subprocess
import sys
import tempfile
import time

BUILT = pathlib.Path(__file__).resolve().parent.parent / "build" / "release" / "bin" / "gilscale"
RIGHT = {"py_fib": {"gil-bound"}, "cpp_fib": {"gil-bound"}, "cpp_fib_nogil": {"parallel", "machine-limited"},
         "fib_holder_gil": {"gil-bound"}, "fib_holder_nogil": {"parallel", "machine-limited"}}


def measure(gilscale):
    """What a run says, and the seconds that it took."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "result.json")
        began = time.monotonic()
        subprocess.run([gilscale, "run", "--threads", "1,2", "--json", file], check=True, stdout=subprocess.DEVNULL)
        return json.loads(file.read_text(encoding="utf-8"))["gilscale"], time.monotonic() - began


def judged(case):
    """"right", "inconclusive" or "wrong"."""
    if case["verdict"] in RIGHT[case["workload"]]:
        return "right"
    return "inconclusive" if case["verdict"] == "inconclusive" else "wrong"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--gilscale", default=BUILT, help="the executable (default: that of scripts/bench.sh)")
    options = parser.parse_args()

    seen = {name: collections.Counter() for name in RIGHT}
    spreads = []
    all_right = 0
    for run in range(1, options.runs + 1):
        found, seconds = measure(options.gilscale)
        for case in found["cases"]:
            seen[case["workload"]][judged(case)] += 1
        all_right += all(judged(case) == "right" for case in found["cases"])
        cores = [case["points"][-1]["capacity"]["estimate"] for case in found["cases"]]
        compiled = [cost["relative"]["estimate"] for cost in found["comparisons"]["single_thread"]
                    if not cost["label"].startswith("py_")]
        spreads.append(max(compiled) / min(compiled) - 1)
        print(f"{run:>3}  {seconds:4.0f} s  {min(cores):.2f} to {max(cores):.2f} cores  "
              + "  ".join(case["verdict"] for case in found["cases"])
              + f"  C++ functions within {spreads[-1]:.1%}", flush=True)
    for name, counts in seen.items():
        print(f"{name}: right {counts['right']}, inconclusive {counts['inconclusive']}, wrong {counts['wrong']} of {options.runs}")
    print(f"all five right in {all_right} of {options.runs}; C++ functions on one thread within {max(spreads):.1%} in every run")
    sys.exit(any(counts["wrong"] for counts in seen.values()))


if __name__ == "__main__":
    main()
