"""`gilscale compare` tells what changed between two result files, whoever wrote them, and refuses what cannot be told."""

import copy
import json
import re

import pytest
from conftest import FAILED, INCONCLUSIVE, OK, USAGE, WORKLOAD_FAILED, Gilscale
from documents import aggregates_of, google, noise, scaled, write
from test_usage import refused

ENOUGH = ("--calls", "1", "--benchmark_min_time=12x")


@pytest.fixture(scope="session")
def real(executable, tmp_path_factory):
    """A document that gilscale has written: release at 1 and 2 threads."""
    return Gilscale(executable, tmp_path_factory.mktemp("real")).json(
        "run", "release", "--args", "(2000,)", "-t1,2", *ENOUGH)


@pytest.fixture
def compare(gilscale):
    """compare(old, new, *options): both as documents, or as text."""

    def run(old, new, *options, **more):
        folder = gilscale.folder
        return gilscale("compare", write(folder / "old.json", old), write(folder / "new.json", new), *options, **more)

    return run


def changes(compare, old, new, *options, code=OK):
    """What --json says of the change."""
    done = compare(old, new, *options, "--json", "changes.json")
    assert done.returncode == code, done
    return done


def change_file(gilscale):
    return json.loads((gilscale.folder / "changes.json").read_text())["gilscale"]["changes"]


def words(gilscale, compare, old, new, *options, code=OK):
    done = compare(old, new, *options, "--json", "changes.json")
    assert done.returncode == code, done
    return {point["name"]: point["word"] for point in change_file(gilscale)["points"]}


# ---- the words, and their exit codes ----


@pytest.mark.parametrize("factor, options, word, code", [
    (1.0, [], "same", OK),
    (1.03, [], "same", OK),
    (1 / 1.03, [], "same", OK),
    (1.10, [], "slower", FAILED),
    (1 / 1.10, [], "faster", OK),
    (1.10, ["--threshold", "20%"], "same", OK),
    (1.10, ["--threshold", "20"], "same", OK),
    (1.03, ["--threshold=1.5%"], "slower", FAILED),
    (1.05, [], "unclear", INCONCLUSIVE),
], ids=lambda value: str(value))
def test_a_cost_that_moved_beyond_the_threshold_is_slower_or_faster(gilscale, compare, real, factor, options, word,
                                                                  code):
    old, new = scaled(real, "old"), scaled(real, "new", factor)
    found = words(gilscale, compare, old, new, *options, code=code)
    assert found == {"release/2000@1": word, "release/2000@2": word}


def test_the_table_and_the_document_have_all_ratios(gilscale, compare, real):
    done = changes(compare, scaled(real, "old"), scaled(real, "new", 1.25), code=FAILED)
    assert done.stderr == ""
    assert re.search(r"(?m)^since old\.json +change +cost", done.stdout)
    assert re.search(r"(?m)^release/2000@2 +slower +1\.2\d+ \[1\.2\d+, 1\.2\d+\]", done.stdout)
    found = change_file(gilscale)
    assert (found["before"], found["how"], found["threshold"]) == ("old.json", "compare", 0.05)
    one, two = found["points"]
    for point in (one, two):
        assert 1.24 < point["cost"]["low"] < 1.25 < point["cost"]["high"] < 1.26
        assert 1.24 < point["call_s"]["estimate"] < 1.26
        assert 0.79 < point["throughput_per_s"]["estimate"] < 0.81
        assert point["p"] < 0.001 and not point["why"]
    assert one["speedup"] is None and 0.99 < two["speedup"]["estimate"] < 1.01
    assert 0.99 < two["relative_efficiency"]["estimate"] < 1.01


def test_a_lost_speedup_is_slower_at_that_number_of_threads_alone(gilscale, compare, real):
    found = words(gilscale, compare, scaled(real, "old"), scaled(real, "new", speedup=1), code=FAILED)
    assert found == {"release/2000@1": "same", "release/2000@2": "slower"}


@pytest.mark.parametrize("gil_demand", [0.01, 1.0])
def test_what_threads_waited_for_a_cpu_beside_busy_processes_is_no_change(gilscale, compare, real, gil_demand):
    """Whatever gil_demand is: files of earlier versions have 1 where time.sleep() released the GIL unseen."""
    documents = [scaled(real, seed, delay=0.5) for seed in ("old", "new")]
    for document in documents:
        for point in document["gilscale"]["cases"][0]["points"]:
            point["gil_demand"] = gil_demand
    found = words(gilscale, compare, *documents, code=OK)
    assert found == {"release/2000@1": "same", "release/2000@2": "same"}


def test_too_few_samples_are_unclear_and_say_so(gilscale, compare, real):
    done = changes(compare, scaled(real, "old", count=5), scaled(real, "new", count=5), code=INCONCLUSIVE)
    assert "too few" in done.stdout
    assert {point["word"] for point in change_file(gilscale)["points"]} == {"unclear"}


@pytest.mark.parametrize("choice, code", [("pass", OK), ("fail", FAILED), ("4", INCONCLUSIVE)])
def test_what_is_unclear_ends_as_it_is_wanted(compare, real, choice, code):
    old, new = scaled(real, "old", count=5), scaled(real, "new", count=5)
    assert compare(old, new, "--inconclusive", choice).returncode == code


def test_what_is_slower_goes_before_what_is_unclear(gilscale, compare, real):
    old, new = scaled(real, "old"), scaled(real, "new", 1.5)
    new["gilscale"]["cases"][0]["points"][0] = scaled(real, "few", count=2)["gilscale"]["cases"][0]["points"][0]
    for choice in ("pass", "fail", "4"):
        found = words(gilscale, compare, old, new, "--inconclusive", choice, code=FAILED)
        assert found == {"release/2000@1": "unclear", "release/2000@2": "slower"}


def test_points_without_a_partner_are_named(gilscale, compare, real):
    old, new = scaled(real, "old"), scaled(real, "new")
    old["gilscale"]["cases"][0]["points"].pop(0)
    new["gilscale"]["cases"][0]["points"][0]["threads"] = 1
    case = copy.deepcopy(new["gilscale"]["cases"][0])
    case["label"] = case["workload"] = "added"
    new["gilscale"]["cases"].append(case)
    done = changes(compare, old, new)
    found = change_file(gilscale)
    assert [point["name"] for point in found["points"]] == ["release/2000@2"]
    assert found["only_before"] == [] and found["only_after"] == ["release/2000@1", "added@1", "added@2"]
    assert "added@1" in done.stdout


def test_every_file_format_can_be_written(gilscale, compare, real):
    names = {option: f"out.{option}" for option in
             ("json", "csv", "markdown", "junit", "github-action-benchmark", "bencher")}
    options = [text for option, name in names.items() for text in (f"--{option}", name)]
    assert compare(scaled(real, "old"), scaled(real, "new", 1.5), *options).returncode == FAILED
    text = {option: (gilscale.folder / name).read_text() for option, name in names.items()}
    assert "failed" in text["markdown"].splitlines()[0] and "slower" in text["markdown"]
    assert 'name="gilscale.changes"' in text["junit"] and "<failure" in text["junit"]
    for option in ("json", "github-action-benchmark", "bencher"):
        json.loads(text[option])


def test_github_actions_is_told_what_became_slower(compare, real):
    done = compare(scaled(real, "old"), scaled(real, "new", 1.5), GITHUB_ACTIONS="true")
    assert len(re.findall(r"(?m)^::error .*slower", done.stderr)) == 2


@pytest.mark.parametrize("options, words_", [
    (["--threshold", "0"], ["--threshold '0'"]), (["--threshold", "-5%"], ["--threshold '-5%'"]),
    (["--threshold", "much"], ["--threshold 'much'"]), (["--threshold", "nan"], ["--threshold 'nan'"]),
    (["--allow-different", "everything"], ["--allow-different 'everything'", "machine"]),
    (["--inconclusive", "maybe"], ["--inconclusive"]),
], ids=lambda value: " ".join(value))
def test_wrong_options_are_refused(compare, real, options, words_):
    assert refused(compare(scaled(real, "old"), scaled(real, "new"), *options), *words_)


def test_two_files_are_needed(gilscale):
    assert refused(gilscale("compare"), "gilscale compare OLD.json NEW.json")
    assert refused(gilscale("compare", "one.json"), "an argument is missing")


# ---- what cannot be compared ----


def other_machine(document):
    document["context"]["host_name"] = "elsewhere"


def other_cpus(document):
    document["context"]["num_cpus"] = 1000


def other_python(document):
    document["gilscale"]["cases"][0]["python"]["version"] = "3.9.1"


def other_build(document):
    python = document["gilscale"]["cases"][0]["python"]
    python["build"] = "default" if python["build"] == "free-threaded" else "free-threaded"


def other_gil(document):
    case = document["gilscale"]["cases"][0]
    case["gil"]["after_run"] = not case["gil"]["after_run"]


def other_calls(document):
    for point in document["gilscale"]["cases"][0]["points"]:
        point["calls"] *= 5


def other_method(document):
    document["context"]["method"] = 1


def other_scaling(document):
    document["gilscale"]["cases"][0]["scaling"] = "strong"


def pinned(document):
    document["gilscale"]["cases"][0]["pinned"] = True


DIFFERENCES = pytest.mark.parametrize("differ, kind, said", [
    (other_machine, "machine", "different machine"), (other_cpus, "machine", "CPUs"),
    (other_python, "python", "CPython 3.9.1"), (other_build, "python", "free-threaded"),
    (other_gil, "gil", "the GIL was"), (other_calls, "calls", "calls in a round"),
    (other_scaling, "scaling", "scaling"), (other_method, "method", "another version of the method"), (pinned, "scaling", "pinned"),
], ids=lambda value: getattr(value, "__name__", ""))


@DIFFERENCES
def test_results_of_other_conditions_are_refused(compare, real, differ, kind, said):
    old = scaled(real, "old")
    differ(old)
    assert refused(compare(old, scaled(real, "new")), "'old.json' cannot be compared", said,
                   f"--allow-different {kind}")


@DIFFERENCES
def test_they_are_compared_if_that_is_wanted_and_the_difference_is_said(gilscale, compare, real, differ, kind, said):
    old = scaled(real, "old")
    differ(old)
    others = ",".join({"machine", "python", "gil", "calls", "scaling", "method"} - {kind})
    assert refused(compare(old, scaled(real, "new"), "--allow-different", others), said)
    for allowed in (kind, "all", "gil," + kind):
        done = compare(old, scaled(real, "new"), "--allow-different", allowed, "--json", "changes.json")
        assert done.returncode in (OK, FAILED, INCONCLUSIVE), done
        found = change_file(gilscale)
        assert len(found["points"]) == 2 and any(said in each for each in found["differences"])
        assert said in done.stdout


def test_calls_that_differ_a_little_are_said_and_not_refused(gilscale, compare, real):
    old, new = scaled(real, "old"), scaled(real, "new")
    for document, calls in ((old, 100), (new, 130)):
        for point in document["gilscale"]["cases"][0]["points"]:
            point["calls"] = calls
    old, new = scaled(old, "old"), scaled(new, "new")
    changes(compare, old, new)
    found = change_file(gilscale)
    assert any("100 calls in a round before, 130 now" in each for each in found["differences"])
    assert [point["word"] for point in found["points"]] == ["same", "same"]


def test_nothing_in_common_is_refused(compare, real):
    old = scaled(real, "old")
    old["gilscale"]["cases"][0]["label"] = "another"
    assert refused(compare(old, scaled(real, "new")), "no measured benchmark in common")


# ---- documents of Google Benchmark ----


def times(seed, factor=1.0, count=20):
    return {"BM_sort/1024": [500 * factor * each for each in noise(seed, count)]}


def test_repetitions_of_google_benchmark_are_compared(gilscale, compare):
    for factor, word, code in ((1.0, "same", OK), (1.3, "slower", FAILED), (1 / 1.3, "faster", OK)):
        found = words(gilscale, compare, google(times("old")), google(times("new", factor)), code=code)
        assert found == {"BM_sort/1024": word}
    point, = change_file(gilscale)["points"]
    assert point["threads"] is None and point["speedup"] is None and point["relative_efficiency"] is None


@pytest.mark.parametrize("unit, in_seconds", [("ns", 1e-9), ("us", 1e-6), ("ms", 1e-3), ("s", 1)])
def test_its_time_units_are_understood(gilscale, compare, unit, in_seconds):
    new = {name: [each * 1e-9 / in_seconds for each in values] for name, values in times("new").items()}
    assert words(gilscale, compare, google(times("old")), google(new, unit)) == {"BM_sort/1024": "same"}


def test_another_time_unit_is_refused(compare):
    assert refused(compare(google(times("old")), google(times("new"), "weeks")), "'new.json'", "time_unit 'weeks'")


def test_repetitions_count_and_their_aggregates_do_not(gilscale, compare):
    old, new = google(times("old")), google(times("new"))
    new["benchmarks"] += aggregates_of(google(times("new", 10)))["benchmarks"]
    assert words(gilscale, compare, old, new) == {"BM_sort/1024": "same"}


def test_aggregates_alone_have_nothing_to_compare(compare):
    document = google(times("old"))
    assert refused(compare(document, aggregates_of(document)), "no measured benchmark in common")


def test_one_repetition_is_unclear(gilscale, compare):
    found = words(gilscale, compare, google(times("old", count=1)), google(times("new", 2, count=1)), code=INCONCLUSIVE)
    assert found == {"BM_sort/1024": "unclear"}


def test_benchmarks_that_failed_are_left_out(gilscale, compare):
    old, new = google({**times("old"), "BM_bad": [1.0]}), google(times("new"))
    new["benchmarks"].append({"name": "BM_bad", "run_name": "BM_bad", "run_type": "iteration", "repetitions": 1,
                              "repetition_index": 0, "threads": 1, "error_occurred": True, "error_message": "no file"})
    assert words(gilscale, compare, old, new) == {"BM_sort/1024": "same"}
    assert change_file(gilscale)["only_before"] == ["BM_bad"]


def test_documents_of_other_machines_are_refused_here_too(compare):
    old = google(times("old"), context={"host_name": "another"})
    assert refused(compare(old, google(times("new"))), "different machine: another before, builder now")
    assert compare(old, google(times("new")), "--allow-different=machine").returncode == OK


def test_documents_of_old_versions_of_google_benchmark_are_read(gilscale, compare):
    """They have no run_type, no run_name and no host_name."""
    documents = [google(times("old")), google(times("new"))]
    for document in documents:
        del document["context"]["host_name"]
        for entry in document["benchmarks"]:
            for key in ("run_type", "run_name", "family_index", "per_family_instance_index", "repetition_index",
                        "repetitions", "threads"):
                del entry[key]
    assert words(gilscale, compare, *documents) == {"BM_sort/1024": "same"}


def test_a_document_of_gilscale_beside_one_of_google_benchmark_is_compared_by_names(gilscale, compare, real):
    new = scaled(real, "new")
    name = new["benchmarks"][1]["name"]
    time = new["benchmarks"][1]["real_time"]
    old = google({name: [time * each for each in noise("old", 20)]}, new["benchmarks"][1]["time_unit"],
                 new["context"])
    found = words(gilscale, compare, old, new, code=INCONCLUSIVE)  # there is one time of it
    assert found == {name: "unclear"}
    found = words(gilscale, compare, new, old, code=INCONCLUSIVE)
    assert found == {name: "unclear"}


# ---- files that are none ----

DEEP = '{"benchmarks": ' + "[" * 100_000 + "]" * 100_000 + "}"
NOT_READABLE = {
    "empty": "", "blank": " \n", "null": "null", "number": "1", "array": "[]", "object": "{}", "words": "no JSON",
    "malformed": '{"benchmarks": [,]}', "deep": DEEP, "deep and open": "[" * 1_000_000,
    "no array": '{"benchmarks": 1}', "context": '{"context": 1, "benchmarks": []}',
    "entry": '{"benchmarks": [1]}', "entries": '{"benchmarks": [null]}', "no time": '{"benchmarks": [{"name": "a"}]}',
    "no name": '{"benchmarks": [{"real_time": 1}]}',
    "text for time": '{"benchmarks": [{"name": "a", "real_time": "1"}]}',
    "time 0": '{"benchmarks": [{"name": "a", "real_time": 0}]}',
    "negative time": '{"benchmarks": [{"name": "a", "real_time": -1}]}',
    "infinite time": '{"benchmarks": [{"name": "a", "real_time": 1e999}]}',
    "two documents": '{"benchmarks": []} {"benchmarks": []}',
    "zeros": "\0" * 1000,
}


@pytest.mark.parametrize("name", NOT_READABLE)
@pytest.mark.parametrize("place", ["old", "new"])
def test_a_file_that_is_no_result_is_refused(compare, real, name, place):
    text, good = NOT_READABLE[name], scaled(real, "good")
    done = compare(text, good) if place == "old" else compare(good, text)
    assert refused(done, f"'{place}.json'")
    assert len(done.stderr) < 1000


def without(key):
    def spoil(document):
        del document["gilscale"]["cases"][0][key]
    return spoil


def in_point(**changes_):
    def spoil(document):
        document["gilscale"]["cases"][0]["points"][1].update(changes_)
    return spoil


def in_samples(**changes_):
    def spoil(document):
        document["gilscale"]["cases"][0]["points"][1]["samples"].update(changes_)
    return spoil


def in_own(**changes_):
    def spoil(document):
        document["gilscale"].update(changes_)
    return spoil


WRONG = {
    "schema 2": in_own(schema=2), "schema text": in_own(schema="1"), "no cases": in_own(cases=None),
    "cases of numbers": in_own(cases=[1]), "own is text": lambda document: document.update(gilscale="x"),
    "own is null": lambda document: document.update(gilscale=None),
    "no label": without("label"), "no points": without("points"), "no scaling": without("scaling"),
    "threads 0": in_point(threads=0), "threads -1": in_point(threads=-1), "threads text": in_point(threads="2"),
    "many threads": in_point(threads=2**40), "calls 0": in_point(calls=0), "calls huge": in_point(calls=2**62),
    "control calls": in_point(control_calls=0), "extra calls": in_point(extra_calls=-1),
    "gil demand": in_point(gil_demand=7), "samples null": in_point(samples=None), "samples text": in_point(samples="x"),
    "one array short": in_samples(parallel_s=[1.0]), "negative": in_samples(parallel_s=[-1.0] * 40),
    "zero": in_samples(single_s=[0.0] * 40), "huge": in_samples(parallel_s=[1e300] * 40),
    "text": in_samples(parallel_s=["1"] * 40), "nested": in_samples(parallel_s=[[1.0]] * 40),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_document_with_wrong_things_in_it_is_refused(compare, real, name):
    old = scaled(real, "old")
    WRONG[name](old)
    done = compare(old, scaled(real, "new"))
    assert refused(done, "'old.json'"), done


def test_a_newer_schema_is_named(compare, real):
    old = scaled(real, "old")
    old["gilscale"]["schema"] = 7
    assert refused(compare(old, scaled(real, "new")), "schema 7")


def test_a_truncated_file_is_refused_wherever_it_ends(compare, real):
    good = scaled(real, "good")
    text = json.dumps(good)
    for end in range(1, len(text) - 1, len(text) // 12):
        assert refused(compare(text[:end], good), "'old.json'")


def test_bytes_that_are_no_text_are_refused(gilscale, compare, real):
    good = gilscale.folder / "good.json"
    write(good, scaled(real, "good"))
    bad = gilscale.folder / "bad.json"
    for data in (bytes(range(256)) * 100, b"\x7fELF\2\1\1" + b"\0" * 1000, b'{"benchmarks": ["\xff\xfe"]}',
                 json.dumps(scaled(real, "bom")).encode("utf-16")):
        bad.write_bytes(data)
        done = gilscale("compare", "bad.json", "good.json")
        assert refused(done, "'bad.json'")
        assert all(character.isprintable() for character in done.stderr.rstrip("\n"))


@pytest.mark.parametrize("path, words_", [(".", ["folder"]), ("missing.json", ["No such file"]), ("", []),
                                          ("/dev/null", []), ("old.json/x", []), ("a" * 5000, [])],
                         ids=["folder", "missing", "empty", "null", "below a file", "long"])
def test_a_path_that_is_no_file_is_refused(gilscale, real, path, words_):
    write(gilscale.folder / "old.json", scaled(real, "old"))
    for arguments in ((path, "old.json"), ("old.json", path)):
        assert refused(gilscale("compare", *arguments), *words_)


def test_a_file_that_never_ends_is_refused(gilscale, real):
    write(gilscale.folder / "good.json", scaled(real, "good"))
    assert refused(gilscale("compare", "/dev/zero", "good.json"), "larger than")


# ---- names that would do harm ----

HOSTILE = ["\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "a\rb", "a\nb", "tab\there", "\x9b31m", "\x7f", "<b>&amp;</b>", "|x|",
           "::error::x", "\u202edesrever", "`code`", "%s%n{}", "a" * 3000]


def raw(text):
    """Control characters that a terminal would obey."""
    return [each for each in text if (ord(each) < 32 and each not in "\n\t") or 0x7f <= ord(each) < 0xa0]


def hostile_case(document, name):
    case = document["gilscale"]["cases"][0]
    case.update(label=name, workload=name)
    return document


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_names_with_control_characters_do_not_reach_the_terminal(compare, real, name):
    of_gilscale = [hostile_case(scaled(real, seed, factor), name) for seed, factor in (("old", 1), ("new", 1.5))]
    plain = scaled(real, "new")
    of_google = [google({name: [1.0 * factor * each for each in noise(seed, 20)]})
                 for seed, factor in (("old", 1), ("new", 1.5))]
    runs = [(compare(*of_gilscale), FAILED), (compare(*of_google), FAILED),
            (compare(of_gilscale[0], plain), USAGE), (compare(*of_gilscale, GITHUB_ACTIONS="true"), FAILED)]
    for done, code in runs:
        assert done.returncode == code, done
        assert not raw(done.stdout) and not raw(done.stderr), done


def test_no_line_of_the_table_is_a_workflow_command_of_github(compare, real):
    documents = [hostile_case(scaled(real, seed), "::add-mask::a") for seed in ("old", "new")]
    done = compare(*documents, GITHUB_ACTIONS="true")
    assert done.returncode == OK
    assert not [line for line in (done.stdout + done.stderr).splitlines() if line.lstrip().startswith("::")]


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_lines_of_the_table_stay_lines(compare, real, name):
    """A name with a line's end in it would be a line of its own."""
    documents = [hostile_case(scaled(real, seed), name) for seed in ("old", "new")]
    done = compare(*documents)
    assert done.returncode == OK
    assert len(done.stdout.splitlines()) == len(compare(scaled(real, "old"), scaled(real, "new")).stdout.splitlines())


def test_conditions_with_control_characters_do_not_reach_the_terminal(compare, real):
    def hostile(document, text):
        document["context"]["host_name"] = text
        case = document["gilscale"]["cases"][0]
        case["python"]["version"] = text
        return document

    old, new = hostile(scaled(real, "old"), "\x1b[31m\nold\x07"), hostile(scaled(real, "new"), "\x1b[32m\nnew")
    done = compare(old, new)
    assert refused(done, "different machine") and not raw(done.stderr)
    done = compare(old, new, "--allow-different", "all")
    assert done.returncode == OK and not raw(done.stdout) and not raw(done.stderr)


def test_words_that_are_unknown_do_not_reach_the_terminal(compare, real):
    new = scaled(real, "new")
    documents = [google(times("x"), "\x1b[31m\n")]
    for key, value in (("scaling", "\x1b[31m\n"), ("executor", "\x1b[31m\n"), ("python", {"version": 1, "\x1b[31m": 2})):
        documents.append(scaled(real, "old"))
        documents[-1]["gilscale"]["cases"][0][key] = value
    for document in documents:
        done = compare(document, new)
        assert done.returncode in (OK, USAGE), done
        assert not raw(done.stdout) and not raw(done.stderr), done


def test_names_of_files_with_control_characters_do_not_reach_the_terminal(gilscale, real):
    name = "\x1b[31m\nold.json"
    done = gilscale("compare", name, name)
    assert refused(done) and not raw(done.stderr)
    write(gilscale.folder / name, scaled(real, "old"))
    done = gilscale("compare", name, name)
    assert done.returncode == OK and not raw(done.stdout)


# ---- all of that for --baseline ----


@pytest.mark.parametrize("name", NOT_READABLE)
def test_a_baseline_that_is_no_result_is_refused_before_anything_is_measured(gilscale, name):
    write(gilscale.folder / "old.json", NOT_READABLE[name])
    assert refused(gilscale("run", "release", "-t1,2", "--baseline", "old.json"), "'old.json'")


@pytest.mark.parametrize("name", WRONG)
def test_a_baseline_with_wrong_things_in_it_is_refused(gilscale, real, name):
    old = scaled(real, "old")
    WRONG[name](old)
    write(gilscale.folder / "old.json", old)
    done = gilscale("run", "release", "--args", "(2000,)", "-t1,2", "--baseline", "old.json")
    assert refused(done, "'old.json'")


@pytest.mark.parametrize("path", [".", "missing.json", "", "/dev/null"])
def test_a_baseline_that_is_no_file_is_refused(gilscale, path):
    assert refused(gilscale("run", "release", "-t1,2", "--baseline", path))


def test_a_baseline_of_google_benchmark_is_refused(gilscale):
    write(gilscale.folder / "old.json", google(times("old")))
    assert refused(gilscale("run", "release", "-t1,2", "--baseline", "old.json"), "was not written by gilscale")


def test_a_baseline_of_something_else_is_refused(gilscale, real):
    write(gilscale.folder / "old.json", scaled(real, "old"))
    assert refused(gilscale("run", "hold", "-t1,2", "--baseline", "old.json"), "contains none of the cases measured here",
                   "release/2000")


def other_usable_cpus(document):
    document["context"]["usable_cpus"] = 1000


@pytest.mark.parametrize("differ, kind", [(other_machine, "machine"), (other_cpus, "machine"),
                                          (other_usable_cpus, "machine"), (other_python, "python"),
                                          (other_build, "python"), (other_calls, "calls"), (other_scaling, "scaling"),
                                          (pinned, "scaling")], ids=lambda value: getattr(value, "__name__", ""))
def test_a_baseline_of_other_conditions_is_refused(gilscale, real, differ, kind):
    old = scaled(real, "old")
    differ(old)
    write(gilscale.folder / "old.json", old)
    run = ["run", "release", "--args", "(2000,)", "-t1,2", *ENOUGH, "--baseline", "old.json"]
    done = gilscale(*run)
    if differ in (other_calls, other_cpus):  # known only when it was measured, and then there is no word
        assert done.returncode == INCONCLUSIVE and f"--allow-different {kind}" in done.stdout, done
    else:
        assert refused(done, f"--allow-different {kind}"), done
    done = gilscale(*run, "--allow-different", kind)
    assert done.returncode in (OK, FAILED, INCONCLUSIVE) and "cannot be compared" not in done.stdout, done


@pytest.mark.parametrize("name", HOSTILE[:9])
def test_names_in_a_baseline_do_not_reach_the_terminal(gilscale, real, name):
    old = scaled(real, "old")
    case = copy.deepcopy(old["gilscale"]["cases"][0])
    old["gilscale"]["cases"] = [hostile_case({"gilscale": {"cases": [case]}}, name)["gilscale"]["cases"][0],
                                *old["gilscale"]["cases"]]
    write(gilscale.folder / "old.json", old)
    run = ["run", "-t1,2", *ENOUGH, "--baseline", "old.json"]
    for done, codes in ((gilscale(*run, "release", "--args", "(2000,)"), (OK, FAILED, INCONCLUSIVE)),
                        (gilscale(*run, "hold"), (USAGE,))):
        assert done.returncode in codes, done
        assert not raw(done.stdout) and not raw(done.stderr), done


def test_a_case_that_failed_in_one_of_the_files_is_no_partner(gilscale, compare, real):
    old, new = scaled(real, "old"), scaled(real, "new")
    for document in (old, new):
        case = copy.deepcopy(document["gilscale"]["cases"][0])
        case["label"] = case["workload"] = "second"
        document["gilscale"]["cases"].append(case)
    new["gilscale"]["cases"][1].update(points=[], verdict="failed",
                                       error={"kind": "exception", "message": "no", "details": ""})
    found = words(gilscale, compare, old, new, code=OK)
    assert set(found) == {"release/2000@1", "release/2000@2"}
    assert change_file(gilscale)["only_before"] == ["second@1", "second@2"]
