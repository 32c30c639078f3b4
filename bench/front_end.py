#!/usr/bin/env python3
"""What the front end costs beside its workers: 40 cases, of 5 workloads in 4 Pythons at 2 places, each on 3 thread counts.

The Pythons are environments of one interpreter unless --python names others; the second place is this machine again,
behind a launcher. Prints the front end's memory at its largest and its CPU time, in seconds and as a share of the run,
and ends with exit code 1 if that is above 60 MB or 1 %.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile
import time

BUILT = pathlib.Path(__file__).resolve().parent.parent / "build" / "release" / "bin" / "gilscale"
WORKLOADS = ["release", "hold", "locked", "burn_release", "burn_hold"]
MOST_MB, MOST_SHARE = 60, 0.01


def environments(interpreter, folder):
    """Four of them."""
    for number in range(4):
        subprocess.run([interpreter, "-m", "venv", "--without-pip", folder / f"env{number}"], check=True)
    return ",".join(str(folder / f"env{number}") for number in range(4))


def observed(command):
    """Memory in MB and CPU seconds of the process itself, without its children, and how long it ran."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    status, times = "", ""
    while process.poll() is None:
        try:
            now = pathlib.Path(f"/proc/{process.pid}/status").read_text()
            status = now if "VmHWM" in now else status  # one that has ended has no memory any more
            times = pathlib.Path(f"/proc/{process.pid}/stat").read_text()
        except OSError:
            break
        time.sleep(0.05)
    stderr = process.communicate()[1].decode(errors="replace")
    if process.returncode:
        sys.exit(f"gilscale ended with exit code {process.returncode}: {stderr}")
    peak_kb = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    user, system = times.rpartition(")")[2].split()[11:13]
    return peak_kb * 1024 / 1e6, (int(user) + int(system)) / 100, time.monotonic() - began


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", help="four Pythons, as gilscale takes them")
    parser.add_argument("--interpreter", default="/usr/bin/python3", help="of which environments are made otherwise")
    parser.add_argument("--budget", default="1")
    parser.add_argument("--gilscale", default=BUILT, help="the executable (default: that of scripts/bench.sh)")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        pythons = options.python or environments(options.interpreter, folder)
        files = [f"--{kind}={folder / 'out'}.{kind}" for kind in ("json", "csv", "markdown", "junit")]
        memory_mb, cpu_s, wall_s = observed(
            [options.gilscale, "run", *WORKLOADS, "--args=(1000,)", "--threads=1,2,4", f"--budget={options.budget}", "--no-config",
             "--why", "--python", pythons, "--launcher=here", "--launcher=env PLACE=2", *files])
    share = cpu_s / wall_s
    print(f"40 cases in {wall_s:.0f} s: the front end took {memory_mb:.0f} MB and {cpu_s:.2f} s of CPU time, {share:.2%} of the run")
    return 1 if memory_mb > MOST_MB or share > MOST_SHARE else 0


if __name__ == "__main__":
    sys.exit(main())
