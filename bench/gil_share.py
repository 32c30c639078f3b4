#!/usr/bin/env python3
"""How well the share of time for which the GIL is held is known: gilscale, py-spy and gilknocker, in turns.

hold_release(us, us) holds the GIL for a known share of its time and sleeps without it for the rest, on one thread.
gilscale measures it in its ledger rounds; py-spy samples threads that hold the GIL (`py-spy record --gil`) from outside;
gilknocker asks for the GIL from a thread of its own. Prints the share that each of them tells, and the largest error.
Needs .venv/bin/python -m pip install py-spy gilknocker, and may need root for py-spy.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
RELEASE = ROOT / "build" / "release"

WORK = """
import sys, time
sys.path.insert(0, {folder!r})
from gilscale_calibration import hold_release
end = time.monotonic() + {seconds}
{begin}
while time.monotonic() < end:
    hold_release({hold_us}, {release_us})
{finish}
"""
KNOCK = ("from gilknocker import KnockKnock; knocker = KnockKnock(1000); knocker.start()",
         "print(knocker.contention_metric); knocker.stop()")


def source(options, share, seconds, begin="", finish=""):
    call_us = 1000 * options.call
    return WORK.format(folder=str(options.gilscale.resolve().parent.parent / "share/gilscale/workloads"),
                       seconds=seconds, begin=begin, finish=finish, hold_us=share * call_us,
                       release_us=(1 - share) * call_us)


def by_gilscale(options, share, folder):
    file = pathlib.Path(folder, "result.json")
    call_us = 1000 * options.call
    subprocess.run([options.gilscale, "run", "hold_release", f"--args=({share * call_us}, {(1 - share) * call_us})",
                    "--threads=1", f"--budget={2 * options.seconds}", "--json", file], check=True,
                   stdout=subprocess.DEVNULL)
    case, = json.loads(file.read_text(encoding="utf-8"))["gilscale"]["cases"]
    return case["points"][0]["gil_demand"]


def by_gilknocker(options, share, _):
    done = subprocess.run([sys.executable, "-c", source(options, share, options.seconds, *KNOCK)], check=True,
                          stdout=subprocess.PIPE, text=True)
    return float(done.stdout)


def by_py_spy(options, share, folder):
    """The share of its samples in which the thread holds the GIL."""
    rate = 1000
    file = pathlib.Path(folder, "stacks.txt")
    work = subprocess.Popen([sys.executable, "-c", source(options, share, options.seconds + 2)])
    try:
        time.sleep(0.5)
        subprocess.run([pathlib.Path(sys.executable).parent / "py-spy", "record", "--gil", "--pid", str(work.pid),
                        "--rate", str(rate), "--duration", str(options.seconds), "--format", "raw", "--output", file],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    finally:
        work.kill()
        work.wait()
    samples = sum(int(line.rsplit(" ", 1)[1]) for line in file.read_text(encoding="utf-8").splitlines())
    return samples / (rate * options.seconds)


WAYS = {"gilscale": by_gilscale, "py-spy": by_py_spy, "gilknocker": by_gilknocker}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shares", type=float, nargs="+", default=[0.1, 0.3, 0.6, 0.9])
    parser.add_argument("--call", type=float, default=5, help="milliseconds of a call (default: 5)")
    parser.add_argument("--seconds", type=int, default=3, help="of each measurement (default: 3)")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--gilscale", type=pathlib.Path, default=RELEASE / "bin" / "gilscale",
                        help="the executable (default: that of scripts/bench.sh)")
    options = parser.parse_args()

    worst = dict.fromkeys(WAYS, 0.0)
    print("held  " + "  ".join(f"{way:>22}" for way in WAYS))
    with tempfile.TemporaryDirectory() as folder:
        for share in options.shares:
            told = {way: [] for way in WAYS}
            for _ in range(options.turns):
                for way, ask in WAYS.items():
                    told[way].append(ask(options, share, folder))
            for way, shares in told.items():
                worst[way] = max(worst[way], *(abs(each - share) for each in shares))
            print(f"{share:4.2f}  " + "  ".join(
                f"{statistics.median(each):6.3f} [{min(each):.3f}, {max(each):.3f}]" for each in told.values()), flush=True)
    print("largest error: " + ", ".join(f"{way} {error:.3f}" for way, error in worst.items()))


if __name__ == "__main__":
    main()
