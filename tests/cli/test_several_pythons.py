"""Several Pythons in one run (--python): environments of one interpreter where there is only one.

scripts/check.sh free-threaded runs them with a second one.
"""

import csv
import json
import re
import subprocess

import pytest

from conftest import FAILED, OK, QUICK, USAGE

FAST, SLOW = 0.002, 0.01


@pytest.fixture(scope="module")
def environments(measured_python, tmp_path_factory):
    """Two environments of the Python that is measured, each with a package `mine` of its own."""
    folder = tmp_path_factory.mktemp("environments")
    for name, seconds in (("fast", FAST), ("slow", SLOW)):
        subprocess.run([measured_python, "-m", "venv", "--without-pip", folder / name], check=True)
        packages, = (folder / name).glob("lib/python*/site-packages")
        (packages / "mine.py").write_text(f"import time\n\n\ndef work():\n    time.sleep({seconds})\n")
    return folder


@pytest.fixture
def both(environments):
    return "--python", f"{environments}/fast,{environments}/slow"


def test_each_environment_is_a_case_with_packages_of_its_own(gilscale, environments, both):
    cases = gilscale.cases("run", "mine:work", "-t1,2", "--calls=1", "--benchmark_min_time=12x", *both)
    assert [case["interpreter"].split()[1] for case in cases] == ["fast", "slow"]
    assert [case["python"]["executable"] for case in cases] == [f"{environments}/{name}/bin/python" for name in ("fast", "slow")]
    assert [case["name"] for case in cases] == [f"mine:work ({case['interpreter']})" for case in cases]
    for case, seconds in zip(cases, (FAST, SLOW)):
        assert case["points"][0]["call_s"]["estimate"] >= seconds
    assert len({sample for case in cases for sample in case["points"][1]["samples"]["block"]}) == 12, "they took turns"


def test_they_stand_side_by_side_in_every_format(gilscale, both, tmp_path):
    files = {name: tmp_path / f"out.{name}" for name in ("json", "csv", "markdown")}
    done = gilscale("run", "mine:work", "-t1,2", "--calls=1", "--benchmark_min_time=30x", *both,
                    *(f"--{name}={file}" for name, file in files.items()))
    assert done.returncode == OK, done.stderr
    own = json.loads(files["json"].read_text())["gilscale"]
    names = [case["interpreter"] for case in own["cases"]]
    matrix = own["comparisons"]["pythons"]
    assert matrix["columns"] == names and [row["label"] for row in matrix["rows"]] == ["mine:work"]
    fast, slow = matrix["rows"][0]["cells"]
    assert fast["single_relative"]["estimate"] == 1
    assert slow["single_relative"]["estimate"] > 2
    comparison, = own["comparisons"]["executors"]
    assert comparison["winner"]["executors"] == [names[0]] and comparison["winner"]["next"] == names[1]
    assert comparison["winner"]["factor"] > 2
    header = rf"^speedup and verdict +threads +{re.escape(names[0])} +{re.escape(names[1])}$"
    assert re.search(header, done.stdout, re.M), done.stdout
    assert re.search(r"^one thread, relative to fastest .*\nmine:work +1\.00 +\d+\.\d\d$", done.stdout, re.M), done.stdout
    assert f"mine:work: fastest from 1 thread on: {names[0]}, with " in done.stdout
    assert "| speedup and verdict |" in files["markdown"].read_text() and f"fastest from 1 thread on: {names[0]}" in (
        files["markdown"].read_text().replace("\\", ""))
    rows = list(csv.DictReader(files["csv"].open()))
    assert [row["interpreter"] for row in rows] == [names[0], names[0], names[1], names[1]]
    assert {row["gil"] for row in rows} <= {"on", "off"}


def test_an_expectation_may_name_the_python(gilscale, both):
    run = ("run", "mine:work", "-t1,2", "--calls=1", "--benchmark_min_time=30x", *both)
    # A sleep is never shorter than it was asked to be, whatever the machine does.
    assert gilscale(*run, f"--expect=mine:work@2[*slow] call_s >= {SLOW}").returncode == OK
    done = gilscale(*run, "--expect=mine:work@2[*slow] call_s >= 100")
    assert done.returncode == FAILED and "slow" in done.stdout
    done = gilscale(*run, "--expect=mine:work[2.7*] speedup >= 1")
    assert done.returncode == USAGE and "no workload 'mine:work[2.7*]'" in done.stderr
    done = gilscale(*run, "--expect=mine:work[3.99] speedup >= 1")
    assert done.returncode == USAGE and "no Python '3.99' is measured, only 3." in done.stderr


def test_a_configuration_file_may_name_them(gilscale, environments):
    (gilscale.folder / "gilscale.toml").write_text(f'python = ["{environments}/fast", "{environments}/slow"]\nthreads = "1"\n')
    assert len(gilscale.cases("run", "mine:work", *QUICK)) == 2
    assert len(gilscale.cases("run", "mine:work", "--python", f"{environments}/slow", *QUICK)) == 1
    assert len(gilscale.cases("run", "mine:work", "--venv", f"{environments}/slow", *QUICK)) == 1


def test_a_baseline_of_several_is_compared_python_by_python(gilscale, both, tmp_path):
    run = ("run", "mine:work", "-t1", "--calls=1", "--benchmark_min_time=20x", *both)
    assert gilscale(*run, f"--json={tmp_path}/old.json").returncode == OK
    done = gilscale(*run, f"--baseline={tmp_path}/old.json", f"--json={tmp_path}/new.json", "--threshold=50%",
                    "--inconclusive=pass")  # whether there are samples enough is not what this is about
    assert done.returncode == OK, done.stdout
    changes = json.loads((tmp_path / "new.json").read_text())["gilscale"]["changes"]
    assert len(changes["points"]) == 2 and not changes["only_before"] and not changes["only_after"]


def test_a_crash_in_one_python_leaves_the_others(gilscale, environments, both):
    packages, = (environments / "slow").glob("lib/python*/site-packages")
    (packages / "crash.py").write_text("import os\n\n\ndef work():\n    os.abort()\n")
    packages, = (environments / "fast").glob("lib/python*/site-packages")
    (packages / "crash.py").write_text("def work():\n    pass\n")
    good, bad = gilscale.cases("run", "crash:work", "-t1", *QUICK, *both, code=3)
    assert good["points"] and good["error"] is None
    assert bad["error"]["kind"] == "signal"


def test_what_only_one_python_has_is_measured_there(gilscale, both):
    (gilscale.folder / "bench.py").write_text(
        "import sys\n\n\ndef bench_both():\n    pass\n\n\nif sys.prefix.endswith('slow'):\n    def bench_slow():\n        pass\n")
    names = [case["name"] for case in gilscale.cases("run", "bench.py", "-t1", *QUICK, *both)]
    assert [re.sub(r"\(.* (\w+)\)", r"\1", name) for name in names] == [
        "bench.py:bench_both fast", "bench.py:bench_both slow", "bench.py:bench_slow slow"]


def test_a_version_is_found_on_path_and_the_environment_comes_first(gilscale, environments, measured_python):
    ask = "import sys, sysconfig; print('%d.%d' % sys.version_info[:2] + 't' * bool(sysconfig.get_config_var('Py_GIL_DISABLED')))"
    version = subprocess.run([measured_python, "-c", ask], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    case, = gilscale.cases("run", "mine:work", "--python", version, "-t1", *QUICK, PATH=f"{environments}/fast/bin:/usr/bin:/bin")
    assert case["python"]["executable"].startswith(f"{environments}/fast/bin/python")


@pytest.mark.parametrize("given, said", [
    ("", "--python '' is empty"),
    ("3.98", "there is no Python '3.98' on PATH"),
    ("/nonexistent/python", "--python '/nonexistent/python' does not exist"),
    ("/etc", "'/etc' is a folder without an interpreter"),
    ("/etc/passwd", "'/etc/passwd' does not run as a Python interpreter"),
    ("no-such-command", "'no-such-command' does not run as a Python interpreter"),
])
def test_what_is_no_python_is_refused(gilscale, given, said):
    done = gilscale("run", "hold", "-t1", *QUICK, "--python", given)
    assert done.returncode == USAGE and said in done.stderr and done.stderr.count("\n") == 1, done.stderr


def test_what_cannot_go_together_is_refused(gilscale, environments, both):
    for more, said in [(("--venv", f"{environments}/fast"), "--python and --venv cannot be combined"),
                       (("--python", f"{environments}/fast/bin/python"), "are the same Python"),
                       (("--against", f"{environments}/slow"), "is an environment of one Python, but several are measured")]:
        done = gilscale("run", "mine:work", "-t1", *QUICK, *both, *more)
        assert done.returncode == USAGE and said in done.stderr, done.stderr


def test_another_version_is_compared_in_each_python(gilscale, both, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "mine.py").write_text("import time\n\n\ndef work():\n    time.sleep(0.03)\n")
    done = gilscale("run", "mine:work", "-t1", "--calls=1", "--benchmark_min_time=20x", *both, "--against", other,
                    f"--json={tmp_path}/out.json")
    assert done.returncode == OK, done.stderr + done.stdout
    changes = json.loads((tmp_path / "out.json").read_text())["gilscale"]["changes"]
    assert [point["word"] for point in changes["points"]] == ["faster", "faster"]


def test_list_shows_interpreters_and_what_they_lack(gilscale, measured_python):
    rows = gilscale("list").stdout.partition("\ninterpreters (--python)\n")[2]
    assert re.search(r"^  3\.\d+t? +CPython 3\.", rows, re.M), rows
    # Whatever others there are: each is ready, or says what is missing.
    for row in rows.splitlines():
        assert re.search(r" (/\S+( lacks a (plug-in|shared libpython.*))?)$|^  a plug-in: ", row), row


def test_a_python_with_a_gil_and_one_without_are_told_apart(gilscale):
    rows = gilscale("list").stdout.partition("\ninterpreters (--python)\n")[2]
    ready = re.findall(r"^  (3\.\d+t?) +CPython [^/]+ /\S+$", rows, re.M)
    plain, free = ([name for name in ready if name.endswith("t") == is_free] for is_free in (False, True))
    if not plain or not free:
        pytest.skip("it takes a plug-in for a free-threaded Python and one for another")
    cases = gilscale.cases("run", "release", "--args=(1000,)", "--python", f"{plain[0]},{free[0]}", "--gil=both", "-t1,2", *QUICK)
    assert [case["name"] for case in cases] == [f"release/1000 ({plain[0]})", f"release/1000 ({free[0]}, GIL on)",
                                                f"release/1000 ({free[0]}, GIL off)"]
    assert [case["gil"]["after_run"] for case in cases] == [True, True, False]
    done = gilscale("run", "release", "--python", f"{plain[0]},{free[0]}", "--gil=off", "-t1,2", *QUICK)
    assert done.returncode == USAGE and "cannot do without its GIL" in done.stderr
