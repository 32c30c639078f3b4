#!/usr/bin/env python3
"""Whether changes of a known size are recognised: two versions of a function, compared both ways.

Both versions call the C++ Fibonacci of the suite `fib`; the new one without releasing the GIL, or with more of it
(fib(22) and fib(20) cost 2.9 % of fib(30), fib(25), fib(20) and fib(16) 10.0 %). Each is measured in turns with the
old one (--against) and against a file of the old one (--baseline), which got a budget of 20 s. Prints what was said
of each; ends with exit code 1 if anything was wrong.
"""

import argparse
import collections
import json
import pathlib
import subprocess
import sys
import tempfile

BUILT = pathlib.Path(__file__).resolve().parent.parent / "build" / "release" / "bin" / "gilscale"
OLD = ("cpp_fib_nogil", (30,))
# What the new version calls, on how many threads it is measured, and what is right to say of it at a threshold of 5 %.
VERSIONS = {
    "the same": (OLD, 2, "same"),
    "release guard removed": (("cpp_fib", (30,)), 2, "slower"),
    "3 % slower": (("cpp_fib_nogil", (30, 22, 20)), 1, "same"),
    "10 % slower": (("cpp_fib_nogil", (30, 25, 20, 16)), 1, "slower"),
}


def write_module(folder, workloads, version):
    function, arguments = version
    folder.mkdir()
    calls = "\n".join(f"    {function}({n})" for n in arguments)
    text = f"import sys\nsys.path.append({str(workloads)!r})\nfrom gilscale_fib import {function}\n\n\ndef work():\n{calls}\n"
    (folder / "extension.py").write_text(text, encoding="utf-8")


def word(gilscale, folder, threads, *options):
    """What a run says of the one point, and the file that it wrote."""
    file = folder / "result.json"
    command = [gilscale, "run", "extension:work", "--threads", str(threads), "--json", file, *options]
    subprocess.run(command, check=False, cwd=folder, stdout=subprocess.DEVNULL)
    changes = json.loads(file.read_text(encoding="utf-8"))["gilscale"]["changes"]
    return changes["points"][0]["word"] if changes else None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--gilscale", type=pathlib.Path, default=BUILT,
                        help="the executable (default: that of scripts/bench.sh)")
    options = parser.parse_args()
    gilscale = options.gilscale.resolve()
    workloads = gilscale.parent.parent / "share" / "gilscale" / "workloads"

    wrong = 0
    for name, (version, threads, right) in VERSIONS.items():
        with tempfile.TemporaryDirectory() as temporary:
            old, new = pathlib.Path(temporary, "old"), pathlib.Path(temporary, "new")
            write_module(old, workloads, OLD)
            write_module(new, workloads, version)
            seen = {"--against": collections.Counter(), "--baseline": collections.Counter()}
            for _ in range(options.runs):
                seen["--against"][word(gilscale, new, threads, "--against", old)] += 1
                word(gilscale, old, threads, "--budget", "20")
                seen["--baseline"][word(gilscale, new, threads, "--baseline", old / "result.json")] += 1
        for option, words in seen.items():
            wrong += options.runs - words[right] - words["unclear"]
            told = ", ".join(f"{each} {count}" for each, count in words.most_common())
            print(f"{name}, {threads} thread{'s' * (threads > 1)}, {option}: {told} of {options.runs}; expected: {right}",
                  flush=True)
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
