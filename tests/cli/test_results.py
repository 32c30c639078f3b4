"""--json and Google Benchmark's flags: what a user of Google Benchmark and its tools expects, over all cases."""

import csv
import importlib.util
import inspect
import io
import json
import os
import re
import statistics
import subprocess
import time
from pathlib import Path

import pytest
from conftest import NOT_WRITTEN, OK, ONE_SAMPLE, QUICK, USAGE, wait_until

TABLE_HEADER = "rel. eff."


@pytest.fixture(scope="module")
def google_reader():
    """util.py of Google Benchmark's tools. (Their package would import numpy and scipy.)"""
    path = Path("/usr/share/benchmark/gbench/util.py")
    if not path.exists():
        pytest.skip("Google Benchmark's tools are not installed (Debian: libbenchmark-tools)")
    spec = importlib.util.spec_from_file_location("gbench_util", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def names_of(document):
    return [benchmark["name"] for benchmark in document["benchmarks"]]


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


# ---- the document ----


def test_the_document_has_the_keys_that_the_design_promises(gilscale):
    document = gilscale.json("run", "release", "fib_holder_nogil", "--fib=10", "-x", "threads,pool", "-t1,2",
                             "--calls=2", "--benchmark_min_time=9x")
    assert {"context", "benchmarks", "gilscale"} <= set(document)
    assert document["gilscale"]["schema"] == 1
    cases = document["gilscale"]["cases"]
    assert [(case["workload"], case["executor"]) for case in cases] == [
        ("release", "threads"), ("fib_holder_nogil", "threads"), ("release", "pool"), ("fib_holder_nogil", "pool")]
    for case in cases:
        check_case(case)


def check_case(case):
    assert case["scaling"] == "weak"
    gil = case["gil"]
    assert gil["requested"] == "default" and gil["enabled_by"] == []
    assert {type(gil[key]) for key in ("at_start", "after_import", "after_run")} == {bool}
    assert set(case["python"]) >= {"version", "build", "executable"}
    assert case["python"]["build"] in ("default", "free-threaded")
    assert Path(case["python"]["executable"]).exists()
    assert case["verdict"] in ("parallel", "gil-bound", "partial", "contended", "machine-limited", "inconclusive")
    assert case["why"] and "\n" not in case["why"]
    assert case["error"] is None
    assert [point["threads"] for point in case["points"]] == [1, 2]
    for point in case["points"]:
        check_point(point)


def check_point(point):
    assert (point["calls"], point["rounds"]) == (2, 9)
    figures = ["makespan_s", "call_s", "throughput_per_s", "speedup", "capacity", "relative_efficiency"]
    if point["threads"] == 1:
        assert point["serial_fraction"] is None  # Karp-Flatt divides by 0 there
    else:
        figures.append("serial_fraction")
    for figure in figures:
        estimate = point[figure]
        assert set(estimate) == {"estimate", "low", "high"}, figure
        assert estimate["low"] <= estimate["estimate"] <= estimate["high"], figure
    samples = point["samples"]
    assert set(samples) >= {"single_s", "parallel_s", "control_single_s", "control_parallel_s"}
    assert [type(value) for value in samples.pop("disturbed")] == [bool] * 9
    for values in samples.values():
        assert len(values) == 9 and all(is_number(value) for value in values)


def test_estimates_are_medians_of_the_samples(gilscale):
    """Nine samples: if one is disturbed, too few others remain, and it is not left out."""
    case, = gilscale.cases("run", "hold", "-t1,3", "--calls=2", "--benchmark_min_time=9x")
    for point in case["points"]:
        threads, samples, control_threads = point["threads"], point["samples"], point["control_threads"]
        assert 1 <= control_threads <= threads
        makespan = statistics.median(samples["parallel_s"])
        ratios = [threads * one / many for one, many in zip(samples["single_s"], samples["parallel_s"])]
        capacities = [control_threads * one / many
                      for one, many in zip(samples["control_single_s"], samples["control_parallel_s"])]
        assert point["makespan_s"]["estimate"] == pytest.approx(makespan)
        assert point["call_s"]["estimate"] == pytest.approx(makespan / 2)
        assert point["throughput_per_s"]["estimate"] == pytest.approx(2 * threads / makespan)
        assert point["speedup"]["estimate"] == pytest.approx(statistics.median(ratios))
        assert point["capacity"]["estimate"] == pytest.approx(statistics.median(capacities))
        low, high = point["speedup"]["low"], point["speedup"]["high"]
        assert min(ratios) * (1 - 1e-9) <= low <= high <= max(ratios) * (1 + 1e-9)
    last = case["points"][-1]
    speedup = last["speedup"]["estimate"]
    assert last["serial_fraction"]["estimate"] == pytest.approx((1 / speedup - 1 / 3) / (1 - 1 / 3))


@pytest.mark.parametrize("repetitions", [1, 2])
def test_the_gil_demand_is_the_median_over_its_rounds(gilscale, repetitions):
    """After the first sample of each repetition, and after the others unless it took long."""
    case, = gilscale.cases("run", "hold", "--args=(2000,)", "-t1,2", "--calls=10", "--benchmark_min_time=5x",
                           f"--benchmark_repetitions={repetitions}")
    for point in case["points"]:
        demands = point["gil_demands"]
        if not case["gil"]["after_run"]:
            assert (demands, point["gil_demand"], point["gil_demand_is"]) == ([], None, None)
            continue
        assert point["rounds"] == 5 * repetitions
        assert repetitions <= len(demands) <= point["rounds"]
        assert all(0 <= demand <= 1 for demand in demands)
        assert point["gil_demand"] == pytest.approx(statistics.median(demands))
        assert point["gil_demand_is"] == "exact"


def test_at_one_thread_both_rounds_are_the_same(gilscale):
    case, = gilscale.cases("run", "hold", "-t1", *QUICK)
    point, = case["points"]
    assert point["samples"]["single_s"] == point["samples"]["parallel_s"]
    assert point["speedup"]["estimate"] == 1


def test_google_benchmarks_own_reader_reads_the_document(gilscale, google_reader):
    path = gilscale.folder / "results.json"
    assert gilscale("run", "hold", "cpp_fib", "--fib=5", "-t1,2", *QUICK, "--json", str(path)).returncode == OK
    assert google_reader.classify_input_file(str(path)) == (google_reader.IT_JSON, None)
    # Since Google Benchmark 1.9 a filter has to be given, which is of no matter here.
    filters = len(inspect.signature(google_reader.load_benchmark_results).parameters) - 1
    document = google_reader.sort_benchmark_results(
        google_reader.load_benchmark_results(str(path), *[None] * filters))
    context = document["context"]
    assert {"date", "host_name", "executable", "num_cpus", "mhz_per_cpu", "caches"} <= set(context)
    assert is_number(context["num_cpus"])
    assert len(document["benchmarks"]) == 4
    for benchmark in document["benchmarks"]:
        assert {"name", "run_name", "run_type", "family_index", "per_family_instance_index", "repetitions",
                "repetition_index", "threads", "iterations", "real_time", "cpu_time", "time_unit"} <= set(benchmark)
        assert benchmark["run_type"] == "iteration"
        assert benchmark["time_unit"] in ("ns", "us", "ms", "s")
        assert all(is_number(benchmark[key]) for key in ("real_time", "cpu_time", "items_per_second", "speedup"))
        assert benchmark["iterations"] == 2
    assert len({benchmark["family_index"] for benchmark in document["benchmarks"]}) >= 2


def test_real_time_is_the_mean_makespan_of_the_samples(gilscale):
    document = gilscale.json("run", "release", "-t1,2", "--calls=3", "--benchmark_min_time=5x")
    per_s = {"ns": 1e9, "us": 1e6, "ms": 1e3, "s": 1}
    points = document["gilscale"]["cases"][0]["points"]
    for benchmark, point in zip(document["benchmarks"], points):
        makespans = point["samples"]["parallel_s"]
        scale = per_s[benchmark["time_unit"]]
        assert benchmark["iterations"] == len(makespans) == 5
        assert benchmark["real_time"] == pytest.approx(statistics.mean(makespans) * scale, rel=1e-6)
        items = 3 * point["threads"] * 5
        assert benchmark["items_per_second"] == pytest.approx(items / sum(makespans), rel=1e-6)
        for counter in ("speedup", "capacity", "relative_efficiency"):
            assert benchmark[counter] == pytest.approx(point[counter]["estimate"], rel=1e-6)


def test_cpu_time_is_that_of_the_measured_threads(gilscale, workload):
    """Two threads that wait use next to none; two that compute use what they say they did."""
    workload("spend.py", """
        import time

        def spend():
            end = time.thread_time() + 0.03
            while time.thread_time() < end:
                pass
        """)
    for name, least, most in (("release", 0, 10), ("spend.py:spend", 60, 90)):
        options = ("--args=(50000,)",) if name == "release" else ()
        benchmark, = gilscale.json("run", name, *options, "-t2", *QUICK)["benchmarks"]
        assert benchmark["time_unit"] == "ms"
        assert least <= benchmark["cpu_time"] <= most


def test_an_existing_file_is_replaced_and_no_temporary_file_stays(gilscale):
    path = gilscale.folder / "results.json"
    path.write_text("old")
    assert gilscale("run", "hold", "-t1", *QUICK, "--json", str(path)).returncode == OK
    assert json.loads(path.read_text())["gilscale"]["schema"] == 1
    assert [entry.name for entry in gilscale.folder.iterdir()] == ["results.json"]


def test_json_can_go_to_a_pipe(gilscale):
    done = gilscale("run", "hold", "-t1", *QUICK, "--json", "/dev/stdout", "--benchmark_format=csv")
    assert done.returncode == OK
    assert done.stdout.startswith("{") and '"schema": 1' in done.stdout


def test_cases_have_the_same_blocks_and_thread_counts_their_rounds_of_one_thread_in_common(gilscale):
    document = gilscale.json("run", "hold", "release", "-t1,2,4", "--calls=1", "--benchmark_min_time=4x")
    cases = document["gilscale"]["cases"]
    assert [case["group"] for case in cases] == [1, 1]
    for case in cases:
        for point in case["points"]:
            assert point["samples"]["block"] == [0, 1, 2, 3] and point["samples"]["launch"] == [0] * 4
        ones = [point["samples"]["single_s"] for point in case["points"]]
        # Older than 2 s only where a block took that long.
        assert any(len(set(of_a_block)) == 1 for of_a_block in zip(*ones, strict=True))


def test_rounds_of_many_threads_are_longer_unless_the_calls_are_given(gilscale):
    """256 threads attach one after another, which takes more than 3 % of 20 ms."""
    if (os.cpu_count() or 1) >= 256:
        pytest.skip("each thread has a CPU of its own")
    run = ["run", "release", "--args=(20000,)", "-t256", "--benchmark_min_time=1x"]
    for options, grows in (([], True), (["--calls=1"], False)):
        point, = gilscale.json(*run, *options)["gilscale"]["cases"][0]["points"]
        single = point["single_calls"] or point["calls"]
        assert (point["calls"] > single) == grows
        assert point["calls"] <= 16 * single


def test_finished_cases_are_in_the_file_while_a_later_one_runs(gilscale, good, workload):
    workload("waits.py", """
        import pathlib, time

        def work():
            pathlib.Path("inside").touch()
            while not pathlib.Path("go on").exists():
                time.sleep(0.01)
        """)
    process = gilscale.start("run", good, "waits.py:work", "-t1", *ONE_SAMPLE, "--json", "results.json",
                             "--benchmark_out=out.csv", "--benchmark_out_format=csv")
    wait_until((gilscale.folder / "inside").exists)
    case, = json.loads((gilscale.folder / "results.json").read_text())["gilscale"]["cases"]
    assert case["workload"] == good and case["error"] is None
    assert good in (gilscale.folder / "out.csv").read_text()
    (gilscale.folder / "go on").touch()
    process.communicate(timeout=30)
    assert process.returncode == OK
    assert len(json.loads((gilscale.folder / "results.json").read_text())["gilscale"]["cases"]) == 2


def test_a_file_that_cannot_be_written_in_the_end_costs_no_result(gilscale, workload):
    """The folder was there at the start. All is measured and printed; the exit code and one line tell of the file."""
    (gilscale.folder / "results").mkdir()
    workload("removes.py", "import shutil\ndef work():\n    shutil.rmtree('results', ignore_errors=True)\n")
    done = gilscale("run", "removes.py:work", "hold", "-t1", *QUICK, "--json", "results/results.json")
    assert done.returncode == NOT_WRITTEN
    assert re.search(r"(?m)^gilscale: .*results/results\.json", done.stderr)
    assert re.search(r"(?m)^removes\.py:work +1 ", done.stdout) and re.search(r"(?m)^hold/1000 +1 ", done.stdout)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("arguments", [("run", "hold", "-t1", *QUICK), ("list",), ("--version",)])
def test_a_full_disk_behind_standard_output_is_told(gilscale, arguments):
    with open("/dev/full", "wb") as full:
        done = subprocess.run([gilscale.executable, *arguments], stdout=full, stderr=subprocess.PIPE,
                              env=gilscale.environment(), timeout=60, check=False)
    assert done.returncode == NOT_WRITTEN
    assert re.fullmatch(rb"gilscale: .*standard output.*\n", done.stderr)


# ---- --benchmark_* ----


def is_console(text):
    lines = text.splitlines()
    return set(lines[0]) == {"-"} and "UserCounters" in lines[1] and set(lines[2]) == {"-"} and len(lines) == 5


def is_json(text):
    return len(json.loads(text)["benchmarks"]) == 2


def is_csv(text):
    rows = list(csv.DictReader(io.StringIO(text)))
    numbers = [float(row[key]) for row in rows for key in ("iterations", "real_time", "cpu_time", "speedup")]
    return (text.startswith("name,iterations,real_time,cpu_time,time_unit,bytes_per_second,items_per_second,label,"
                            "error_occurred,error_message") and len(rows) == 2 and len(numbers) == 8
            and rows[0]["name"].startswith("hold/"))


FORMATS = pytest.mark.parametrize("name, is_format", [("console", is_console), ("json", is_json), ("csv", is_csv)])


@FORMATS
def test_benchmark_format_prints_that_instead_of_the_table(gilscale, name, is_format):
    done = gilscale("run", "hold", "-t1,2", *QUICK, f"--benchmark_format={name}")
    assert (done.returncode, done.stderr) == (OK, "")
    assert is_format(done.stdout)
    assert TABLE_HEADER not in done.stdout


@FORMATS
def test_benchmark_out_is_written_beside_the_table(gilscale, name, is_format):
    done = gilscale("run", "hold", "-t1,2", *QUICK, "--benchmark_out=out", f"--benchmark_out_format={name}")
    assert (done.returncode, done.stderr) == (OK, "")
    assert is_format((gilscale.folder / "out").read_text())
    assert TABLE_HEADER in done.stdout
    assert [entry.name for entry in gilscale.folder.iterdir()] == ["out"]


def test_benchmark_out_is_json_unless_told_otherwise(gilscale):
    assert gilscale("run", "hold", "-t1,2", *QUICK, "--benchmark_out=out").returncode == OK
    assert is_json((gilscale.folder / "out").read_text())


def test_a_failed_case_is_an_error_in_every_format(gilscale, workload):
    workload("fails.py", "def work():\n    raise ValueError('a, \"quoted\" reason')\n")
    run = ("run", "fails.py:work", "-t1", *QUICK)
    console = gilscale(*run, "--benchmark_format=console").stdout
    assert "ERROR OCCURRED: " in console and 'a, "quoted" reason' in console
    row, = csv.DictReader(io.StringIO(gilscale(*run, "--benchmark_format=csv").stdout))
    assert row["error_occurred"] == "true" and 'a, "quoted" reason' in row["error_message"]
    entry, = json.loads(gilscale(*run, "--benchmark_format=json").stdout)["benchmarks"]
    assert entry["error_occurred"] is True and 'a, "quoted" reason' in entry["error_message"]


def listed(gilscale, *options, **env):
    flag = () if any("list_tests" in option for option in options) else ("--benchmark_list_tests",)
    done = gilscale("run", "hold", "release", "py_fib", "-x", "threads,pool", "-t1-3", *flag, *options, **env)
    assert (done.returncode, done.stderr) == (OK, "")
    return done.stdout.splitlines()


def test_list_tests_prints_every_name_and_runs_nothing(gilscale, workload):
    workload("touches.py", "import pathlib\npathlib.Path('ran').touch()\ndef work():\n    pass\n")
    names = listed(gilscale, "touches.py:work")
    assert len(names) == len(set(names)) == 4 * 2 * 3
    assert not (gilscale.folder / "ran").exists()


def test_list_tests_can_be_switched_off_as_in_google_benchmark(gilscale):
    assert TABLE_HEADER in gilscale("run", "hold", "-t1", *QUICK, "--benchmark_list_tests=false").stdout
    assert listed(gilscale) == listed(gilscale, "--benchmark_list_tests=true")


def test_listed_names_are_those_in_the_results(gilscale):
    run = ("run", "hold", "py_fib", "--fib=5", "-x", "threads,native", "-t1,2", *QUICK)
    assert gilscale(*run, "--benchmark_list_tests").stdout.splitlines() == names_of(gilscale.json(*run))


@pytest.mark.parametrize("pattern, count", [
    ("all", 18), (".", 18), ("hold", 6), ("^release/", 6), ("pool.*threads:2", 3), ("-hold", 12),
    ("-pool.*threads:2", 15), ("hold|py_fib", 12), ("threads:[23]/", 12), ("executor:pool", 9),
])
def test_a_filter_chooses_benchmarks_by_name(gilscale, pattern, count):
    assert len(listed(gilscale, f"--benchmark_filter={pattern}")) == count


def test_a_filter_keeps_whole_cases_from_running(gilscale, workload, good):
    workload("touches.py", "import pathlib\npathlib.Path('ran').touch()\ndef work():\n    pass\n")
    document = gilscale.json("run", good, "touches.py:work", "-t1,2", *QUICK, "--benchmark_filter=good.*threads:2")
    assert [name.split("/")[0:3:2] for name in names_of(document)] == [[good, "threads:2"]]
    assert not (gilscale.folder / "ran").exists()


@pytest.mark.parametrize("pattern", ["nothing_is_called_so", "-all", "-."])
def test_a_filter_that_leaves_nothing_is_refused(gilscale, pattern):
    done = gilscale("run", "hold", f"--benchmark_filter={pattern}")
    assert (done.returncode, done.stdout) == (USAGE, "")
    assert done.stderr.startswith("gilscale: --benchmark_filter") and done.stderr.count("\n") == 1


def test_repetitions_are_entries_with_google_benchmarks_aggregates(gilscale):
    document = gilscale.json("run", "release", "-t1,2", *QUICK, "--benchmark_repetitions=3")
    for threads in (1, 2):
        entries = [entry for entry in document["benchmarks"] if f"/threads:{threads}/" in entry["name"]]
        runs = [entry for entry in entries if entry["run_type"] == "iteration"]
        assert [entry["repetition_index"] for entry in runs] == [0, 1, 2]
        assert {entry["repetitions"] for entry in entries} == {3}
        aggregates = {entry["aggregate_name"]: entry for entry in entries if entry["run_type"] == "aggregate"}
        assert set(aggregates) == {"mean", "median", "stddev", "cv"}
        times = [entry["real_time"] for entry in runs]
        assert aggregates["mean"]["real_time"] == pytest.approx(statistics.mean(times), rel=1e-6)
        assert aggregates["median"]["real_time"] == pytest.approx(statistics.median(times), rel=1e-6)
        assert aggregates["stddev"]["real_time"] == pytest.approx(statistics.stdev(times), rel=1e-6)
        assert aggregates["mean"]["name"].endswith("_mean")
    points = document["gilscale"]["cases"][0]["points"]
    assert [len(point["samples"]["parallel_s"]) for point in points] == [6, 6]  # samples of all repetitions


@pytest.mark.parametrize("count", [1, 5])
def test_min_time_with_an_x_is_exactly_so_many_samples(gilscale, count):
    document = gilscale.json("run", "hold", "-t1,2", "--calls=1", f"--benchmark_min_time={count}x")
    assert [benchmark["iterations"] for benchmark in document["benchmarks"]] == [count, count]
    assert [point["rounds"] for point in document["gilscale"]["cases"][0]["points"]] == [count, count]


@pytest.mark.parametrize("value", ["0.2", "0.2s"])
def test_min_time_in_seconds_is_reached_by_the_rounds(gilscale, value):
    case, = gilscale.cases("run", "release", "--args=(10000,)", "-t1", "--calls=1", f"--benchmark_min_time={value}",
                           "--precision=100")
    point, = case["points"]
    assert sum(point["samples"]["parallel_s"]) >= 0.2
    assert len(point["samples"]["parallel_s"]) <= 21


def test_a_budget_that_is_too_short_for_an_interval_still_gives_a_figure(gilscale):
    case, = gilscale.cases("run", "hold", "-t2", "--calls=1", "--budget=0.001")
    point, = case["points"]
    assert (point["rounds"], point["stopped"]) == (1, "budget")
    assert point["speedup"]["estimate"] > 0 and point["speedup"]["low"] is None
    assert case["verdict"] == "inconclusive"


@pytest.mark.parametrize("budget", [1, 2])
def test_a_budget_is_what_a_thread_count_costs_in_all(gilscale, budget):
    # Sleeping takes as long on any machine. A call of 1 ms keeps samples short against the budget.
    began = time.monotonic()
    case, = gilscale.cases("run", "hold_release", "--args=(500, 500)", "-t2,4", f"--budget={budget}",
                           f"--max-budget={budget}", "--precision=0.001")
    took = time.monotonic() - began
    assert [point["stopped"] for point in case["points"]] == ["budget", "budget"]
    assert took >= 0.8 * 2 * budget
    sampled = sum(sum(point["samples"][name]) for point in case["points"]
                  for name in ("single_s", "parallel_s", "control_single_s", "control_parallel_s", "handover_s"))
    assert sampled <= 1.2 * 2 * budget


def test_context_takes_what_the_user_adds(gilscale):
    context = gilscale.json("run", "hold", "-t1", *QUICK, "--benchmark_context=a=b,c=d=e")["context"]
    assert (context["a"], context["c"]) == ("b", "d=e")
    assert "num_cpus" in context


@pytest.mark.parametrize("variable, value", [
    ("BENCHMARK_FILTER", "nothing"), ("BENCHMARK_OUT", "made_by_variable"), ("BENCHMARK_FORMAT", "csv"),
    ("BENCHMARK_REPETITIONS", "7"), ("BENCHMARK_MIN_TIME", "100"), ("BENCHMARK_LIST_TESTS", "true"),
    ("BENCHMARK_REPORT_AGGREGATES_ONLY", "true"), ("BENCHMARK_DISPLAY_AGGREGATES_ONLY", "true"),
    ("BENCHMARK_ENABLE_RANDOM_INTERLEAVING", "true"), ("BENCHMARK_TIME_UNIT", "s"), ("BENCHMARK_CONTEXT", "x=y"),
    ("BENCHMARK_COUNTERS_TABULAR", "true"), ("BENCHMARK_PERF_COUNTERS", "CYCLES"),
    ("BENCHMARK_OUT_FORMAT", "nonsense"), ("BENCHMARK_MIN_WARMUP_TIME", "100"), ("BENCHMARK_COLOR", "yes"),
])
def test_environment_variables_meant_for_other_benchmarks_do_no_harm(gilscale, variable, value):
    document = gilscale.json("run", "hold", "-t1,2", *QUICK, "--benchmark_repetitions=2", **{variable: value})
    assert len(document["benchmarks"]) == 2 * (2 + 4)
    assert {benchmark["time_unit"] for benchmark in document["benchmarks"]} == {"ms"}
    assert not (gilscale.folder / "made_by_variable").exists()
