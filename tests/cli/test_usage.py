"""Help answers on standard output; a wrong command line costs exit code 2 and one line that says what to do."""

import json
import re

import pytest
from conftest import OK, QUICK, USAGE

WORKLOADS = ["py_fib", "cpp_fib", "cpp_fib_nogil", "fib_holder_gil", "fib_holder_nogil",
             "hold", "release", "hold_release", "burn_hold", "burn_release", "burn_hold_release", "counter"]
EXECUTORS = ["threads", "pool", "interpreters", "processes", "native"]
REPORTERS = ["table", "json", "csv", "markdown", "junit", "github", "custom_bigger", "bencher", "console",
             "benchmark_csv"]


def refused(done, *words):
    """One line on standard error, for people, with the given words in it; nothing else."""
    assert done.returncode == USAGE, done
    assert done.stdout == ""
    assert done.stderr.startswith("gilscale: ")
    assert done.stderr.endswith("\n") and done.stderr.count("\n") == 1, done.stderr
    assert "Traceback" not in done.stderr and "internal error" not in done.stderr
    for word in words:
        assert word in done.stderr
    return True


# ---- help ----


def test_help_names_the_commands_and_the_exit_codes(gilscale):
    done = gilscale("--help")
    assert (done.returncode, done.stderr) == (OK, "")
    for word in ("run", "list", "--version", "Exit codes"):
        assert re.search(rf"(?m)(^|\s){re.escape(word)}\b", done.stdout), word
    assert "worker" not in done.stdout  # not for people


def test_help_of_run_names_every_option_and_executor(gilscale):
    done = gilscale("run", "--help")
    assert (done.returncode, done.stderr) == (OK, "")
    options = ["--args", "--kwargs", "--fib", "--threads", "--executor", "--calls", "--budget", "--timeout", "--json"]
    options += ["--benchmark_" + flag for flag in
                ("format", "out", "out_format", "filter", "repetitions", "min_time", "context", "list_tests")]
    for word in options + EXECUTORS:
        assert re.search(rf"(^|[\s,]){re.escape(word)}\b", done.stdout), word


def test_help_of_list_says_what_it_shows(gilscale):
    done = gilscale("list", "--help")
    assert (done.returncode, done.stderr) == (OK, "")
    assert "workloads" in done.stdout.lower()


def test_version_is_one_line(gilscale):
    done = gilscale("--version")
    assert (done.returncode, done.stderr) == (OK, "")
    assert re.fullmatch(r"gilscale \d+\.\d+\.\d+\n", done.stdout)


def test_version_and_help_do_not_start_python(gilscale):
    for arguments in (["--version"], ["--help"], ["run", "--help"], ["list"]):
        assert gilscale(*arguments, PYTHONHOME="/nonexistent").returncode == OK
    assert gilscale("run", "hold", *QUICK, PYTHONHOME="/nonexistent").returncode != OK  # this does start it


def test_list_names_every_workload_executor_reporter_and_the_interpreter(gilscale):
    done = gilscale("list")
    assert (done.returncode, done.stderr) == (OK, "")
    for name in WORKLOADS + EXECUTORS + REPORTERS:
        assert re.search(rf"(?m)^  {re.escape(name)}\b", done.stdout), name
    assert re.search(r"CPython 3\.\d+\.\d+", done.stdout)


def test_every_listed_workload_and_executor_can_be_chosen(gilscale):
    names = gilscale("run", *WORKLOADS, "-x", ",".join(EXECUTORS), "-t1", "--benchmark_list_tests").stdout
    for name in WORKLOADS:
        for executor in ("threads", "pool"):
            assert re.search(rf"(?m)^{name}/.*executor:{executor}/", names)
    assert "executor:native/" in names


def test_an_option_with_a_list_leaves_the_next_word_to_the_workloads(gilscale):
    for option in (["-x", "threads,pool"], ["--executor", "pool"], ["--benchmark_context", "a=b,c=d"]):
        done = gilscale("run", *option, "hold", "-t1", "--benchmark_list_tests")
        assert done.returncode == OK, done
        assert done.stdout.startswith("hold/1000/")


# ---- a wrong command line ----


def test_no_command_is_refused(gilscale):
    assert refused(gilscale(), "--help")


@pytest.mark.parametrize("arguments, words", [
    (["frobnicate"], ["frobnicate"]),
    (["--frobnicate"], ["--help"]),
    (["list", "--frobnicate"], ["--frobnicate", "gilscale list --help"]),
    (["list", "extra"], ["extra"]),
    (["run", "hold", "--frobnicate"], ["--frobnicate", "gilscale run --help"]),
    (["run", "hold", "--benchmark_frobnicate=1"], ["--benchmark_frobnicate"]),
    (["run", "hold", "--calls"], ["--calls"]),
], ids=lambda value: " ".join(value))
def test_an_unknown_or_incomplete_option_is_refused(gilscale, arguments, words):
    assert refused(gilscale(*arguments), *words)


@pytest.mark.parametrize("name, near", [("cpp_fibb", "cpp_fib"), ("py_fob", "py_fib"), ("relese", "release"),
                                        ("holdrelease", "hold_release"), ("calibraton", "calibration")])
def test_an_unknown_workload_is_refused_with_the_nearest_name(gilscale, name, near):
    assert refused(gilscale("run", name), f"'{name}'", f"did you mean '{near}'?")


def test_a_name_that_is_like_no_other_is_refused_without_a_guess(gilscale):
    done = gilscale("run", "zzzzzzzzzzzz")
    assert refused(done, "'zzzzzzzzzzzz'", "gilscale list")
    assert "did you mean" not in done.stderr


@pytest.mark.parametrize("name", [":work", "module:", "file.py:", ":", ""])
def test_a_workload_that_lacks_a_name_on_one_side_of_the_colon_is_refused(gilscale, name):
    assert refused(gilscale("run", name))


def test_an_unknown_executor_is_refused_with_those_there_are(gilscale):
    assert refused(gilscale("run", "hold", "-x", "threads,fibres"), "'fibres'", *EXECUTORS)


@pytest.mark.parametrize("threads", ["0", "-1", "1,,2", "1,", ",1", "4-1", "1-", "-", "two", "1.5", "1 2", "", "1e3",
                                     "99999999999999999999", "1-99999999"])
def test_a_bad_thread_list_is_refused(gilscale, threads):
    assert refused(gilscale("run", "hold", f"--threads={threads}"), "--threads")


@pytest.mark.parametrize("n", ["-1", "99", "1e3", "many", "", "99999999999999999999"])
def test_a_negative_or_absurd_fib_is_refused(gilscale, n):
    assert refused(gilscale("run", "cpp_fib", f"--fib={n}"), "--fib")


@pytest.mark.parametrize("option", ["--args=(30,)", "--kwargs={'n': 30}"])
@pytest.mark.parametrize("name", ["py_fib", "cpp_fib_nogil", "fib_holder_gil"])
def test_the_fib_workloads_take_their_n_from_fib_alone(gilscale, name, option):
    assert refused(gilscale("run", name, option), name, "--fib")


@pytest.mark.parametrize("text", ["30", "[30]", "(30", "import os", "(open,)", "", "(x for x in ())"])
def test_args_that_are_no_literal_tuple_are_refused(gilscale, text):
    assert refused(gilscale("run", "hold", f"--args={text}", "-t1"), "--args")


@pytest.mark.parametrize("text", ["3", "{'us'}", "{1: 2}", "{'us': f()}", "{", "us=3"])
def test_kwargs_that_are_no_literal_dict_of_names_are_refused(gilscale, text):
    assert refused(gilscale("run", "good.py:work", f"--kwargs={text}", "-t1"), "--kwargs")


def test_literals_are_never_executed(gilscale):
    done = gilscale("run", "hold", "--args=(__import__('pathlib').Path('made').touch(),)", "-t1")
    assert refused(done, "--args")
    assert not (gilscale.folder / "made").exists()


@pytest.mark.parametrize("option, value", [
    *(("--calls", value) for value in ("0", "-1", "1.5", "many", "", "nan", "1e99")),
    *(("--budget", value) for value in ("0", "-1", "nan", "inf", "long", "")),
    *(("--timeout", value) for value in ("0", "-1", "nan", "inf", "never", "")),
    ("--benchmark_format", "xml"), ("--benchmark_format", ""),
    ("--benchmark_out_format", "xml"),
    ("--benchmark_filter", "["), ("--benchmark_filter", "-("),
    *(("--benchmark_repetitions", value) for value in ("0", "-1", "1.5", "few", "", "99999999999")),
    *(("--benchmark_min_time", value) for value in ("0", "-1s", "0x", "1.5x", "x", "s", "2h", "nan", "inf")),
    *(("--benchmark_context", value) for value in ("a", "=b", "a=b,c")),
])
def test_a_bad_value_is_refused_with_the_name_of_its_option(gilscale, option, value):
    assert refused(gilscale("run", "hold", f"{option}={value}"), option)


@pytest.mark.parametrize("option", ["--json", "--benchmark_out"])
def test_an_unwritable_file_is_refused_before_anything_is_measured(gilscale, option):
    missing = str(gilscale.folder / "missing" / "file.json")
    assert refused(gilscale("run", "hold", *QUICK, option, missing), missing)
    assert refused(gilscale("run", "hold", *QUICK, option, str(gilscale.folder)), str(gilscale.folder))


def test_a_command_line_that_proves_wrong_in_the_worker_leaves_earlier_results_as_they_are(gilscale, good):
    """--args of the wrong kind shows only once there is a Python to read them."""
    path = gilscale.folder / "results.json"
    before = gilscale("run", good, *QUICK, "-t1", "--json", str(path))
    assert before.returncode == OK
    assert refused(gilscale("run", good, *QUICK, "-t1", "--args=30", "--json", str(path)), "--args")
    assert json.loads(path.read_text())["gilscale"]["cases"][0]["verdict"] != "failed"
