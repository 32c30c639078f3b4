"""The files that CI services read, each by the rules of its readers, and what GitHub Actions shows beside a run."""

import csv
import io
import json
import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from conftest import OK, QUICK, USAGE, WORKLOAD_FAILED

XSD = Path(__file__).parent / "junit.xsd"
GOLDEN = Path(__file__).parents[1] / "unit" / "golden"
OPTIONS = ["json", "csv", "markdown", "junit", "github-action-benchmark", "bencher"]
HOSTILE = "|<b>&`*_[x](y) \\r\\n \\x1b[31m\\x01 %: ]]></details>"


@pytest.fixture
def failing(workload):
    """A workload whose message has all that formats must escape."""
    workload("bad.py", f'def work(text=""):\n    raise ValueError("{HOSTILE}")\n')
    return "bad.py:work"


def written(gilscale, option, *args, code=OK):
    """The text of the file that the option writes."""
    path = gilscale.folder / f"out.{option}"
    done = gilscale(*args, f"--{option}", str(path))
    assert done.returncode == code, done
    return path.read_bytes().decode()


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


# ---- CSV ----


def test_csv_has_a_row_for_each_case_and_thread_count(gilscale):
    text = written(gilscale, "csv", "run", "hold", "release", "-xthreads,pool", "-t1,2", "--calls=1",
                   "--benchmark_min_time=9x")
    rows = rows_of(text)
    assert [(row["label"], row["executor"], row["threads"]) for row in rows] == [
        (label + suffix, executor, threads) for executor, suffix in (("threads", ""), ("pool", " (pool)"))
        for label in ("hold/1000", "release/1000") for threads in ("1", "2")]
    for row in rows:
        assert None not in row and None not in row.values()  # as many cells as the header
        assert float(row["speedup_low"]) <= float(row["speedup"]) <= float(row["speedup_high"])
        assert (row["calls"], row["rounds"], row["scaling"], row["share"], row["error"]) == ("1", "9", "weak", "all", "")
        assert bool(row["serial_fraction"]) == (row["threads"] == "2")


def test_csv_has_the_figures_of_the_json(gilscale):
    path = gilscale.folder / "out.json"
    rows = rows_of(written(gilscale, "csv", "run", "release", "-t1,2", *QUICK, "--json", str(path)))
    points = json.loads(path.read_text())["gilscale"]["cases"][0]["points"]
    for row, point in zip(rows, points, strict=True):
        for key in ("makespan_s", "call_s", "throughput_per_s", "speedup", "capacity", "relative_efficiency"):
            assert float(row[key]) == point[key]["estimate"]
            assert row[key + "_low"] == "" and point[key]["low"] is None  # two samples
        assert float(row["achievable"]) == point["achievable"]


def test_csv_has_a_row_for_a_case_that_failed_before_any_point(gilscale, failing):
    row, = rows_of(written(gilscale, "csv", "run", failing, "-t1,2", *QUICK, code=WORKLOAD_FAILED))
    assert (row["threads"], row["verdict"], row["speedup"]) == ("", "failed", "")
    assert "ValueError" in row["error"] and "|<b>&`*_[x](y)" in row["error"]


# ---- Markdown ----


def test_markdown_begins_with_the_result_and_has_the_table(gilscale):
    text = written(gilscale, "markdown", "run", "hold", "-t1,2", *QUICK)
    lines = text.splitlines()
    assert lines[0].startswith("1 case: ")
    table = [line for line in lines if line.startswith("| ")]
    assert "workload" in table[0] and "verdict" in table[0]
    assert len(table) == 2 + 2 and table[2].startswith("| hold/1000 | 1")
    assert re.search(r"(?m)^- \*\*hold/1000\*\*: [a-z-]+: ", text)
    assert re.search(r"(?m)^Python: 3\.\d+.*, GIL: (on|off), CPUs: \d+, gilscale: \d+\.\d+\.\d+$", text)


def test_markdown_has_the_traceback_of_a_failure_in_a_block_that_it_cannot_leave(gilscale, failing):
    text = written(gilscale, "markdown", "run", failing, "-t1", *QUICK, code=WORKLOAD_FAILED)
    before, _, after = text.partition("<details><summary>")
    block = re.search(r"(?ms)^(`{3,})text\n(.*?)^\1\n\n</details>\n", after)
    assert block and "Traceback" in block[2]
    for outside in (before, after[block.end():]):
        assert "<b>" not in outside and "\x1b" not in outside


# ---- JUnit ----


def check_junit(path):
    """Valid by the schema, and the counts are those of the elements. The suites by name."""
    if xmllint := shutil.which("xmllint"):
        subprocess.run([xmllint, "--noout", "--schema", XSD, path], check=True, capture_output=True)
    root = ElementTree.parse(path).getroot()
    assert root.tag == "testsuites"
    for element in [root, *root]:
        cases = list(element.iter("testcase"))
        assert int(element.get("tests")) == len(cases)
        for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            if attribute in element.attrib:
                assert int(element.get(attribute)) == sum(case.find(tag) is not None for case in cases)
    assert "skipped" not in root.attrib  # readers exist that refuse it there
    return {suite.get("name"): suite for suite in root}


def test_junit_has_a_test_for_each_case(gilscale, good, failing):
    path = gilscale.folder / "out.xml"
    done = gilscale("run", good, failing, "hold", "-t1,2", *QUICK, "--junit", str(path))
    assert done.returncode == WORKLOAD_FAILED
    suite, = check_junit(path).values()
    assert suite.get("name") == "gilscale.cases"
    fine, bad, hold = suite.findall("testcase")
    assert [case.get("name") for case in (fine, bad, hold)] == [good, failing, "hold/1000"]
    error = bad.find("error")
    assert error.get("type") == "exception" and "ValueError" in error.get("message")
    assert "Traceback" in error.text and "|<b>&`*_[x](y)" in error.text
    assert len(fine) == len(hold) == 0 and float(hold.get("time")) > 0
    assert {each.get("name") for each in suite.iter("property")} >= {"Python", "GIL", "CPUs", "gilscale"}
    assert suite.get("timestamp") and suite.get("hostname")


def test_junit_survives_names_with_control_characters(gilscale, good):
    path = gilscale.folder / "out.xml"
    done = gilscale("run", "-e", "'\x01\x1b<&\uffff]]>'", "-t1", *QUICK, "--junit", str(path))
    assert done.returncode in (OK, WORKLOAD_FAILED), done
    check_junit(path)


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.junit.txt")), ids=lambda path: path.name)
def test_junit_of_the_golden_reports_is_valid(path):
    suites = check_junit(path)
    if path.name.startswith("gated"):
        assert set(suites) == {"gilscale.cases", "gilscale.expectations", "gilscale.changes"}


# ---- services that keep histories ----


def test_github_action_benchmark_reads_its_entries(gilscale):
    entries = json.loads(written(gilscale, "github-action-benchmark", "run", "release", "-t1,2", "--calls=1",
                                 "--benchmark_min_time=9x"))
    assert [(entry["name"], entry["unit"]) for entry in entries] == [
        ("release/1000@1 throughput", "calls/s"), ("release/1000@2 speedup", "x"),
        ("release/1000@2 relative efficiency", "ratio"), ("release/1000@2 throughput", "calls/s")]
    for entry in entries:
        assert set(entry) == {"name", "unit", "value", "range", "extra"}
        assert isinstance(entry["value"], float) and re.fullmatch(r"± [\d.e+-]+", entry["range"])


def test_bencher_reads_its_metrics(gilscale):
    benchmarks = json.loads(written(gilscale, "bencher", "run", "release", "-t1,2", "--calls=1",
                                    "--benchmark_min_time=9x"))
    assert set(benchmarks) == {"release/1000@1", "release/1000@2"}
    assert set(benchmarks["release/1000@1"]) == {"latency", "throughput"}
    assert set(benchmarks["release/1000@2"]) == {"latency", "throughput", "speedup", "relative-efficiency"}
    for measures in benchmarks.values():
        assert measures["latency"]["value"] >= 1e6  # a sleep of a millisecond, in nanoseconds
        for metric in measures.values():
            assert metric["lower_value"] <= metric["value"] <= metric["upper_value"]


def test_histories_of_a_run_that_failed_are_empty_but_valid(gilscale, failing):
    for option, empty in (("github-action-benchmark", []), ("bencher", {})):
        assert json.loads(written(gilscale, option, "run", failing, "-t1", *QUICK, code=WORKLOAD_FAILED)) == empty


# ---- GitHub Actions ----


def annotations(done):
    return [line for line in done.stderr.splitlines() if line.startswith("::")]


def test_github_actions_gets_an_annotation_for_a_failed_case(gilscale, failing):
    done = gilscale("run", failing, "hold", "-t1", *QUICK, GITHUB_ACTIONS="true")
    assert done.returncode == WORKLOAD_FAILED
    line, = annotations(done)
    assert line.startswith("::error title=bad.py%3Awork failed::workload 'bad.py:work' raised ")
    assert "::" not in done.stdout


@pytest.mark.parametrize("value", [None, "", "false"])
def test_there_are_no_annotations_elsewhere(gilscale, failing, value):
    assert annotations(gilscale("run", failing, "-t1", *QUICK, GITHUB_ACTIONS=value)) == []


def test_a_run_in_which_nothing_went_wrong_has_no_annotations(gilscale):
    assert gilscale("run", "hold", "-t1", *QUICK, GITHUB_ACTIONS="true").stderr == ""


# ---- all of them, and bad input ----


def test_one_run_writes_all_formats(gilscale):
    paths = {option: gilscale.folder / f"all.{option}" for option in OPTIONS}
    args = [text for option, path in paths.items() for text in (f"--{option}", str(path))]
    assert gilscale("run", "hold", "-t1,2", *QUICK, *args).returncode == OK
    assert all(path.read_text().endswith("\n") for path in paths.values())


def test_help_has_an_option_for_each_format(gilscale):
    text = gilscale("run", "--help").stdout
    for option in OPTIONS:
        assert re.search(rf"(?m)^ +--{option} FILE\b", text), option


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("path, words", [(".", "it is a folder"), ("no/such/folder/out", "cannot write"),
                                         ("", "empty")])
def test_a_file_that_cannot_be_written_is_refused_before_anything_is_measured(gilscale, option, path, words):
    done = gilscale("run", "hold", "-t1", f"--{option}", path)
    assert (done.returncode, done.stdout) == (USAGE, "")
    assert words in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize("second", [("--csv", "out"), ("--csv", "./out"), ("--markdown", "link"),
                                    ("--benchmark_out=out",)])
def test_a_file_named_twice_is_refused(gilscale, second):
    (gilscale.folder / "link").symlink_to("out")
    done = gilscale("run", "hold", "-t1", "--json", "out", *second)
    assert (done.returncode, done.stdout) == (USAGE, "")
    assert "two options name the same file" in done.stderr and done.stderr.count("\n") == 1
    assert not (gilscale.folder / "out").exists()


def test_standard_output_may_be_named_twice(gilscale):
    done = gilscale("run", "hold", "-t1", *QUICK, "--bencher", "/dev/stdout", "--junit", "/dev/stdout")
    assert done.returncode == OK
    assert "<testsuites" in done.stdout and '"latency"' in done.stdout


def test_the_same_option_twice_is_refused(gilscale):
    done = gilscale("run", "hold", "-t1", "--csv", "a", "--csv", "b")
    assert done.returncode == USAGE and "--csv" in done.stderr
