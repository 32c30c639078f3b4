"""gilscale.toml in the project under test gives the options of `gilscale run` that the command line leaves open."""

import json

import pytest
from conftest import OK, QUICK
from test_usage import refused

TAKES_TWO_THREADS = """\
workloads = ["hold", "release"]
threads = [1, 2]
executor = ["threads", "pool"]
args = "(500,)"
"""


@pytest.fixture
def config(tmp_path):
    """config(text) writes gilscale.toml, or the file that is named, into the folder in which gilscale runs."""

    def write(text, name="gilscale.toml"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)

    return write


def names(gilscale, *arguments):
    """The names of the benchmarks that a run would measure."""
    done = gilscale("run", *arguments, "--benchmark_list_tests")
    assert (done.returncode, done.stderr) == (OK, ""), done
    return done.stdout.splitlines()


# ---- what it is for ----


def test_a_run_in_the_folder_of_a_configuration_file_is_as_it_says(gilscale, config):
    config(TAKES_TWO_THREADS + 'calls = 1\nbenchmark_min_time = "2x"\njson = "out/result.json"\n')
    (gilscale.folder / "out").mkdir()
    done = gilscale("run")
    assert (done.returncode, done.stderr) == (OK, "")
    cases = json.loads((gilscale.folder / "out/result.json").read_text())["gilscale"]["cases"]
    assert [(case["workload"], case["executor"]) for case in cases] == [
        ("hold", "threads"), ("release", "threads"), ("hold", "pool"), ("release", "pool")]
    assert all([point["threads"] for point in case["points"]] == [1, 2] for case in cases)


def test_the_command_line_wins_key_by_key(gilscale, config):
    config(TAKES_TWO_THREADS)
    of_file = names(gilscale)
    assert len(of_file) == 8  # 2 workloads, 2 executors, 2 thread counts
    assert names(gilscale, "hold") == [name for name in of_file if name.startswith("hold/")]
    assert names(gilscale, "-t", "2") == [name for name in of_file if "threads:2" in name]
    assert names(gilscale, "-x", "pool") == [name for name in of_file if "executor:pool" in name]
    assert all(name.startswith("hold/700") for name in names(gilscale, "hold", "--args", "(700,)"))


def test_every_option_that_is_in_the_file_is_as_on_the_command_line(gilscale, config, workload):
    workload("mine.py", "def work(size, mode):\n    pass\n")
    config('workloads = "mine.py:work"\nthreads = 1\n[param]\nsize = [10, 20]\nmode = ["\'a\'", "\'b\'"]\n')
    of_file = names(gilscale)
    assert len(of_file) == 4
    (gilscale.folder / "gilscale.toml").unlink()
    assert of_file == names(gilscale, "mine.py:work", "-t1", "--param", "size=10,20", "--param", "mode='a','b'")


def test_a_statement_has_a_line_for_each_element(gilscale, config):
    config('setup = ["import time", "wait = 0.001"]\nstmt = ["a = wait", "time.sleep(a)"]\nthreads = 1\n')
    case, = gilscale.cases("run", *QUICK)
    assert case["error"] is None and case["workload"].startswith("a = wait; time.sleep(a)")


def test_another_file_can_be_named_and_none(gilscale, config):
    config("threads = 1\nworkloads = 'hold'\n")
    config("threads = 3\nworkloads = 'release'\n", "ci/other.toml")
    assert [name.split("/")[0] for name in names(gilscale)] == ["hold"]
    for option in (["--config", "ci/other.toml"], ["--config=ci/other.toml"]):
        name, = names(gilscale, *option)
        assert name.startswith("release/") and "threads:3" in name
    assert any(name.startswith("py_fib/") for name in names(gilscale, "--no-config"))


def test_paths_in_it_are_those_of_the_current_folder(gilscale, config, workload):
    (gilscale.folder / "ci").mkdir()
    workload("mine.py", "def work():\n    pass\n")
    config("workloads = 'mine.py:work'\nthreads = 1\n", "ci/other.toml")
    name, = names(gilscale, "--config", "ci/other.toml")
    assert name.startswith("mine.py:work/")


def test_other_commands_do_not_read_it(gilscale, config):
    config("this is no TOML")
    for arguments in (["list"], ["--version"], ["run", "--help"]):
        assert gilscale(*arguments).returncode == OK
    assert gilscale("run", "--no-config", "--benchmark_list_tests").returncode == OK


def test_help_names_the_options(gilscale):
    text = gilscale("run", "--help").stdout
    assert "--config" in text and "--no-config" in text and "gilscale.toml" in text


# ---- what is wrong in it ----


@pytest.mark.parametrize("text, words", [
    ("threads = 1\n\nthread = 2\n", ["gilscale.toml:3: there is no key 'thread', did you mean 'threads'?"]),
    ("threads =\n", ["gilscale.toml:1: ", "expected value"]),
    ("\nbudget = -1\n", ["gilscale.toml:2: --budget -1 is out of range"]),
    ("budget = 'long'\n", ["gilscale.toml:1: 'budget' takes SECONDS, not 'long'"]),
    ("threads = [1, 0]\n", ["gilscale.toml:1: --threads '1,0'"]),
    ("scaling = 'sideways'\n", ["gilscale.toml:1: --scaling", "sideways", "weak"]),
    ("pin = 1\n", ["gilscale.toml:1: 'pin' takes true or false"]),
    ("benchmark_list_tests = true\n", ["gilscale.toml:1: there is no key"]),
    ("[threads]\nmost = 1\n", ["gilscale.toml:1: 'threads' takes", "not a table"]),
    ('"a\\u001b[31m" = 1\n', ["there is no key 'a\\x1b[31m'"]),
], ids=lambda value: repr(value)[:30])
def test_a_fault_is_told_by_file_and_line(gilscale, config, text, words):
    config(text)
    done = gilscale("run", "hold", *QUICK)
    assert refused(done, *words)
    assert "\x1b" not in done.stderr


@pytest.mark.parametrize("data", [
    bytes(range(256)), b"\0" * 100, b"\x7fELF\2\1\1", b"a = '\xff'", b"\n" * (2 << 20), b"threads = " + b"[" * 10000,
    b"a." * 200000 + b"a = 1", b"[" + b"a." * 200000 + b"a]\n=", b"'" + b"a" * 500000 + b"' = 1",
], ids=["bytes", "nulls", "program", "latin", "large", "arrays", "key", "table", "long"])
def test_a_file_that_is_none_is_refused_in_one_line(gilscale, data):
    (gilscale.folder / "gilscale.toml").write_bytes(data)
    done = gilscale("run", "hold", *QUICK)
    assert refused(done, "gilscale.toml")
    assert len(done.stderr) < 1000


def test_a_file_that_is_named_must_be_there(gilscale):
    assert refused(gilscale("run", "--config", "missing.toml"), "--config 'missing.toml'")
    assert refused(gilscale("run", "--config", "missing.toml", "--no-config"), "--config", "--no-config")


def test_a_folder_is_refused(gilscale):
    assert refused(gilscale("run", "hold", "--config", "."), "folder")
    (gilscale.folder / "gilscale.toml").mkdir()
    assert refused(gilscale("run", "hold", *QUICK), "gilscale.toml is a folder", "--no-config")
    assert gilscale("run", "hold", "-t1", *QUICK, "--no-config").returncode == OK
