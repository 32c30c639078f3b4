"""Reads result files (docs/results.md) into a few types that hold what charts and tables show."""

from __future__ import annotations

import json
import math
import shutil
import sys
import sysconfig
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median


def command_that_gets(package):
    """For this Python. Debian keeps pip out of its own."""
    marker = Path(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED")
    if sys.prefix == sys.base_prefix and marker.exists() and shutil.which("apt-get"):
        return f"apt-get install python3-{package.lower()}"
    return f"{sys.executable} -m pip install {package.lower()}"


class ReportError(Exception):
    """Something the user can put right: its text says what and how."""

    @classmethod
    def of_import(cls, package, error):
        """For a package that is not there, or is there and does not load."""
        if isinstance(error, ModuleNotFoundError) and error.name == package.lower():
            return cls(f"{package} is not installed for {sys.executable}; get it with: {command_that_gets(package)}")
        return cls(f"{package} of {sys.executable} does not load ({type(error).__name__}: {error}); "
                   "name another environment with --venv DIR")


class Interval:
    """What has the ends `low` and `high`; an end is None where there were too few samples to bound it."""

    @property
    def bounded(self):
        """Whether there were samples enough for an interval."""
        return self.low is not None and self.high is not None


@dataclass(frozen=True)
class Estimate(Interval):
    """A figure with its interval."""

    value: float | None
    low: float | None = None
    high: float | None = None

    @classmethod
    def of(cls, figure):
        """Of the form that figures have in a result file; without a value where there is none."""
        figure = figure or {}
        return cls(figure.get("estimate"), figure.get("low"), figure.get("high"))


@dataclass(frozen=True)
class TimeShares:
    """Where the time of a round's threads went; the shares add up to 1."""

    cpu: float
    runnable: float
    blocked: float


@dataclass(frozen=True)
class CallCost:
    """What a call on one thread costs whatever the machine's speed is."""

    waiting_s: float
    computing_calls: float  # of the control, that take as long as it computes

    def at_speed(self, control_s):
        """What it takes while the machine is as fast as it is when the control takes that."""
        return self.waiting_s + self.computing_calls * control_s


STACK_KEYS = ("achieved", "gil_wait", "lock_wait", "io_wait", "no_cpu", "slower_on_cpu", "imbalance", "other")


@dataclass(frozen=True)
class Point:
    threads: int
    call_s: Estimate | None  # one call, as each thread of the round sees it
    single_call_s: Estimate | None
    throughput_per_s: Estimate | None
    speedup: Estimate | None
    capacity: Estimate | None
    relative_efficiency: Estimate | None
    single_cost: CallCost | None
    control_call_s: float | None  # one call of the control beside it
    gil_demand: float | None
    stack: dict | None  # the parts of the speedup stack by their keys, in threads' worth
    remedies: tuple  # what would help, as sentences
    bystander: dict | None  # "p50", "p99", "max": what a thread beside waits for the GIL, in seconds
    time: TimeShares | None
    rounds: int
    oversubscribed: bool


@dataclass(frozen=True)
class Case:
    label: str
    executor: str
    scaling: str
    share: str
    pinned: bool
    title: str  # as gilscale's own tables name it
    place: str  # where it was measured, with --launcher
    interpreter: str  # how its Python is told apart from others: "3.13t"
    python: dict
    gil: dict
    gil_demand: float | None  # the share of a call for which the GIL that all threads share is held
    verdict: str
    why: str
    error: dict | None
    findings: list
    points: list[Point]
    version: str = ""  # which of two that were measured in turns
    source: str = ""  # the file that it stands in
    name: str = ""  # told apart from all other cases
    variant: str = ""  # told apart from those of the same label; empty if there are none


@dataclass(frozen=True)
class Document:
    """One result file."""

    source: str
    version: str
    context: dict
    comparisons: dict
    checks: list
    changes: dict | None


@dataclass
class Results:
    documents: list[Document] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)


class _Node:
    """A part of a document that knows where it stands, for messages."""

    def __init__(self, value, place, source):
        self.value, self.place, self.source = value, place, source

    def fail(self, expected):
        raise ReportError(f"{self.source}: {self.place} is not {expected}; was the file changed by hand? "
                          "`gilscale run --json FILE` writes a new one")

    def get(self, key, kind, default):
        """The member of that kind; `default` where it is missing or null."""
        value = self.value.get(key)
        if value is None:
            return default
        node = _Node(value, f"{self.place}.{key}", self.source)
        if kind is float:
            return node.number()
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            node.fail({str: "a string", dict: "an object", list: "an array", bool: "true or false",
                       int: "a whole number"}[kind])
        return value

    def number(self):
        if isinstance(self.value, bool) or not isinstance(self.value, (int, float)):
            self.fail("a number")
        try:
            number = float(self.value)
        except OverflowError:
            return None
        return number if math.isfinite(number) and abs(number) < 1e300 else None

    def child(self, key):
        return _Node(self.get(key, dict, {}), f"{self.place}.{key}", self.source)

    def children(self, key):
        for index, value in enumerate(self.get(key, list, [])):
            node = _Node(value, f"{self.place}.{key}[{index}]", self.source)
            if not isinstance(value, dict):
                node.fail("an object")
            yield node

    def estimate(self, key):
        """None where there is no such figure."""
        node = self.child(key)
        value = node.get("estimate", float, None)
        return None if value is None else Estimate(value, node.get("low", float, None), node.get("high", float, None))


def _time(node):
    if not node.value:
        return None
    shares = [min(max(node.get(key, float, 0.0) or 0.0, 0.0), 1.0) for key in ("cpu", "runnable", "blocked")]
    total = sum(shares)
    return TimeShares(*(share / total for share in shares)) if total > 0 else None


def _cost(point):
    node = point.child("single_cost")
    parts = [node.get(key, float, None) for key in ("waiting_s", "computing_calls")]
    if None not in parts:
        return CallCost(*parts)
    # Files of before gilscale wrote it there.
    call_s, share, control_s = (point.get(key, float, None) for key in ("undisturbed_call_s", "cpu_share", "control_call_s"))
    return CallCost(call_s * (1 - share), call_s * share / control_s) if call_s and share is not None and control_s else None


def _stack(node):
    parts = node.child("stack")
    found = {key: parts.get(key, float, None) for key in STACK_KEYS}
    return None if None in found.values() else found


BYSTANDER_KEYS = ("p50", "p99", "max")


def _bystander(node):
    waits = node.child("bystander_s")
    found = {key: waits.get(key, float, None) for key in BYSTANDER_KEYS}
    return None if None in found.values() else found


def _remedies(node):
    return tuple(text for text in node.get("remedies", list, []) if isinstance(text, str))


def _point(node):
    threads = node.get("threads", int, 0)
    if threads < 1:
        node.fail("a point with a number of threads")
    figures = {key: node.estimate(key) for key in
               ("call_s", "single_call_s", "throughput_per_s", "speedup", "capacity", "relative_efficiency")}
    numbers = {key: node.get(key, float, None) for key in
               ("gil_demand", "control_call_s")}
    return Point(threads=threads, time=_time(node.child("time")), stack=_stack(node), single_cost=_cost(node),
                 remedies=_remedies(node), bystander=_bystander(node),
                 rounds=node.get("rounds", int, 0), oversubscribed=node.get("oversubscribed", bool, False), **figures,
                 **numbers)


def _demand(node, points):
    gil = node.child("gil")
    if "demand" in gil.value:
        return gil.get("demand", float, None)
    # Files of before gilscale wrote it there.
    demands = [point.gil_demand for point in points if point.gil_demand is not None]
    return min(max(median(demands), 0.0), 1.0) if demands else None


def _case(node, version=""):
    points = {point.threads: point for point in map(_point, node.children("points"))}
    share = node.get("share", str, "all")
    return Case(label=node.get("label", str, node.get("workload", str, "?")), executor=node.get("executor", str, "threads"),
                scaling=node.get("scaling", str, "weak"), share=share, pinned=node.get("pinned", bool, False),
                title=node.get("name", str, ""), place=node.child("place").get("name", str, ""),
                interpreter=node.get("interpreter", str, ""),
                python=node.get("python", dict, {}), gil=node.get("gil", dict, {}),
                gil_demand=_demand(node, points.values()),
                verdict=node.get("verdict", str, ""), why=node.get("why", str, ""), error=node.get("error", dict, None),
                findings=[child.value for child in node.children("findings")],
                points=[point for _, point in sorted(points.items()) if point.rounds > 0], version=version,
                source=node.source)


def _text_of(path):
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise ReportError(f"cannot read '{path}': {error.strerror}; check the path") from None
    except UnicodeDecodeError:
        raise ReportError(f"'{path}' is not a text file; name a file that `gilscale run --json FILE` wrote") from None


def _read(path):
    try:
        value = json.loads(_text_of(path))
    except (ValueError, RecursionError) as error:
        raise ReportError(f"'{path}' is not JSON ({error}); name a file that `gilscale run --json FILE` wrote") from None
    if not isinstance(value, dict) or not isinstance(value.get("gilscale"), dict):
        raise ReportError(f"'{path}' is not a gilscale result file: it has no key 'gilscale'; "
                          "`gilscale run --json FILE` writes one")
    return _Node(value, "the document", str(path))


def _document(root):
    own = root.child("gilscale")
    own.place = "gilscale"
    if own.get("schema", int, 1) != 1:
        raise ReportError(f"{root.source}: schema {own.get('schema', int, 1)} is newer than this gilscale; update gilscale")
    context = root.child("context")
    context.place = "context"
    list(context.children("findings"))
    list(own.children("checks"))
    for key in ("executors", "parameters", "sharing", "single_thread"):
        list(own.child("comparisons").children(key))
    list(own.child("comparisons").child("pythons").children("rows"))
    list(own.child("changes").children("points"))
    cases = [_case(node, "old version") for node in own.children("against")]
    cases += [_case(node, "new version" if cases else "") for node in own.children("cases")]
    return Document(source=root.source, version=own.get("version", str, ""), context=context.value,
                    comparisons=own.get("comparisons", dict, {}), checks=own.get("checks", list, []),
                    changes=own.get("changes", dict, None)), cases


def _traits(case):
    """What can tell two cases of one label apart, the most telling first."""
    build = " free-threaded" if case.python.get("build") == "free-threaded" else ""
    gil = {True: "GIL on", False: "GIL off"}.get(case.gil.get("after_run"), "") if build else ""
    python = f"Python {case.python.get('version', '?')}{build}"
    # Files of before gilscale wrote the short name.
    pythons = (case.interpreter, gil) if case.interpreter else (", ".join(filter(None, (python, gil))), "")
    return (case.executor, case.version, "own arguments" if case.share == "none" else "shared arguments",
            f"{case.scaling} scaling", case.place, *pythons,
            "pinned" if case.pinned else "not pinned", Path(case.source).name, case.source)


def _with_variants(cases):
    """Says of each case by what it differs from the others of its label; at last by a number."""
    groups = {}
    for case in cases:
        groups.setdefault(case.label, []).append(case)
    seen = Counter()
    named = []
    for case in cases:
        group = [_traits(other) for other in groups[case.label]]
        chosen = []
        for index in range(len(group[0])):
            so_far = [tuple(traits[i] for i in (*chosen, index)) for traits in group]
            before = [key[:-1] for key in so_far]
            if len(set(so_far)) > len(set(before)):
                chosen.append(index)
        variant = ", ".join(filter(None, (_traits(case)[index] for index in chosen)))
        seen[case.label, variant] += 1
        if seen[case.label, variant] > 1:
            variant = f"{variant}, no. {seen[case.label, variant]}".lstrip(", ")
        name = f"{case.label} ({variant})" if variant else case.label
        named.append(Case(**{**case.__dict__, "variant": variant, "name": name}))
    return named


def read_results(paths):
    """All cases of all files. Throws ReportError for a file that gilscale did not write."""
    results = Results()
    for path in paths:
        document, cases = _document(_read(path))
        results.documents.append(document)
        results.cases += cases
    if not any(case.points or case.error for case in results.cases):
        raise ReportError(f"there is nothing to draw in {', '.join(map(str, paths))}: no case was measured")
    results.cases = _with_variants(results.cases)
    return results
