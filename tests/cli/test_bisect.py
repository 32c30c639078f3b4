"""docs/ci.md, "Which commit did it": `git bisect run` in a repository that is made here."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from conftest import USAGE

DOCUMENT = Path(__file__).parents[2] / "docs/ci.md"

# A function of C through ctypes, which lets the GIL go (CDLL) or keeps it (PyDLL): no cores are needed to tell.
MODULE = """
import ctypes

LIBRARY = ctypes.{kind}(None)


def work():
    LIBRARY.usleep(2000)  # change {number}
"""
COMMITS = 9
FIRST_BAD = 6


@pytest.fixture
def repository(gilscale):
    """Commits 1 to 9, v1.0 being the first one; from the sixth on the GIL is held, and the fourth does not build."""
    if not shutil.which("git"):
        pytest.skip("there is no git")

    def git(*words):
        return subprocess.run(["git", "-c", "user.name=Me", "-c", "user.email=me@example.com", *words], cwd=gilscale.folder, check=True,
                              env=gilscale.environment(), stdout=subprocess.PIPE, text=True).stdout.strip()

    git("init", "-q", "-b", "main")
    for number in range(1, COMMITS + 1):
        kind = "PyDLL" if number >= FIRST_BAD else "CDLL"
        (gilscale.folder / "mymod.py").write_text(MODULE.format(kind=kind, number=number))
        (gilscale.folder / "build").write_text(f"#!/bin/sh\nexit {int(number == 4)}\n")
        (gilscale.folder / "build").chmod(0o755)
        git("add", "mymod.py", "build")
        git("commit", "-q", "-m", f"change {number}")
        if number == 1:
            git("tag", "v1.0")
    return git


def test_the_documented_commands_end_at_the_right_commit(gilscale, repository):
    text = DOCUMENT.read_text().partition("## Which commit did it")[2]
    start, run = re.search(r"```sh\n(git bisect start .*)\n(git bisect run .*)\n```", text).groups()
    for old, new in (("make ", "./build "), ("gilscale run", f"{shlex.quote(gilscale.executable)} run --no-config --calls 2")):
        assert old in run
        run = run.replace(old, new)
    done = subprocess.run(f"{start}\n{run}", shell=True, cwd=gilscale.folder, env=gilscale.environment(), check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, done.stdout
    first_bad = re.search(r"^(\w{40}) is the first bad commit$", done.stdout, re.M)
    assert first_bad, done.stdout
    assert repository("log", "-1", "--format=%s", first_bad[1]) == f"change {FIRST_BAD}"


@pytest.mark.parametrize("code, ends_with", [(0, 0), (1, 1), (3, 125), (4, 4), (125, 125)])
def test_what_is_appended_leaves_out_what_crashes(code, ends_with):
    text = DOCUMENT.read_text().partition("## Which commit did it")[2]
    appended = re.search(r"append `(; code=.*?)`", text)[1]
    assert subprocess.run(["sh", "-c", f"(exit {code}) {appended}"], check=False).returncode == ends_with


@pytest.mark.parametrize("code", ["-1", "256", "1.5", "maybe", "0x7d"])
def test_what_is_no_exit_code_is_refused(gilscale, code):
    done = gilscale("run", "hold", f"--inconclusive={code}")
    assert done.returncode == USAGE
    assert f"--inconclusive '{code}' is neither pass nor fail nor an exit code from 0 to 255" in done.stderr
