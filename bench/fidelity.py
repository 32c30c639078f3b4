#!/usr/bin/env python3
"""How accurate gilscale's figures are here: repeats `gilscale run cpp_fib_nogil cpp_fib` on 2 threads.

cpp_fib_nogil must come out at 1.00 of what the machine gave, cpp_fib at a speedup of 1.00. Prints each
run, and how many were right, inconclusive or wrong; ends with exit code 1 if any verdict was wrong.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

BUILT = pathlib.Path(__file__).resolve().parent.parent / "build" / "release" / "bin" / "gilscale"
BURN = [sys.executable, "-c", "while True: pass"]
EXPECTED = {
    "cpp_fib_nogil": ("relative_efficiency", 0.03, {"parallel", "machine-limited"}),
    "cpp_fib": ("speedup", 0.05, {"gil-bound"}),
}


def measure(gilscale, budget):
    """The two cases of one run, as in the result file."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "result.json")
        command = [gilscale, "run", *EXPECTED, "--threads", "2", "--budget", str(budget), "--json", file]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return json.loads(file.read_text(encoding="utf-8"))["gilscale"]["cases"]


def judged(case):
    """The figure that must be 1, its interval, and "right", "inconclusive" or "wrong" for the verdict."""
    metric, _, right = EXPECTED[case["workload"]]
    figure = case["points"][0][metric]
    verdict = "right" if case["verdict"] in right else case["verdict"]
    return figure, verdict if verdict in ("right", "inconclusive") else "wrong"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--budget", type=float, default=3, help="seconds for each figure (default: 3)")
    parser.add_argument("--beside", type=int, default=0, help="number of processes that compute meanwhile (default: 0)")
    parser.add_argument("--gilscale", default=BUILT, help="the executable (default: that of scripts/bench.sh)")
    options = parser.parse_args()

    others = [subprocess.Popen(BURN) for _ in range(options.beside)]
    seen = {name: [] for name in EXPECTED}
    try:
        for run in range(1, options.runs + 1):
            for case in measure(options.gilscale, options.budget):
                figure, verdict = judged(case)
                seen[case["workload"]].append((figure["estimate"], verdict))
                ends = ["?" if end is None else f"{end:.3f}" for end in (figure["low"], figure["high"])]
                print(f"{run:>3}  {case['workload']:<14} {figure['estimate']:.3f}  [{', '.join(ends)}]  "
                      f"capacity {case['points'][0]['capacity']['estimate']:.2f}  {case['verdict']}", flush=True)
    finally:
        for other in others:
            other.kill()

    print()
    for name, (metric, tolerance, _) in EXPECTED.items():
        near = sum(abs(value - 1) <= tolerance for value, _ in seen[name])
        verdicts = [verdict for _, verdict in seen[name]]
        print(f"{name}: {metric} within 1 ± {tolerance} in {near} of {options.runs}; verdict correct in "
              f"{verdicts.count('right')}, inconclusive in {verdicts.count('inconclusive')}, "
              f"wrong in {verdicts.count('wrong')}")
    sys.exit(any(verdict == "wrong" for values in seen.values() for _, verdict in values))


if __name__ == "__main__":
    main()
