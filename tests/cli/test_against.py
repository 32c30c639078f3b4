"""`gilscale run --against`: two versions of a module, measured in turns in one run."""

import json
import os
import re
import shutil
import signal
import stat
import subprocess

import pytest
from conftest import FAILED, INCONCLUSIVE, INTERRUPTED, OK, QUICK, USAGE, WORKLOAD_FAILED, wait_until
from test_usage import refused

# Until there is a word; the limit is generous, only a failure reaches it.
DECIDE = ("--calls", "1", "-t1,2", "--budget", "0.3", "--max-budget", "40")


def version(folder, sleep_s=0.002, before="", name="ver"):
    """Writes a module whose work() sleeps so long."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.py").write_text(f"import os, time\n{before}\n\n\ndef work():\n    time.sleep({sleep_s})\n")


def words(gilscale, *args, code=OK, **more):
    """The word of each point."""
    found = gilscale.json("run", *args, code=code, **more)["gilscale"]["changes"]
    assert found["how"] == "against"
    return {point["name"]: point["word"] for point in found["points"]}


BOTH_SAME = {"ver:work@1": "same", "ver:work@2": "same"}
BOTH_SLOWER = {"ver:work@1": "slower", "ver:work@2": "slower"}
BOTH_FASTER = {"ver:work@1": "faster", "ver:work@2": "faster"}


# ---- a folder to import from ----


@pytest.mark.parametrize("then, now, word, code", [(0.002, 0.0024, BOTH_SLOWER, FAILED), (0.002, 0.002, BOTH_SAME, OK),
                                                   (0.0024, 0.002, BOTH_FASTER, OK)], ids=["slower", "same", "faster"])
def test_another_version_in_a_folder_is_compared(gilscale, then, now, word, code):
    version(gilscale.folder / "old", then)
    version(gilscale.folder, now)
    assert words(gilscale, "ver:work", *DECIDE, "--against", "old", code=code) == word


def test_the_run_says_what_it_was_compared_with(gilscale):
    version(gilscale.folder / "old")
    version(gilscale.folder, 0.004)
    document = gilscale.json("run", "ver:work", *DECIDE, "--against", "old", code=FAILED)["gilscale"]
    assert document["changes"]["before"] == "old" and document["changes"]["threshold"] == 0.05
    old, = document["against"]
    new, = document["cases"]
    assert old["label"] == new["label"] == "ver:work"
    for then, now in zip(old["points"], new["points"], strict=True):
        assert (then["threads"], then["calls"]) == (now["threads"], now["calls"])
        assert abs(then["rounds"] - now["rounds"]) <= 1  # in turns
        assert set(then["samples"]["launch"]) == set(now["samples"]["launch"]) == {0, 1, 2}
        assert all(then[key] == now[key] for key in ("single_calls", "control_calls", "control_threads"))
    assert "slower" in {change["word"] for change in document["changes"]["points"]}
    done = gilscale("run", "ver:work", *DECIDE, "--against", "old")
    assert re.search(r"(?m)^since old +change +cost", done.stdout)


def test_a_package_of_an_install_prefix_is_found(gilscale):
    python = "python{}.{}".format(*gilscale.cases("run", "hold", "-t1", *QUICK)[0]["python"]["version"].split("."))
    version(gilscale.folder / "prefix/lib" / python / "site-packages/package", name="ver")
    version(gilscale.folder / "package", 0.004)
    for folder in ("package", f"prefix/lib/{python}/site-packages/package"):
        (gilscale.folder / folder / "__init__.py").touch()
    assert words(gilscale, "package.ver:work", *DECIDE, "--against", "prefix", code=FAILED) == {
        "package.ver:work@1": "slower", "package.ver:work@2": "slower"}


def test_a_benchmark_of_a_file_measures_the_module_in_the_folder(gilscale):
    version(gilscale.folder / "old")
    version(gilscale.folder, 0.004)
    (gilscale.folder / "bench").mkdir()
    (gilscale.folder / "bench/mine.py").write_text("import ver\n\n\ndef bench_it():\n    ver.work()\n")
    found = words(gilscale, "bench/mine.py", "--path", ".", *DECIDE, "--against", "old", code=FAILED)
    assert set(found.values()) == {"slower"} and len(found) == 2


def test_a_module_beside_the_file_of_the_benchmark_does_not_hide_the_other_version(gilscale):
    """Both versions would be the same, and the check could not fail."""
    version(gilscale.folder / "old")
    version(gilscale.folder, 0.004)
    (gilscale.folder / "mine.py").write_text("import ver\n\n\ndef bench_it():\n    ver.work()\n")
    found = words(gilscale, "mine.py", *DECIDE, "--against", "old", code=FAILED)
    assert set(found.values()) == {"slower"} and len(found) == 2


def test_a_statement_measures_the_module_in_the_folder(gilscale):
    version(gilscale.folder / "old")
    version(gilscale.folder, 0.004)
    found = words(gilscale, "-s", "import ver", "-e", "ver.work()", *DECIDE, "--against", "old", code=FAILED)
    assert set(found.values()) == {"slower"}


def test_every_case_has_its_other_version(gilscale):
    version(gilscale.folder / "old")
    version(gilscale.folder, 0.004)
    done = gilscale("run", "ver:work", "-xthreads,pool,processes", *DECIDE, "--against", "old", "--json", "out.json")
    assert done.returncode == FAILED
    document = json.loads((gilscale.folder / "out.json").read_text())["gilscale"]
    assert [case["executor"] for case in document["against"]] == ["threads", "pool", "processes"]
    assert len(document["changes"]["points"]) == 6
    assert {point["word"] for point in document["changes"]["points"]} == {"slower"}


def test_expectations_are_of_the_new_version(gilscale):
    """The old one would fail them: its threads take turns."""
    version(gilscale.folder / "old")
    (gilscale.folder / "old/ver.py").write_text(
        "import threading, time\nlock = threading.Lock()\n\n\n"
        "def work():\n    with lock:\n        time.sleep(0.02)\n")
    version(gilscale.folder, 0.02)
    document = gilscale.json("run", "ver:work", *DECIDE, "--against", "old", "--expect", "ver:work@2 speedup >= 1.3")
    check, = document["gilscale"]["checks"]
    assert check["outcome"] == "passed"


def test_what_cannot_be_told_ends_as_it_is_wanted(gilscale):
    version(gilscale.folder / "old")
    version(gilscale.folder)
    run = ["run", "ver:work", "-t1,2", *QUICK, "--against", "old"]
    for options, code in (([], INCONCLUSIVE), (["--inconclusive=pass"], OK), (["--inconclusive=fail"], FAILED)):
        done = gilscale(*run, *options)
        assert done.returncode == code
        assert "ver:work@2: unclear: 3 and 3 samples are too few to compare" in done.stdout


# ---- what is no other version ----


@pytest.mark.parametrize("path", ["nothing", "nothing/at/all", "", "\x1b[31m", "a" * 5000])
def test_a_path_that_is_nothing_is_refused(gilscale, path):
    version(gilscale.folder)
    done = gilscale("run", "ver:work", "-t1,2", *QUICK, "--against", path)
    assert refused(done, "--against '")
    assert "\x1b" not in done.stderr


def test_a_file_that_is_no_executable_is_refused(gilscale):
    version(gilscale.folder)
    assert refused(gilscale("run", "ver:work", "-t1,2", *QUICK, "--against", "ver.py"), "--against 'ver.py'")


def test_a_folder_without_the_module_is_refused(gilscale):
    version(gilscale.folder)
    (gilscale.folder / "empty").mkdir()
    done = gilscale("run", "ver:work", "-t1,2", *QUICK, "--against", "empty")
    assert refused(done, "has no module 'ver'", "pip install --target")


def test_the_very_same_module_is_refused(gilscale):
    """As a folder without it is: both versions would be the same, and the check could not fail."""
    version(gilscale.folder)
    assert refused(gilscale("run", "ver:work", "-t1,2", *QUICK, "--against", "."), "--against '.'")


def test_a_built_in_workload_has_no_other_version_in_a_folder(gilscale):
    version(gilscale.folder / "old")
    assert refused(gilscale("run", "hold", "-t1,2", *QUICK, "--against", "old"), "--against 'old'")


def test_a_program_that_is_no_gilscale_fails(gilscale):
    version(gilscale.folder)
    for program in ("/bin/true", "/bin/false", "/bin/cat"):
        done = gilscale("run", "ver:work", "-t1,2", *QUICK, "--against", program)
        assert done.returncode == WORKLOAD_FAILED
        assert "(old version)" in done.stderr and re.search(r"(?m)^ver:work +2 ", done.stdout)


# ---- a working tree ----


@pytest.fixture
def repository(gilscale):
    """A repository whose commit sleeps 2 ms, with the commit checked out in `before` too; the tree itself is changed."""
    if not shutil.which("git"):
        pytest.skip("there is no git")
    tree = gilscale.folder / "tree"
    version(tree / "src")

    def git(*args):
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *args], cwd=tree, check=True,
                       capture_output=True, env=gilscale.environment(GIT_CONFIG_GLOBAL=os.devnull))

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "first")
    git("worktree", "add", "-q", "--detach", "../before")
    version(tree / "src", 0.004)
    return tree


@pytest.mark.parametrize("folder, workload, options", [
    ("src", "ver:work", []), ("src", "ver.py:work", []), (".", "src/ver.py:work", []), (".", "ver:work", ["--path", "src"]),
    (".", "ver:work", ["--path", "{tree}/src"]), ("src", "{tree}/src/ver.py:work", []),
], ids=["module", "file", "file below", "path", "absolute path", "absolute file"])
def test_another_working_tree_is_the_other_version(gilscale, repository, folder, workload, options):
    workload, *options = (each.format(tree=repository) for each in (workload, *options))
    path = os.path.relpath(repository.parent / "before", repository / folder)
    gilscale.folder = repository / folder
    found = words(gilscale, workload, *options, *DECIDE, "--against", path, code=FAILED)
    assert set(found.values()) == {"slower"} and len(found) == 2


def test_a_working_tree_without_changes_is_the_same(gilscale, repository):
    version(repository / "src")
    gilscale.folder = repository / "src"
    assert words(gilscale, "ver:work", *DECIDE, "--against", "../../before") == BOTH_SAME


def test_the_current_working_tree_is_refused(gilscale, repository):
    gilscale.folder = repository
    done = gilscale("run", "ver:work", "--path", "src", "-t1,2", *QUICK, "--against", ".")
    assert refused(done, "is the current working tree", "git worktree add")


# ---- a virtual environment ----


@pytest.fixture
def environment(gilscale):
    """A virtual environment of the Python that gilscale is built for, with version 2 ms in it."""
    python = gilscale.cases("run", "hold", "-t1", *QUICK)[0]["python"]
    made = subprocess.run([python["executable"], "-m", "venv", "--without-pip", gilscale.folder / "env"],
                          capture_output=True, check=False)
    if made.returncode:
        pytest.skip("this Python cannot make a virtual environment")
    packages, = (gilscale.folder / "env/lib").glob("python*/site-packages")
    version(packages)
    return gilscale.folder / "env"


def test_a_virtual_environment_is_the_other_version(gilscale, environment):
    (gilscale.folder / "here").mkdir()
    now = gilscale.folder / "env-now"
    shutil.copytree(environment, now, symlinks=True)
    packages, = (now / "lib").glob("python*/site-packages")
    version(packages, 0.004)
    gilscale.folder = gilscale.folder / "here"
    assert words(gilscale, "ver:work", "--venv", "../env-now", *DECIDE, "--against", "../env", code=FAILED) == BOTH_SLOWER
    assert words(gilscale, "ver:work", "--venv", "../env", *DECIDE, "--against", "../env-now") == BOTH_FASTER


def test_a_path_into_this_environment_is_taken_in_the_other_one(gilscale, environment):
    """The current folder has the module too, which would otherwise hide it in both."""
    now = gilscale.folder / "env-now"
    shutil.copytree(environment, now, symlinks=True)
    packages, = (now / "lib").glob("python*/site-packages")
    version(packages, 0.004)
    version(gilscale.folder, 0.002)
    assert words(gilscale, "ver:work", "--venv", "env-now", "--path", packages.relative_to(gilscale.folder), *DECIDE, "--against", "env",
                 code=FAILED) == BOTH_SLOWER


def test_a_virtual_environment_of_another_python_is_refused(gilscale, environment):
    version(gilscale.folder)
    file = environment / "pyvenv.cfg"
    file.write_text(re.sub(r"(?m)^version = .*$", "version = 2.7.18", file.read_text()))
    assert refused(gilscale("run", "ver:work", "-t1,2", *QUICK, "--against", "env"), "2.7.18")


# ---- another gilscale ----


def test_another_gilscale_is_the_other_version(gilscale, executable):
    (gilscale.folder / "other").symlink_to(executable)
    for path in (executable, "other", "./other"):
        found = words(gilscale, "release", "--args", "(2000,)", *DECIDE, "--against", path)
        assert found == {"release/2000@1": "same", "release/2000@2": "same"}


def test_a_launcher_of_gilscale_is_the_other_version(gilscale, executable):
    launcher = gilscale.folder / "launch"
    launcher.write_text(f'#!/bin/sh\necho launched > launched\nexec "{executable}" "$@"\n')
    launcher.chmod(launcher.stat().st_mode | stat.S_IXUSR)
    assert gilscale("run", "hold", "-t1,2", *QUICK, "--inconclusive=pass", "--against", "launch").returncode == OK
    assert (gilscale.folder / "launched").exists()


# ---- when one of them fails ----


FAULTS = {
    "import": "raise ImportError('no library')",
    "exit": "os._exit(7)",
    "signal": "os.kill(os.getpid(), 9)",
    "missing": "del os.work",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_an_old_version_that_fails_costs_the_comparison_and_not_the_figures(gilscale, fault):
    version(gilscale.folder / "old", before=FAULTS[fault])
    version(gilscale.folder)
    done = gilscale("run", "ver:work", "-t1,2", "--calls", "1", "--benchmark_min_time=12x", "--against", "old",
                    "--json", "out.json")
    assert done.returncode == WORKLOAD_FAILED
    assert "(old version)" in done.stderr and done.stderr.count("(old version)") == 1
    assert re.search(r"(?m)^ver:work +1 ", done.stdout) and re.search(r"(?m)^ver:work +2 ", done.stdout)
    document = json.loads((gilscale.folder / "out.json").read_text())["gilscale"]
    assert [point["threads"] for point in document["cases"][0]["points"]] == [1, 2]
    assert document["cases"][0]["error"] is None and document["against"][0]["error"]
    assert document["changes"]["only_after"] == ["ver:work@1", "ver:work@2"]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_new_version_that_fails_is_told(gilscale, fault):
    version(gilscale.folder / "old")
    version(gilscale.folder, before=FAULTS[fault])
    done = gilscale("run", "ver:work", "-t1,2", "--calls", "1", "--benchmark_min_time=12x", "--against", "old",
                    "--json", "out.json")
    assert done.returncode == WORKLOAD_FAILED
    assert "(old version)" not in done.stderr and "ver:work" in done.stderr
    document = json.loads((gilscale.folder / "out.json").read_text())["gilscale"]
    assert document["cases"][0]["error"] and document["against"][0]["error"] is None


def test_a_version_that_fails_in_the_middle_ends_both(gilscale):
    (gilscale.folder / "old").mkdir()
    (gilscale.folder / "old/ver.py").write_text(
        "import time\ncalls = 0\ndef work():\n    global calls\n    calls += 1\n    time.sleep(0.002)\n"
        "    if calls > 20:\n        raise ValueError('enough')\n")
    version(gilscale.folder)
    done = gilscale("run", "ver:work", "-t1,2", "--calls", "1", "--benchmark_min_time=100x", "--against", "old")
    assert done.returncode == WORKLOAD_FAILED
    assert "ValueError" in done.stderr and "(old version)" in done.stderr
    assert re.search(r"(?m)^ver:work +2 ", done.stdout)


@pytest.mark.parametrize("which", ["old", "."])
def test_a_version_that_hangs_is_given_up(gilscale, which):
    for folder in ("old", "."):
        version(gilscale.folder / folder, 0.002 if folder != which else 600)
    done = gilscale("run", "ver:work", "-t1", *QUICK, "--timeout", "1", "--against", "old", "--json", "out.json")
    assert done.returncode == WORKLOAD_FAILED
    assert ("(old version)" in done.stderr) == (which == "old")
    document = json.loads((gilscale.folder / "out.json").read_text())["gilscale"]
    hung, fine = (document["against"], document["cases"])[:: 1 if which == "old" else -1]
    assert hung[0]["error"]["kind"] == "timeout"
    assert fine[0]["error"] is None and len(fine[0]["points"]) == 1


def test_waiting_for_the_other_version_is_no_timeout(gilscale):
    """A round of one takes longer than --timeout of the other would allow if it counted its waiting."""
    version(gilscale.folder / "old", 0.001)
    version(gilscale.folder, 0.7)
    done = gilscale("run", "ver:work", "-t1,2", "--calls", "1", "--benchmark_min_time=2x", "--timeout", "2",
                    "--against", "old", "--inconclusive=pass")
    assert done.returncode in (OK, FAILED), done


def test_arguments_that_one_version_does_not_take_are_wrong(gilscale):
    version(gilscale.folder / "old")
    version(gilscale.folder)
    done = gilscale("run", "ver:work", "--args", "(1,)", "-t1", *QUICK, "--against", "old")
    assert done.returncode == USAGE


# ---- Ctrl-C ----


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
@pytest.mark.parametrize("which", ["old", "."], ids=["old", "new"])
def test_an_interrupt_in_the_middle_leaves_nothing_behind(gilscale, number, which):
    for folder in ("old", "."):
        version(gilscale.folder / folder)
    (gilscale.folder / which / "ver.py").write_text(
        "import pathlib, time\n\n\ndef work():\n    pathlib.Path('inside').touch()\n    time.sleep(60)\n")
    process = gilscale.start("run", "ver:work", "-t1,2", *QUICK, "--against", "old", "--json", "out.json")
    wait_until((gilscale.folder / "inside").exists)
    assert len(gilscale.left_behind()) >= 2
    process.send_signal(number)
    _, stderr = process.communicate(timeout=20)
    assert process.returncode == INTERRUPTED
    wait_until(lambda: not gilscale.left_behind())
    assert b"Traceback" not in stderr and b"interrupted" in stderr
    document = json.loads((gilscale.folder / "out.json").read_text())["gilscale"]
    assert "interrupted" in [case["error"]["kind"] for case in document["against"] + document["cases"] if case["error"]]


def test_a_killed_front_end_takes_both_workers_with_it(gilscale):
    for folder in ("old", "."):
        version(gilscale.folder / folder)
    (gilscale.folder / "ver.py").write_text(
        "import pathlib, time\n\n\ndef work():\n    pathlib.Path('inside').touch()\n    time.sleep(60)\n")
    process = gilscale.start("run", "ver:work", "-t1,2", *QUICK, "--against", "old")
    wait_until((gilscale.folder / "inside").exists)
    assert len(gilscale.left_behind()) == 3  # the front end and two workers
    process.kill()
    process.wait()
    wait_until(lambda: not gilscale.left_behind())
