"""`gilscale report`: what its charts show is compared as data, its page by its structure; pictures are for eyes.

The result files are made of numbers; only one test measures.
"""

import copy
import dataclasses
import json
import os
import pty
import random
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from conftest import OK, QUICK, USAGE
from made_results import executors, fibonacci, made_case, made_document, many, write
from test_documents import blocks_of

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = Path(__file__).with_name("golden")
# The environment that runs these tests has what draws.
VENV = ("--venv", sys.prefix) if (Path(sys.prefix) / "pyvenv.cfg").exists() else ()

pytest.importorskip("jinja2", reason="Jinja2 is not installed here; run scripts/setup.sh")
pytest.importorskip("matplotlib", reason="matplotlib is not installed here; run scripts/setup.sh")
sys.path.insert(0, str(ROOT / "scripts"))

from gilscale_report import axes, charts, text  # noqa: E402
from gilscale_report.cli import main  # noqa: E402
from gilscale_report.results import ReportError, command_that_gets, read_results  # noqa: E402

HOSTILE = ["<script>alert(1)</script>", "$\\frac{1}{0}$ $x", "a\"onload='x' &amp; {{7*7}} {% raw %}",
           "control \x1b[31m \x00 \ud800 \u202e\n line", "漢字" * 30, "package." * 40]


def charts_of(tmp_path, document):
    return charts.charts_of(read_results([write(tmp_path / "results.json", document)]))


class Page(HTMLParser):
    """What a page consists of: the start tags, and the text of those that matter for its structure."""

    TOLD = {"title", "h1", "h2", "h3", "li", "caption", "th", "td", "dt", "dd", "summary", "figcaption", "text", "pre"}

    def __init__(self, source):
        super().__init__(convert_charrefs=True)
        self.tags, self.outline, self.scripts = [], [], []
        self._open, self._last = [], None
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append((tag, attributes))
        if tag == "svg" and "role" in attributes:
            self.outline.append(["chart", attributes["aria-label"]])
        if tag in self.TOLD:
            self._open.append(tag)
            self.outline.append([tag, ""])
        if tag == "script":
            self.scripts.append("")
        self._last = tag

    def handle_endtag(self, tag):
        if self._open and self._open[-1] == tag:
            self._open.pop()
        self._last = None

    def handle_data(self, data):
        if self._last == "script":
            self.scripts[-1] += data
        elif self._open and data.strip():
            self.outline[-1][1] = " ".join((self.outline[-1][1] + " " + data).split())

    def texts(self, tag):
        return [told for name, told in self.outline if name == tag]


def page_of(tmp_path, *documents):
    """The page that the package makes of these documents."""
    paths = [str(write(tmp_path / f"results{index}.json", document)) for index, document in enumerate(documents)]
    out = tmp_path / "report.html"
    assert main([*paths, "-o", str(out)]) == OK
    return Page(out.read_text(encoding="utf-8"))


def expect_golden(name, value):
    found = json.dumps(value, indent=1, ensure_ascii=False) + "\n"
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.mkdir(exist_ok=True)
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8"), f"{path}; UPDATE_GOLDEN=1 rewrites it"


def rounded(value):
    """Data as JSON, with floats to nine digits: the last bits are no matter."""
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    return [rounded(item) for item in value] if isinstance(value, (list, tuple)) else value


# ---- data ----


@pytest.mark.parametrize("name, make", [("fibonacci", fibonacci), ("executors", executors)])
def test_the_charts_of_a_fixed_file_have_the_golden_data(tmp_path, name, make):
    expect_golden(f"report.{name}.charts.json", rounded(dataclasses.asdict(charts_of(tmp_path, make()))))


def lines_of(panel, role):
    return [line for line in panel.lines if line.role == role]


def test_the_bound_bends_where_the_gil_saturates(tmp_path):
    """Half a call holds the GIL: two threads' work at most, and more threads than two do not help."""
    panel = charts_of(tmp_path, made_document([made_case("half", (1, 2, 4), demand=0.4)])).scaling.panels[0]
    bound, = lines_of(panel, "bound")
    assert [(dot.x, dot.y) for dot in bound.dots] == [(1, 1), (2, 2), (2.5, 2.5), (4, 2.5)]


def test_there_is_no_bound_where_the_gil_would_not_limit_these_threads(tmp_path):
    document = made_document([made_case("free", (1, 2, 4), demand=0.0), made_case("nearly", (1, 2, 4), demand=0.1)])
    assert not [line for panel in charts_of(tmp_path, document).scaling.panels for line in lines_of(panel, "bound")]


def test_an_axis_becomes_logarithmic_from_twentyfold_on(tmp_path):
    def log(slowest):
        made = charts_of(tmp_path, made_document([made_case("a", (1,), 0.001), made_case("b", (1,), slowest)]))
        return made.single.log, made.time.log
    assert log(0.019) == (False, False)
    assert log(0.021) == (True, True)


@pytest.mark.parametrize("computes, remarks", [(True, ["2 times", "the fastest"]), (False, ["the fastest", "the fastest"])])
def test_single_calls_compare_at_one_speed_of_the_machine(tmp_path, computes, remarks):
    """The machine was half as fast for the second; what sleeps does not mind."""
    document = made_document([made_case("a", (1,), 0.001), made_case("b", (1,), 0.001)])
    for case, control_s in zip(document["gilscale"]["cases"], (1e-6, 2e-6)):
        cost = {"waiting_s": 0, "computing_calls": 0.001 / control_s} if computes else {"waiting_s": 0.001, "computing_calls": 0}
        case["points"][0].update(single_cost=cost, control_call_s=control_s)
    assert [bar.remark for bar in charts_of(tmp_path, document).single.bars] == remarks


def in_turns(factor):
    """Two cases that took turns, of which the second takes `factor` times as long; by themselves, they look alike."""
    document = made_document([made_case("a", (1,), 0.001), made_case("b", (1,), 0.001)])
    document["gilscale"]["comparisons"]["single_thread"] = [
        {"label": "a", "call_s": 0.002, "relative": {"estimate": 1, "low": 1, "high": 1}},
        {"label": "b", "call_s": 0.002 * factor, "relative": {"estimate": factor, "low": 0.9 * factor, "high": None}}]
    return document


def test_single_calls_of_cases_that_took_turns_compare_by_the_same_moments(tmp_path):
    first, second = charts_of(tmp_path, in_turns(3)).single.bars
    assert [first.remark, second.remark] == ["the fastest", "3 times"]
    assert (first.value, second.value) == pytest.approx((0.002, 0.006))
    assert second.low == pytest.approx(0.0054) and second.high is None


@pytest.mark.parametrize("entry", [{"relative": 3.0}, {"relative": {"estimate": None}}, {"call_s": 0}, {"label": "another"}],
                         ids=["of an earlier version", "without an estimate", "without a time", "of another case"])
def test_single_calls_without_a_comparison_are_the_cases_own(tmp_path, entry):
    document = in_turns(3)
    document["gilscale"]["comparisons"]["single_thread"][1].update(entry)
    assert [bar.value for bar in charts_of(tmp_path, document).single.bars] == pytest.approx([0.001, 0.001])


def test_cases_of_one_label_are_lines_of_one_panel_named_by_what_differs(tmp_path):
    scaling = charts_of(tmp_path, executors()).scaling
    panel, = scaling.panels
    assert [line.label for line in lines_of(panel, "measured")] == ["threads", "pool", "processes"]
    assert len({line.style for line in lines_of(panel, "measured")}) == 3


def test_an_old_version_keeps_its_own_times(tmp_path):
    """What is said of calls in turns is said of the new version only; both have the same name."""
    document = made_document([made_case("f", call_s=0.002, name="f")], against=[made_case("f", call_s=0.008, name="f")])
    document["gilscale"]["comparisons"]["single_thread"] = [
        {"label": "f", "call_s": 0.002, "relative": {"estimate": 1.0, "low": 1.0, "high": 1.0}}]
    bars = {bar.label: bar.value for bar in charts_of(tmp_path, document).single.bars}
    assert sorted(bars.values()) == pytest.approx([0.002, 0.008]), bars
    assert bars["f (old version)"] == pytest.approx(0.008)


def test_several_pythons_stand_side_by_side(tmp_path):
    cases = [made_case("f", interpreter=name, name=f"f ({name})", verdict=verdict)
             for name, verdict in (("3.12", "gil-bound"), ("3.13t", "parallel"))]
    document = made_document(cases)
    cell = {"speedup": {"estimate": 1.96, "low": None, "high": None}, "single_relative": {"estimate": 1.4, "low": 1, "high": 2},
            "verdict": "parallel"}
    document["gilscale"]["comparisons"]["pythons"] = {"columns": ["3.12", "3.13t"],
                                                      "rows": [{"label": "f", "threads": 4, "cells": [None, cell]}]}
    assert [case.name for case in read_results([write(tmp_path / "a.json", document)]).cases] == ["f (3.12)", "f (3.13t)"]
    page = page_of(tmp_path, document)
    assert "Pythons side by side" in page.texts("h2")
    for text in ("1.96 parallel", "1.4"):
        assert text in page.texts("td"), page.texts("td")
    document["gilscale"]["comparisons"]["pythons"] = {"columns": ["3.12"], "rows": []}
    assert "Pythons side by side" not in page_of(tmp_path, document).texts("h2")


def test_two_files_are_told_apart_by_their_names_and_interpreters_by_their_versions(tmp_path):
    first = write(tmp_path / "monday.json", fibonacci())
    second = write(tmp_path / "friday.json", fibonacci())
    names = [case.name for case in read_results([first, second]).cases]
    assert "py_fib/30 (monday.json)" in names and "py_fib/30 (friday.json)" in names
    newer = fibonacci()
    for case in newer["gilscale"]["cases"]:
        case["python"].update(version="3.14.0", build="free-threaded")
    names = [case.name for case in read_results([first, write(second, newer)]).cases]
    assert "py_fib/30 (Python 3.13.1)" in names and "py_fib/30 (Python 3.14.0 free-threaded, GIL on)" in names


def test_the_same_case_twice_still_has_two_names(tmp_path):
    names = [case.name for case in read_results([write(tmp_path / "r.json", made_document([made_case("f")] * 3))]).cases]
    assert names == ["f", "f (no. 2)", "f (no. 3)"]


def with_few_samples(document, threads):
    """The document without intervals at these thread counts."""
    for point in document["gilscale"]["cases"][0]["points"]:
        if point["threads"] in threads:
            for figure in point.values():
                if isinstance(figure, dict) and "estimate" in figure:
                    figure.update(low=None, high=None)
    return document


def test_a_figure_without_an_interval_has_a_hollow_mark(tmp_path):
    document = with_few_samples(fibonacci(), {8})
    drawn = charts_of(tmp_path, document)
    measured, = lines_of(drawn.scaling.panels[0], "measured")
    assert [dot.bounded for dot in measured.dots] == [True, True, True, False]
    assert [dot.text.endswith(charts.TOO_FEW) for dot in measured.dots] == [False, False, False, True]
    classes = [attributes.get("class", "").split()[:1] for tag, attributes in page_of(tmp_path, document).tags if tag == "path"]
    assert classes.count(["hole"]) == 4, "one in each of two charts, and in their legends"
    main([str(tmp_path / "results.json"), "-o", str(tmp_path / "out.svg"), "--chart", "time"])
    assert charts.TOO_FEW in Page((tmp_path / "out.svg").read_text(encoding="utf-8")).texts("text")


def test_hollow_marks_are_explained_only_where_there_are_some(tmp_path):
    assert charts.TOO_FEW not in page_of(tmp_path, fibonacci()).texts("li")
    assert charts.TOO_FEW in page_of(tmp_path, with_few_samples(fibonacci(), {1})).texts("li")
    main([str(write(tmp_path / "results.json", fibonacci())), "-o", str(tmp_path / "out.svg"), "--chart", "scaling"])
    assert charts.TOO_FEW not in Page((tmp_path / "out.svg").read_text(encoding="utf-8")).texts("text")


def test_a_chart_never_has_more_lines_than_can_be_told_apart(tmp_path):
    time = charts_of(tmp_path, many(cases=50, threads=3)).time
    assert max(len(panel.lines) for panel in time.panels) <= charts.LINES_AT_MOST
    assert sum(len(panel.lines) for panel in time.panels) == 50
    for panel in time.panels:
        assert len({line.style for line in panel.lines}) == len(panel.lines)


@pytest.mark.parametrize("counts", [[1], [1, 2, 3, 4, 5], list(range(1, 25)), [1, 2, 4, 8, 16, 32, 64, 128, 256]])
def test_tick_labels_do_not_collide(counts):
    axis = axes.Axis(counts[0] - (len(counts) == 1), counts[-1] + (len(counts) == 1), 0, 300)
    kept = axes.spaced(counts, axis, lambda value: 10 + 7.5 * len(str(value)))
    places = [axis.place(value) for value in kept]
    assert counts[-1] in kept
    assert all(right - left >= 17 for left, right in zip(places, places[1:]))


@pytest.mark.parametrize("high", [1e-9, 0.003, 0.99, 1, 2.16, 24, 999, 1e9])
def test_ticks_are_few_and_reach_the_top(high):
    ticks = axes.nice_ticks(high)
    assert 3 <= len(ticks) <= 7 and ticks[0] == 0 and high * 0.6 <= ticks[-1] <= high * 1.0001
    assert 1 <= len(axes.log_ticks(high, high * 30)) <= 8


def test_figures_are_written_as_people_write_them():
    assert [text.duration(value) for value in (0, 1.5e-8, 0.0125, 3, None)] == ["0", "15 ns", "12.5 ms", "3 s", ""]
    assert [text.significant(value) for value in (0, 1.944, 1234.5, 0.05)] == ["0", "1.94", "1230", "0.05"]
    assert [text.rate(value) for value in (940, 25000, 2.5e6)] == ["940", "25k", "2.5M"]


def test_long_names_lose_their_middle_and_stay_different():
    names = text.abridged_names(["n" * 99 + "a" + "n" * 99, "n" * 99 + "b" + "n" * 99, "short", "漢" * 99], 20)
    assert len(set(names)) == 4 and all(text.columns(name) <= 20 for name in names)


def test_the_stack_of_each_point_is_a_bar_of_its_parts(tmp_path):
    case = made_case("f", (1, 2), demand=1.0)
    case["points"][1]["stack"].update(gil_wait=1.25, no_cpu=-0.25)
    chart = charts_of(tmp_path, made_document([case])).stack
    row, = chart.panels[0].rows
    assert row.label == "f, 2 threads" and row.text == "achieved 1.00, GIL 1.25, no CPU -0.25"
    assert row.shares[:2] == pytest.approx([1 / 2.25, 1.25 / 2.25]) and sum(row.shares) == pytest.approx(1)
    assert len(row.shares) == len(chart.parts) == 8


def test_what_would_help_and_what_a_bystander_waits_stand_on_the_page(tmp_path):
    case = made_case("f", (1, 2), demand=1.0)
    case["points"][0]["remedies"] = ["of one thread"]
    case["points"][1].update(remedies=["with two in place of <one>, 2 threads would do more"],
                             bystander_s={"p50": 0.0012, "p99": 0.015, "max": 0.25})
    page = page_of(tmp_path, made_document([case]))
    assert {"What would help", "What a thread beside waits for the GIL"} < set(page.texts("h2"))
    cells = page.texts("td")
    assert "with two in place of <one>, 2 threads would do more" in cells and "of one thread" not in cells
    where = cells.index("1.2 ms")
    assert cells[where - 1:where + 3] == ["2", "1.2 ms", "15 ms", "250 ms"]
    page = page_of(tmp_path, made_document([made_case("f", (1, 2))]))
    assert not {"What would help", "What a thread beside waits for the GIL"} & set(page.texts("h2"))


def test_there_is_no_stack_where_no_point_has_one(tmp_path):
    assert charts_of(tmp_path, made_document([made_case("f", (1, 2))])).stack is None


# ---- the page ----


@pytest.mark.parametrize("name, make", [("fibonacci", fibonacci), ("executors", executors)])
def test_the_page_of_a_fixed_file_has_the_golden_structure(tmp_path, name, make):
    expect_golden(f"report.{name}.page.json", page_of(tmp_path, make()).outline)


FETCHING = {"src", "href", "srcset", "data", "action", "formaction", "poster", "background", "xlink:href", "ping"}


def assert_self_contained(page):
    for tag, attributes in page.tags:
        assert tag not in ("link", "iframe", "object", "embed", "img", "image", "base", "form", "use"), tag
        assert not FETCHING & set(attributes), (tag, attributes)
        assert not any(name.startswith("on") for name in attributes), attributes
    assert len(page.scripts) == 1


def test_the_page_fetches_nothing(tmp_path):
    for document in (fibonacci(), executors()):
        assert_self_contained(page_of(tmp_path, document))
        source = (tmp_path / "report.html").read_text()
        assert "@import" not in source and "url(" not in source and "://" not in source


def test_every_chart_has_words_and_a_table(tmp_path):
    page = page_of(tmp_path, executors())
    drawn = [attributes for tag, attributes in page.tags if tag == "svg" and "chart" in attributes.get("class", "")]
    assert len(drawn) >= 6
    assert all(chart["role"] == "img" and chart["aria-label"] for chart in drawn)
    assert [tag for tag, _ in page.tags].count("table") >= 4


def test_names_stay_text(tmp_path):
    cases = [made_case(name, (1, 2, 4), demand=0.3, verdict="partial", why=name) for name in HOSTILE]
    for case in cases:
        case["error"] = {"kind": "exception", "message": case["label"], "details": case["label"]}
        case["findings"] = [{"id": "x", "what": case["label"], "remedy": case["label"], "serious": True}]
        case["executor"] = case["label"]
    document = made_document(cases)
    document["context"].update(command=HOSTILE, host_name=HOSTILE[0], mine=HOSTILE[0], date=HOSTILE[0])
    page = page_of(tmp_path, document)
    assert_self_contained(page)
    assert sum("<script>alert(1)</script>" in told for told in page.texts("h3")) == 2
    assert "alert" not in page.scripts[0]
    source = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert not set(source) & set("\x00\x1b\ud800\u202e")
    for chart in ("scaling", "time", "single", "gil"):
        assert main([str(tmp_path / "results0.json"), "-o", str(tmp_path / "hostile.svg"), "--chart", chart]) == OK
        assert "<script" not in (tmp_path / "hostile.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["report", "gated", "compared", "empty"])
def test_what_gilscale_writes_is_drawn(tmp_path, name):
    """The golden files of the JSON format: failures, expectations, changes, names that mean harm."""
    golden = ROOT / f"tests/unit/golden/{name}.json.txt"
    out = tmp_path / "report.html"
    code = main([str(golden), "-o", str(out)])
    if name in ("empty", "compared"):
        assert code in (OK, USAGE)
        return
    assert code == OK
    page = Page(out.read_text(encoding="utf-8"))
    assert_self_contained(page)
    headings = page.texts("h2")
    assert ("What was expected" in headings) == (name == "gated")
    assert any(heading.startswith("What changed") for heading in headings) == (name == "gated")


def test_a_large_report_stays_small(tmp_path):
    page_of(tmp_path, many(cases=50, threads=24))
    assert (tmp_path / "report.html").stat().st_size < 2_000_000


@pytest.mark.parametrize("counts", [(1,), (4,), (1, 2, 3, 4, 5), tuple(range(1, 25))])
@pytest.mark.parametrize("cases", [1, 12])
@pytest.mark.parametrize("form", ["html", "svg", "png"])
def test_any_number_of_threads_and_cases_is_drawn(tmp_path, counts, cases, form):
    document = made_document([made_case(f"workload{index}" + "_long" * 9 * index, counts, 0.001 * 4**index, demand=index / 12)
                              for index in range(cases)])
    path = write(tmp_path / "results.json", document)
    for chart in [[]] if form == "html" else [["--chart", chart] for chart in ("scaling", "time", "single", "gil")]:
        out = tmp_path / f"out.{form}"
        assert main([str(path), "-o", str(out), *chart]) == OK
        assert out.stat().st_size > 5000


# ---- single pictures ----


def test_a_picture_is_the_same_each_time_and_its_text_is_text(tmp_path):
    path = write(tmp_path / "results.json", fibonacci())
    drawn = []
    for name in ("a.svg", "b.svg"):
        assert main([str(path), "-o", str(tmp_path / name), "--chart", "time"]) == OK
        drawn.append((tmp_path / name).read_text(encoding="utf-8"))
    assert drawn[0] == drawn[1]
    assert ">cpp_fib_nogil/30</text>" in drawn[0]
    assert "Time of a round against threads: py_fib/30" in drawn[0], "told in words as well"


def test_a_name_of_two_lines_makes_a_message_of_one(gilscale, tmp_path):
    assert "two lines" in refused(gilscale, tmp_path / "two\nlines.json", "-o", tmp_path / "out.html")


def test_a_result_file_is_not_overwritten(gilscale, tmp_path):
    path = write(tmp_path / "results.html", fibonacci())
    (tmp_path / "link.html").symlink_to(path)
    for out in (path, tmp_path / "link.html"):
        assert "is one of the result files" in refused(gilscale, path, "-o", out)
    assert json.loads(path.read_text()) == fibonacci()


def test_bars_have_their_whole_names(tmp_path):
    names = [f"{executor} of a module with a long name" for executor in ("processes", "interpreters")]
    page = page_of(tmp_path, made_document([made_case(name) for name in names]))
    assert set(names) <= set(page.texts("text"))


def test_a_bar_of_too_few_samples_says_so(tmp_path):
    single = charts_of(tmp_path, with_few_samples(fibonacci(), {1})).single
    assert [bar.text.endswith(charts.TOO_FEW) for bar in single.bars] == [True, False, False, False]


def test_parameters_have_their_values_and_intervals(tmp_path):
    speedups = [{"estimate": 0.5, "low": 0.4, "high": 0.6}, {"estimate": 1.5, "low": None, "high": None}]
    curve = {"label": "f", "parameter": "level", "threads": 2, "values": [1.0, 4096.0], "speedups": speedups, "break_even": None}
    document = fibonacci()
    document["gilscale"]["comparisons"]["parameters"] = [curve]
    cells = page_of(tmp_path, document).texts("td")
    assert {"level = 1", "level = 4096", "0.5 [0.4, 0.6]", "1.5"} <= set(cells)


def test_titles_of_panels_stay_different(tmp_path):
    names = ["package." * 9 + middle + ".function" * 9 for middle in ("parse", "write", "flush")]
    path = write(tmp_path / "results.json", made_document([made_case(name) for name in names]))
    assert main([str(path), "-o", str(tmp_path / "out.svg"), "--chart", "scaling"]) == OK
    texts = Page((tmp_path / "out.svg").read_text(encoding="utf-8")).texts("text")
    assert len({told for told in texts if told.startswith("package.")}) == 3


def test_a_picture_is_of_the_chosen_chart(tmp_path):
    path = write(tmp_path / "results.json", fibonacci())
    for chart, title in (("scaling", "How it scales"), ("single", "One call on one thread"), ("gil", "GIL held and released"), ("stack", "Where the speedup went")):
        assert main([str(path), "-o", str(tmp_path / "out.svg"), "--chart", chart]) == OK
        assert title in (tmp_path / "out.svg").read_text(encoding="utf-8")
    assert main([str(path), "-o", str(tmp_path / "out.png")]) == OK
    assert (tmp_path / "out.png").read_bytes().startswith(b"\x89PNG")


# ---- what goes wrong ----


def refused(gilscale, *args, **env):
    done = gilscale("report", *map(str, args), **env)
    assert done.returncode == USAGE, done
    assert done.stderr.count("\n") == 1 and done.stderr.startswith("gilscale: "), done.stderr
    assert done.stdout == ""
    return done.stderr


@pytest.fixture
def results(tmp_path):
    return write(tmp_path / "results.json", fibonacci())


def test_a_file_that_is_none_of_ours_is_refused_by_name(gilscale, tmp_path):
    bad = tmp_path / "bad.json"
    for content in (b"", b"{", b"\xff\xfe", b"[]", b"{}", b'{"gilscale": 3}', b'{"gilscale": {"schema": 2}}', b"[" * 100_000,
                    b'{"gilscale": {"cases": [{"points": 3}]}}', b'{"gilscale": {"cases": []}}'):
        bad.write_bytes(content)
        assert "bad.json" in refused(gilscale, bad, "-o", tmp_path / "out.html")
    assert "missing.json" in refused(gilscale, tmp_path / "missing.json", "-o", tmp_path / "out.html")
    assert not (tmp_path / "out.html").exists()


def test_a_damaged_file_ends_with_a_message_and_never_with_a_traceback(tmp_path, capsys):
    """Values of other kinds at random places, reproducibly."""
    chance = random.Random(20260101)
    values = [None, True, -1, 0, 1e308, float("nan"), "text", [], {}, [None], {"estimate": "x"}]

    def containers(node):
        if isinstance(node, (dict, list)):
            yield node
            for child in node.values() if isinstance(node, dict) else node:
                yield from containers(child)

    for base in (fibonacci((1, 2)), executors()):
        for _ in range(150):
            document = copy.deepcopy(base)
            for _ in range(chance.choice([1, 3])):
                node = chance.choice([node for node in containers(document) if node])
                key = chance.choice(list(node)) if isinstance(node, dict) else chance.randrange(len(node))
                node[key] = chance.choice(values)
            path = write(tmp_path / "damaged.json", document)
            code = main([str(path), "-o", str(tmp_path / "out.html")])
            said = capsys.readouterr().err
            assert (code, said) == (OK, "") or (code == USAGE and said.startswith("gilscale: ")), said


def test_what_cannot_be_written_is_said(gilscale, tmp_path, results):
    assert "'" + str(tmp_path / "gone" / "out.html") in refused(gilscale, results, "-o", tmp_path / "gone" / "out.html")
    assert ".html, .svg, .png" in refused(gilscale, results, "-o", tmp_path / "out.pdf")
    assert "--chart" in refused(gilscale, results, "-o", tmp_path / "out.html", "--chart", "time")
    assert "--chart" in refused(gilscale, results, "-o", tmp_path / "out.svg", "--chart", "pie")
    assert "--out" in refused(gilscale, results)
    (tmp_path / "folder.html").mkdir()
    for folder in (tmp_path / "folder.html", f"{tmp_path}/new.html/"):
        assert f"'{folder}': it is a folder" in refused(gilscale, results, "-o", folder)
    assert not (tmp_path / "new.html").exists()


def test_a_link_to_the_picture_stays_a_link(gilscale, tmp_path, results):
    (tmp_path / "elsewhere").mkdir()
    link, target = tmp_path / "link.html", tmp_path / "elsewhere/report.html"
    link.symlink_to(target)
    for _ in ("made", "replaced"):
        done = gilscale("report", str(results), "-o", str(link))
        assert (done.returncode, done.stderr) == (OK, "")
    assert link.is_symlink() and target.read_text().startswith("<!DOCTYPE html>")
    assert [path.name for path in target.parent.iterdir()] == ["report.html"]


def test_a_chart_without_anything_in_it_is_refused(gilscale, tmp_path):
    case = made_case("native", executor="native")
    for point in case["points"]:
        point["gil_demand"] = None
    path = write(tmp_path / "results.json", made_document([case]))
    assert "gil" in refused(gilscale, path, "-o", tmp_path / "out.svg", "--chart", "gil")


def test_a_missing_package_is_named_with_the_command_that_gets_it(gilscale, tmp_path, results):
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "bare")], check=True)
    assert "Jinja2 is not installed for" in (said := refused(gilscale, results, "-o", tmp_path / "out.html", "--venv",
                                                             tmp_path / "bare"))
    assert "bare/bin/python -m pip install jinja2" in said
    assert "pip install matplotlib" in refused(gilscale, results, "-o", tmp_path / "out.svg", "--venv", tmp_path / "bare")


@pytest.mark.parametrize("is_managed, command", [(True, "apt-get install python3-jinja2"),
                                                 (False, f"{sys.executable} -m pip install jinja2")])
def test_what_debian_s_own_python_lacks_comes_from_debian(monkeypatch, tmp_path, is_managed, command):
    if is_managed:
        (tmp_path / "EXTERNALLY-MANAGED").touch()
    monkeypatch.setattr("sys.prefix", sys.base_prefix)
    monkeypatch.setattr("sysconfig.get_path", lambda name: str(tmp_path))
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    assert command_that_gets("Jinja2") == command


def test_a_broken_package_is_named(gilscale, tmp_path, results):
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "bare")], check=True)
    packages, = (tmp_path / "bare/lib").glob("python*/site-packages")
    for name, out in (("jinja2", "out.html"), ("matplotlib", "out.svg")):
        (packages / f"{name}.py").write_text("raise RuntimeError('built for another Python')\n")
        said = refused(gilscale, results, "-o", tmp_path / out, "--venv", tmp_path / "bare")
        assert "does not load (RuntimeError: built for another Python)" in said and "--venv DIR" in said


def test_the_variables_of_the_measured_python_do_not_matter(gilscale, tmp_path, results):
    done = gilscale("report", results, "-o", "report.html", *VENV, PYTHONHOME="/nowhere", PYTHONPATH=str(tmp_path))
    assert (done.returncode, done.stderr) == (OK, "")


# ---- the executable ----


@pytest.mark.usefixtures("with_gil")
def test_the_executable_draws_what_it_measured(gilscale, tmp_path):
    """One thread holds what two could have together."""
    path = tmp_path / "results.json"
    measured = gilscale("run", "release", "hold", "--args", "(2000,)", "-t1,2", "--budget", "1", "--json", str(path))
    assert measured.returncode == OK, measured
    done = gilscale("report", str(path), "-o", "report.html", *VENV)
    assert (done.returncode, done.stdout, done.stderr) == (OK, "", "")
    page = Page((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert_self_contained(page)
    assert page.texts("h1") == ["How 2 workloads scale"]
    assert {"release/2000", "hold/2000"} <= set(page.texts("h3"))
    command = page.texts("dd")[page.texts("dt").index("command")]
    assert command == f"gilscale run release hold --args '(2000,)' -t1,2 --budget 1 --json {path}"
    made = charts.charts_of(read_results([path]))
    shares = {row.label: row.shares[0] for row in made.gil.panels[0].rows}
    assert shares["release/2000"] < 0.5 < shares["hold/2000"]


def test_files_whose_names_look_like_options_or_are_no_utf8_are_read(gilscale, tmp_path):
    write(tmp_path / "-o", fibonacci())
    assert gilscale("report", "--out", "a.html", *VENV, "--", "-o").returncode == OK
    odd = os.fsdecode(b"r\xff.json")
    write(tmp_path / odd, fibonacci())
    assert gilscale("report", odd, "-o", "b.html", *VENV).returncode == OK
    assert (tmp_path / "a.html").exists() and (tmp_path / "b.html").exists()


def test_the_command_stands_in_the_result_file(gilscale):
    context = gilscale.json("run", "hold", "--args=(100,)", *QUICK, "-t1")["context"]
    assert context["command"][:3] == ["gilscale", "run", "hold"]


def on_a_terminal(gilscale, *args, **env):
    """What a run prints to a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([gilscale.executable, *args], cwd=gilscale.folder, env=gilscale.environment(**env),
                               stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.DEVNULL)
    os.close(theirs)
    shown = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        shown += part
    os.close(ours)
    assert process.wait(timeout=60) == OK
    return shown.decode()


def test_a_chart_follows_the_table_on_a_terminal_only(gilscale):
    run = ("run", "release", "--args=(5000,)", *QUICK, "-t1,2")
    unicode = on_a_terminal(gilscale, *run, LC_ALL="C.UTF-8", NO_COLOR="1")
    assert "│ what was achievable" in unicode and "release/5000" in unicode.split("achievable")[-1]
    plain = on_a_terminal(gilscale, *run, LC_ALL="C", NO_COLOR="1")
    chart = plain[plain.index("| what was achievable"):]
    assert re.search(r"(?m)^release/5000 +2   -", chart) and "- too few samples" in chart and chart.isascii()
    assert "achievable\r\n" not in on_a_terminal(gilscale, *run, "--no-chart")
    assert "what was" not in on_a_terminal(gilscale, *run, "--benchmark_format=console")
    assert "| what was" not in gilscale(*run).stdout and "│" not in gilscale(*run).stdout


# ---- a browser ----


@pytest.fixture
def browser():
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        pytest.skip("there is no Chromium here")

    def dump(path, *flags):
        done = subprocess.run([found, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--virtual-time-budget=2000",
                               "--enable-logging=stderr", "--v=0", f"--user-data-dir={path.parent}/profile", *flags,
                               path.as_uri()], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode(), done.stderr.decode()

    return dump


def test_a_browser_shows_the_page_without_a_complaint(tmp_path, browser):
    page_of(tmp_path, made_document([made_case("<script>alert(1)</script>", (1, 2, 4), demand=0.4, verdict="partial")]))
    path = tmp_path / "report.html"
    # Looks as a reader would: points at a marker, and asks what the style sheet makes of light and dark.
    probe = """<script>
    var mark = document.querySelector(".dot[data-tip]"), tip = document.getElementById("tip");
    mark.dispatchEvent(new PointerEvent("pointerover", {bubbles: true, clientX: 10, clientY: 10}));
    document.body.dataset.hovered = tip.hidden ? "" : tip.textContent;
    document.body.dataset.back = getComputedStyle(document.body).backgroundColor;
    document.body.dataset.fetched = performance.getEntriesByType("resource").length;
    </script></body>"""
    path.write_text(path.read_text(encoding="utf-8").replace("</body>", probe), encoding="utf-8")
    light, complaints = browser(path, "--dump-dom")
    assert "CONSOLE" not in complaints
    body = dict(next(attributes for tag, attributes in Page(light).tags if tag == "body"))
    assert body["data-hovered"] == "<script>alert(1)</script>, 1 thread: 1 [0.97, 1.03]"
    assert body["data-fetched"] == "0"
    dark, _ = browser(path, "--dump-dom", "--blink-settings=preferredColorScheme=0")
    assert dict(next(attributes for tag, attributes in Page(dark).tags if tag == "body"))["data-back"] != body["data-back"]


def test_reading_says_what_it_expected(tmp_path):
    document = fibonacci()
    document["gilscale"]["cases"][1]["points"][0]["threads"] = "many"
    with pytest.raises(ReportError, match=r"gilscale\.cases\[1\]\.points\[0\]\.threads is not a whole number"):
        read_results([write(tmp_path / "r.json", document)])


def test_the_snippet_of_the_document_loads_results_into_pandas(tmp_path):
    pytest.importorskip("pandas", reason="pandas is not installed here")
    snippet, = [block.text for block in blocks_of((ROOT / "docs/report.md").read_text(encoding="utf-8"))
                if block.language == "python"]
    write(tmp_path / "result.json", fibonacci())
    done = subprocess.run([sys.executable, "-c", snippet], cwd=tmp_path, stdout=subprocess.PIPE, check=True)
    assert "cpp_fib_nogil/30" in done.stdout.decode()


@pytest.mark.parametrize("chart", ["single", "time", "scaling"])
def test_the_pictures_of_the_documents_are_those_of_the_kept_results(tmp_path, chart):
    """By their text: how versions of matplotlib place it is no matter."""
    def told(path):
        return sorted(Page(path.read_text(encoding="utf-8")).texts("text"))
    assert main([str(ROOT / "docs/experiment.json"), "-o", str(tmp_path / "new.svg"), "--chart", chart]) == OK
    assert told(tmp_path / "new.svg") == told(ROOT / f"docs/experiment-{chart}.svg") != []
