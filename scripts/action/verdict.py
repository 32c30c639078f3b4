"""Prints the outcome of a run in a word: passed, failed, inconclusive or error.

Usage: verdict.py RESULT.json EXIT_CODE. The exit code alone does not tell, because `--inconclusive` changes it.
"""

import json
import sys
from pathlib import Path

ERRORS = {2, 3, 5, 130}  # the command line, a workload, a file, an interrupt


def outcomes(result):
    changes = result["changes"] or {"points": []}
    return {check["outcome"] for check in result["checks"]} | {point["word"] for point in changes["points"]}


def verdict(path, code):
    if code in ERRORS or not path.is_file():
        return "error"
    found = outcomes(json.loads(path.read_text(encoding="utf-8"))["gilscale"])
    if found & {"failed", "slower"}:
        return "failed"
    if found & {"inconclusive", "unclear"}:
        return "inconclusive"
    return "error" if code else "passed"  # it was ended before it had measured everything


if __name__ == "__main__":
    print(verdict(Path(sys.argv[1]), int(sys.argv[2])))
