#!/usr/bin/env python3
"""Measures the speedup of cpp_fib_nogil on 2 threads in the usual ways and with gilscale, alternately.

Every figure is divided by the capacity that gilscale's control found in the same turn: what scales
perfectly should give 1.00. Needs pyperf: .venv/bin/python -m pip install pyperf
"""

import argparse
import concurrent.futures
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import timeit

ROOT = pathlib.Path(__file__).resolve().parent.parent
RELEASE = ROOT / "build" / "release"
THREADS = 2
CALLS = 14  # of fib(30) for each thread: some 20 ms, as gilscale's rounds


def work(function):
    for _ in range(CALLS):
        function(30)


def speedup(one_s, all_s):
    """Weak scaling: each thread does the same."""
    return THREADS * one_s / all_s


def pool_and_timeit(function):
    """The original experiment: tasks on a ThreadPoolExecutor, timeit's average for each thread count."""
    def average_s(threads):
        with concurrent.futures.ThreadPoolExecutor(threads) as pool:
            def tasks():
                for future in [pool.submit(work, function) for _ in range(threads)]:
                    future.result()
            return timeit.timeit(tasks, number=40) / 40
    return speedup(average_s(1), average_s(THREADS))


def one_sample(function):
    """As scripts for free-threading do: 1 thread once, N threads once."""
    def once_s(threads):
        team = [threading.Thread(target=work, args=(function,)) for _ in range(threads)]
        began = time.perf_counter()
        for thread in team:
            thread.start()
        for thread in team:
            thread.join()
        return time.perf_counter() - began
    return speedup(once_s(1), once_s(THREADS))


def pyperf_means(folder):
    """pyperf's mean of values for each thread count, divided."""
    import pyperf

    setup = (f"import sys; sys.path[:0] = [{str(RELEASE / 'share/gilscale/workloads')!r}, {str(ROOT / 'bench')!r}]; "
             "import concurrent.futures, gilscale_fib, usual_ways; "
             "pool = concurrent.futures.ThreadPoolExecutor({0})")
    statement = "for f in [pool.submit(usual_ways.work, gilscale_fib.cpp_fib_nogil) for _ in range({0})]: f.result()"

    def mean_s(threads):
        file = pathlib.Path(folder, f"pyperf-{threads}.json")
        subprocess.run([sys.executable, "-m", "pyperf", "timeit", "--fast", "--quiet", "-o", file,
                        "-s", setup.format(threads), statement.format(threads)],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return pyperf.Benchmark.load(str(file)).mean()
    return speedup(mean_s(1), mean_s(THREADS))


def gilscale(folder, budget):
    """Speedup over capacity as gilscale gives it, and the capacity."""
    file = pathlib.Path(folder, "gilscale.json")
    subprocess.run([RELEASE / "bin" / "gilscale", "run", "cpp_fib_nogil", "--threads", str(THREADS),
                    "--budget", str(budget), "--json", file], check=True, stdout=subprocess.DEVNULL)
    point = json.loads(file.read_text(encoding="utf-8"))["gilscale"]["cases"][0]["points"][0]
    return point["relative_efficiency"]["estimate"], point["capacity"]["estimate"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--budget", type=float, default=3, help="seconds for gilscale's figure (default: 3)")
    options = parser.parse_args()
    sys.path.insert(0, str(RELEASE / "share/gilscale/workloads"))
    try:
        import gilscale_fib
        import pyperf  # noqa: F401, before anything is measured
    except ImportError as error:
        sys.exit(f"usual_ways: {error}; run scripts/bench.sh first, and {sys.executable} -m pip install pyperf")

    seen = {}
    for run in range(options.runs):
        with tempfile.TemporaryDirectory() as folder:
            ratio, capacity = gilscale(folder, options.budget)
            ratios = {
                "ThreadPoolExecutor and timeit": pool_and_timeit(gilscale_fib.cpp_fib_nogil) / capacity,
                "one sample of each": one_sample(gilscale_fib.cpp_fib_nogil) / capacity,
                "pyperf, ratio of means": pyperf_means(folder) / capacity,
                "gilscale": ratio,
            }
        for name, value in ratios.items():
            seen.setdefault(name, []).append(value)
        print(f"{run + 1:>3}  " + "  ".join(f"{value:.3f}" for value in ratios.values()), flush=True)

    print(f"\n{'speedup over capacity':<32} {'median':>7} {'bias':>8} {'standard deviation':>20} {'min':>7} {'max':>7}")
    for name, values in seen.items():
        print(f"{name:<32} {statistics.median(values):>7.3f} {100 * (statistics.median(values) - 1):>6.1f} % "
              f"{100 * statistics.stdev(values):>18.1f} % {min(values):>7.3f} {max(values):>7.3f}")


if __name__ == "__main__":
    main()
