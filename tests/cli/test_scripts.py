"""The scripts of the project: their help, and what they say to arguments that make no sense. What they do is what CI runs."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import OK
from made_results import fibonacci, write

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
FOR_PEOPLE = ["add_python", "bench", "build_cost", "check", "deb", "docs", "format", "free_threaded_python", "manylinux_pythons", "report", "setup", "test", "wheel"]


def arrows_of(root, files):
    """What the check of includes says of a project with these files, {path: text}."""
    (root / "src").mkdir(parents=True)
    (root / "src/CMakeLists.txt").write_text("foreach(room IN ITEMS text judge report)\nendforeach()\n")
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    done = subprocess.run([sys.executable, SCRIPTS / "check_arrows.py", root], stdout=subprocess.PIPE, text=True, check=False)
    assert done.returncode == (1 if done.stdout else OK)
    return done.stdout


def run(script, *args, **more):
    return subprocess.run([SCRIPTS / f"{script}.sh", *map(str, args)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=120, check=False, **more)


def test_every_script_is_for_people_or_for_scripts():
    assert sorted(path.stem for path in SCRIPTS.glob("*.sh")) == sorted([*FOR_PEOPLE, "cpu_seconds"])


@pytest.mark.parametrize("script", FOR_PEOPLE)
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_every_script_has_help_and_does_nothing_else_then(script, option, tmp_path):
    done = run(script, option, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (OK, "")
    assert done.stdout.startswith(f"Usage: scripts/{script}.sh")
    assert max(map(len, done.stdout.splitlines())) <= 120


@pytest.mark.parametrize("script, argument", [("check", "tiddy"), ("setup", "mesure"), ("format", "--chekc"), ("wheel", "--chekc"), ("deb", "trixie"), ("docs", "--sevre")])
def test_an_argument_that_makes_no_sense_is_answered_in_a_line(script, argument):
    done = run(script, argument)
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.count("\n") == 1 and f"'{argument}'" in done.stderr and f"scripts/{script}.sh --help" in done.stderr


@pytest.mark.skipif(Path(sys.prefix) != SCRIPTS.parent / ".venv", reason="it would install what draws")
def test_a_clone_draws_without_a_build(tmp_path):
    path = write(tmp_path / "results.json", fibonacci())
    done = run("report", path, "-o", "report.html", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (OK, "", "")
    assert (tmp_path / "report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_the_cost_of_a_command_is_noted_with_the_file_that_it_writes(tmp_path):
    log = tmp_path / "log"
    done = run("cpu_seconds", "sh", "-c", "echo said; echo told >&2; exit 3", "-o", "made.o",
               env={"PATH": "/usr/bin:/bin", "GILSCALE_BUILD_COST": str(log)})
    assert (done.returncode, done.stdout, done.stderr) == (3, "said\n", "told\n")
    user, system, file = log.read_text().split()
    assert float(user) >= 0 and float(system) >= 0 and file == "made.o"


# ---- rooms ----


def test_the_includes_of_the_project_keep_to_its_rooms():
    done = subprocess.run([sys.executable, SCRIPTS / "check_arrows.py"], stdout=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stdout) == (OK, "")


def test_the_list_of_rooms_names_their_files():
    root = SCRIPTS.parent
    listed = re.findall(r"^\| `(\w+)` \| .+ \| (.+) \|$", (root / "CONTRIBUTING.md").read_text(), re.M)
    rooms = [room for room, _ in listed]
    assert re.search(r"foreach\(room IN ITEMS (.+)\)", (root / "src/CMakeLists.txt").read_text())[1].split() == rooms[::-1]
    for room, files in listed:
        found = {path.name.split(".")[0] for path in (*root.glob(f"src/{room}/*.?pp"), *root.glob(f"include/gilscale/{room}/*"))}
        assert files.split(", ") == sorted(found), room


def test_arrows_that_go_down_are_all_right(tmp_path):
    assert arrows_of(tmp_path, {
        "src/judge/a.cpp": '#include "judge/own.hpp"\n#include "gilscale/judge/a.hpp"\n#include "gilscale/text/b.hpp"\n',
        "include/gilscale/report/c.hpp": '#include <string>\n#include "gilscale/judge/a.hpp"\n',
        "src/main.cpp": '#include "gilscale/report/c.hpp"\n'}) == ""


@pytest.mark.parametrize("path, include, said", [
    ("src/judge/a.cpp", '"gilscale/report/c.hpp"', "judge is below report"),
    ("include/gilscale/text/b.hpp", '"gilscale/judge/a.hpp"', "text is below judge"),
    ("src/report/c.cpp", '"judge/own.hpp"', "that header is private to judge"),
    ("src/main.cpp", '"report/own.hpp"', "that header is private to report"),
    ("src/judge/a.cpp", '"gilscale/cellar/a.hpp"', "it does not name a room"),
    ("src/judge/a.cpp", "<pybind11/pybind11.h>", "only python may use that library"),
    ("src/judge/a.cpp", "<CLI/CLI.hpp>", "only command_line may use that library"),
])
def test_an_include_that_does_not_keep_to_the_rooms_is_printed(tmp_path, path, include, said):
    assert arrows_of(tmp_path, {path: f"// a comment\n#include {include}\n"}).splitlines() == [
        f"{path}:2: #include {include}: {said}" + (", or beside it" if "is below" in said else "")]


def test_a_file_in_no_room_is_printed(tmp_path):
    said = arrows_of(tmp_path, {"src/stray.cpp": "", "src/cellar/a.cpp": ""})
    assert said.splitlines() == ["src/cellar/a.cpp: is not in any room", "src/stray.cpp: is not in any room"]
