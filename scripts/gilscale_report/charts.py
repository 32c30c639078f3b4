"""What the charts show, as data: labels, places and intervals, but no colours and no pixels."""

from __future__ import annotations

from dataclasses import dataclass, field

from gilscale_report.results import STACK_KEYS, Case, Estimate, Interval, Results
from gilscale_report.text import abridged_names, duration, interval, one_line, percent, rate, significant

# A chart holds no more lines than there are colours to tell them apart; the next ones get a chart of their own.
LINES_AT_MOST = 7

# From this ratio of the largest to the smallest time on, a linear axis would show the small ones as nothing.
LOG_FROM = 20

# Of calls that were not measured at the same moment.
CORRECTED = "In parentheses: corrected to one speed of the machine, by the control alongside each call."

WIDEST_NAME = 40


@dataclass(frozen=True)
class Dot(Interval):
    x: float
    y: float
    low: float | None
    high: float | None
    text: str  # what hovering shows


# What a chart says of marks that are hollow.
TOO_FEW = "too few samples for an interval"


@dataclass(frozen=True)
class Line:
    label: str
    role: str  # "measured", or a line to hold it against: "ideal", "capacity", "bound"
    style: int  # of the measured ones: colour, marker and dashes
    dots: list[Dot]

    @property
    def uncertain(self):
        """Whether some of its marks stand for figures that nothing bounds."""
        return self.role == "measured" and not all(dot.bounded for dot in self.dots)


@dataclass(frozen=True)
class Panel:
    title: str
    note: str
    lines: list[Line]
    alternative: str  # what the picture says, in words


@dataclass(frozen=True)
class LineChart:
    """Panels with axes in common, so that their heights compare."""

    title: str
    x_label: str
    y_label: str
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    log: bool
    unit: str  # of y: "times" or "s"
    x_ticks: list[int]  # the thread counts there are
    panels: list[Panel]


@dataclass(frozen=True)
class Bar(Interval):
    label: str
    value: float
    low: float | None
    high: float | None
    text: str
    remark: str = ""

    @property
    def said(self):
        """What stands beside its label."""
        return f"{self.text} ({self.remark})" if self.remark else self.text


@dataclass(frozen=True)
class BarChart:
    title: str
    x_label: str
    log: bool
    unit: str  # "s" or "per_s"
    bars: list[Bar]
    alternative: str
    note: str = ""


@dataclass(frozen=True)
class ShareRow:
    """Shares that add up to 1; `place` is a thread count, or None where there is one row for a case."""

    label: str
    place: int | None
    shares: list[float]
    text: str


@dataclass(frozen=True)
class SharePanel:
    title: str
    rows: list[ShareRow]
    alternative: str


@dataclass(frozen=True)
class ShareChart:
    title: str
    parts: list[str]  # names of the shares
    panels: list[SharePanel]
    axis: str = "share of a call"


@dataclass(frozen=True)
class Charts:
    """All charts of a report; an empty one is None."""

    scaling: LineChart | None = None
    time: LineChart | None = None
    single: BarChart | None = None
    shares: ShareChart | None = None
    gil: ShareChart | None = None
    stack: ShareChart | None = None
    executors: list[BarChart] = field(default_factory=list)


def kinds_of(lines):
    """One of each kind, for a legend: the measured ones first."""
    kinds = {}
    for line in lines:
        kinds.setdefault((line.role, line.label), line)
    return sorted(kinds.values(), key=lambda line: line.role != "measured")


def threads_word(count):
    return f"{count} thread" if count == 1 else f"{count} threads"


def _measured(cases):
    return [case for case in cases if case.points]


def _told(estimate, form):
    return interval(estimate, form) + ("" if estimate.bounded else f", {TOO_FEW}")


def _dots(case, figure, form):
    dots = []
    for point in case.points:
        estimate = getattr(point, figure)
        if estimate is not None:
            text = f"{one_line(case.name)}, {threads_word(point.threads)}: {_told(estimate, form)}"
            dots.append(Dot(point.threads, estimate.value, estimate.low, estimate.high, text))
    return dots


def _x_range(counts, log=False):
    """With room around a single count."""
    low, high = min(counts), max(counts)
    if low < high:
        return low, high
    return (low / 2, high * 2) if log else (low - 1, high + 1)


def _grouped(cases):
    """Cases of one label together, in the order of their first; large groups in parts."""
    groups = {}
    for case in cases:
        groups.setdefault(case.label, []).append(case)
    return [part for group in groups.values() for part in _parts(group)]


def _parts(items):
    """As few parts as hold LINES_AT_MOST each, all of about the same size."""
    count = -(-len(items) // LINES_AT_MOST)
    ends = [round(len(items) * part / count) for part in range(count + 1)]
    return [items[start:end] for start, end in zip(ends, ends[1:])]


def predicted_bound(demand, counts):
    """Throughput is at most min(N, 1/s) times that of one thread: a line with one bend."""
    most = 1 / demand
    bend = [most] if min(counts) < most < max(counts) else []
    return [(x, min(x, most)) for x in sorted({*counts, *bend})]


def _reference_lines(case):
    """What the measured lines of a panel are held against; `case` stands for all in it."""
    counts = [point.threads for point in case.points]
    if len(counts) < 2:
        counts = [1, *counts] if counts[0] > 1 else counts
    ideal = [Dot(x, x, None, None, "") for x in counts]
    lines = [Line("ideal: N times the work on N threads", "ideal", 0, ideal)]
    capacity = [Dot(point.threads, point.capacity.value, point.capacity.low, point.capacity.high,
                    f"capacity, {threads_word(point.threads)}: {interval(point.capacity)}")
                for point in case.points if point.capacity]
    if capacity:
        lines.append(Line("capacity: what plain C++ got from the machine", "capacity", 0, capacity))
    demand = case.gil_demand
    if demand and 1 / demand < max(counts):
        text = f"bound: the GIL is held for at most {percent(demand)} of a call"
        bound = [Dot(x, y, None, None, text) for x, y in predicted_bound(demand, counts)]
        lines.append(Line("bound predicted from the GIL demand", "bound", 0, bound))
    return lines


def _speedups(case):
    last = next((point for point in reversed(case.points) if point.speedup), None)
    return "" if last is None else f"speedup {significant(last.speedup.value)} on {threads_word(last.threads)}"


def _scaling_panel(group, styles):
    lines = _reference_lines(group[0])
    for case in group:
        lines.append(Line(one_line(case.variant) or "measured", "measured", styles[case.variant],
                          _dots(case, "speedup", significant)))
    told = "; ".join(f"{one_line(case.variant)}{': ' if case.variant else ''}{case.verdict}, {_speedups(case)}"
                     for case in group)
    note = group[0].verdict if len(group) == 1 else ""
    return Panel(one_line(group[0].label), note, lines, f"Speedup against threads of {one_line(group[0].label)}: {told}")


def _top(lines):
    """High enough for what is measured and its intervals, unless these are absurdly wide; the ideal line may leave."""
    tops = [2.0]
    for line in lines:
        if line.role in ("measured", "capacity"):
            tops += [max(dot.y, min(dot.high or 0, 2 * dot.y)) for dot in line.dots]
    return 1.08 * max(tops)


def scaling_chart(results):
    cases = _measured(results.cases)
    if not cases:
        return None
    groups = _grouped(cases)
    variants = list(dict.fromkeys(case.variant for case in cases))
    styles = {variant: index % LINES_AT_MOST for index, variant in enumerate(variants)}
    panels = [_scaling_panel(group, styles) for group in groups]
    counts = sorted({point.threads for case in cases for point in case.points})
    return LineChart("How it scales", "threads", "speedup", _x_range(counts),
                     (0.0, _top([line for panel in panels for line in panel.lines])), False, "times", counts, panels)


def _padded(low, high, log):
    return (low / 1.3, high * 1.3) if log else (0.0, 1.08 * high)


def time_chart(results):
    """A round in which each thread makes one call: rounds have as many calls as each case needs, so that makespans
    themselves do not compare."""
    cases = [case for case in _measured(results.cases) if _dots(case, "call_s", duration)]
    dots = [dot for case in cases for dot in _dots(case, "call_s", duration) if dot.y > 0]
    if not dots:
        return None
    names = abridged_names([case.name for case in cases], WIDEST_NAME)
    low, high = min(dot.y for dot in dots), max(max(dot.y, min(dot.high or 0, 2 * dot.y)) for dot in dots)
    log = high / low > LOG_FROM
    parts = _parts(list(zip(cases, names)))
    panels, done = [], 0
    for part in parts:
        lines = [Line(name, "measured", index, _dots(case, "call_s", duration)) for index, (case, name) in enumerate(part)]
        title = f"{done + 1} to {done + len(part)} of {len(cases)}" if len(parts) > 1 else ""
        done += len(part)
        told = "; ".join(f"{line.label} from {duration(line.dots[0].y)} on {threads_word(line.dots[0].x)} to "
                         f"{duration(line.dots[-1].y)} on {line.dots[-1].x}" for line in lines)
        panels.append(Panel(title, "", lines, f"Time of a round against threads: {told}"))
    counts = sorted({int(dot.x) for dot in dots})
    return LineChart("Time of a round in which each thread makes one call", "threads", "time", _x_range(counts, log),
                     _padded(low, high, log), log, "s", counts, panels)


def single_call(case):
    """One call on one thread: from the 1-thread point if there is one, else from the rounds beside the others."""
    first = case.points[0]
    return first.call_s if first.threads == 1 and first.call_s else first.single_call_s


def _paired(results):
    """What the document says of calls that were measured in turns: relative costs of the same moments, by the cases' labels."""
    if len(results.documents) != 1:
        return {}
    found = {}
    for entry in results.documents[0].comparisons.get("single_thread") or []:
        if isinstance(entry.get("relative"), dict) and entry["relative"].get("estimate") and entry.get("call_s"):
            found[entry.get("label")] = entry
    return found


def _costs(found):
    """What calls would cost at one speed of the machine, for cases that were not measured in turns. The times themselves
    where a file does not tell."""
    points = [case.points[0] for case, _ in found]
    reference_s = points[0].control_call_s
    if not reference_s or not all(point.single_cost for point in points):
        return [call.value for _, call in found]
    return [point.single_cost.at_speed(reference_s) for point in points]


def _in_turns(entry):
    """The call's time and its factor over the fastest one; both have the same relative interval."""
    relative = Estimate.of(entry.get("relative"))
    call_s = entry.get("call_s") or 0.0
    ends = [end if end is None else call_s * end / relative.value for end in (relative.low, relative.high)]
    return Estimate(call_s, *ends), relative.value


def single_chart(results):
    found = [(case, single_call(case)) for case in _measured(results.cases)]
    found = [(case, call) for case, call in found if call and call.value > 0]
    if not found:
        return None
    paired = _paired(results)
    # Files of before gilscale wrote the name have that of the page.
    told = [paired.get(case.title or case.name) if case.version != "old version" else None for case, _ in found]
    in_turns = all(told)
    if in_turns:
        costs = [_in_turns(entry)[1] for entry in told]
        found = [(case, _in_turns(entry)[0]) for (case, _), entry in zip(found, told)]
    else:
        costs = _costs(found)
    fastest = min(call.value for _, call in found)
    slowest = max(call.value for _, call in found)
    bars = []
    for (case, call), cost in zip(found, costs):
        remark = "the fastest" if cost == min(costs) else f"{significant(cost / min(costs))} times"
        bars.append(Bar(one_line(case.name), call.value, call.low, call.high, _told(call, duration),
                        remark if len(found) > 1 else ""))
    told = "; ".join(f"{bar.label} {duration(bar.value)}" for bar in bars)
    note = CORRECTED if len(found) > 1 and not in_turns and costs != [call.value for _, call in found] else ""
    return BarChart("One call on one thread", "time", slowest / fastest > LOG_FROM, "s", bars, f"Time of one call: {told}", note)


TIME_PARTS = ["on a CPU", "ready, but without a CPU", "blocked: the GIL, a lock, sleep, input or output"]


def shares_chart(results):
    panels = []
    for case in _measured(results.cases):
        rows = []
        for point in case.points:
            if point.time:
                shares = [point.time.cpu, point.time.runnable, point.time.blocked]
                text = (f"{threads_word(point.threads)}: {percent(shares[0])} on a CPU, {percent(shares[1])} ready, "
                        f"{percent(shares[2])} blocked")
                rows.append(ShareRow(str(point.threads), point.threads, shares, text))
        if rows:
            panels.append(SharePanel(one_line(case.name), rows,
                                     f"Where the time of the threads of {one_line(case.name)} went: {rows[-1].text}"))
    return ShareChart("Where the threads spent their time", TIME_PARTS, panels) if panels else None


def gil_chart(results):
    rows = []
    for case in _measured(results.cases):
        demand = case.gil_demand
        if demand is None:
            continue
        least = f", which allows a speedup of {significant(1 / demand)}" if demand >= 0.01 else ""
        rows.append(ShareRow(one_line(case.name), None, [demand, 1 - demand], f"held for {percent(demand)}{least}"))
    if not rows:
        return None
    told = "; ".join(f"{row.label} {percent(row.shares[0])}" for row in rows)
    return ShareChart("GIL held and released in a call on one thread", ["GIL held", "GIL released"],
                      [SharePanel("", rows, f"Share of a call for which the GIL is held: {told}")])


STACK_PARTS = ["achieved", "GIL", "locks", "I/O, sleep", "no CPU", "slower on CPU", "imbalance", "rest"]


# Of a thread's worth, to be told beside a bar.
TOO_LITTLE = 0.015


def stack_chart(results):
    """A bar for each case, at the largest thread count that has a speedup stack. A part below nothing takes no room; its
    figure says it."""
    rows = []
    for case in _measured(results.cases):
        point = next((point for point in reversed(case.points) if point.stack), None)
        parts = [point.stack[key] for key in STACK_KEYS] if point else []
        drawn = [max(part, 0.0) for part in parts]
        if not sum(drawn) > 0:
            continue
        told = ", ".join(f"{name} {part:.2f}" for name, part in zip(STACK_PARTS, parts) if abs(part) >= TOO_LITTLE)
        rows.append(ShareRow(f"{one_line(case.name)}, {threads_word(point.threads)}", None, [part / sum(drawn) for part in drawn], told))
    if not rows:
        return None
    told = "; ".join(f"{row.label}: {row.text}" for row in rows)
    return ShareChart("Where the speedup went, in threads' worth", STACK_PARTS,
                      [SharePanel("", rows, f"What the threads' time was worth: {told}")],
                      "share of the threads' time")


def _winner_text(comparison):
    winner = comparison.get("winner")
    if not winner:
        return ("None clearly makes more calls than the others." if comparison.get("had_cores", True)
                else "The machine gave too few cores to say which is fastest.")
    return (f"Fastest from {threads_word(winner.get('from_threads', 1))} on: {' and '.join(winner.get('executors', []))}, with "
            f"{significant(winner.get('factor', 1.0))} times the calls of {winner.get('next', 'the next')}.")


def executor_charts(results):
    """One for each workload that was measured on several executors, at the largest number of threads."""
    charts = []
    for document in results.documents:
        for comparison in document.comparisons.get("executors") or []:
            bars = []
            for entry in comparison.get("entries") or []:
                calls = Estimate.of(entry.get("throughput_per_s"))
                if not calls.value:
                    continue
                memory = entry.get("memory_bytes")
                cost = f"starts in {duration(entry.get('start_s') or 0.0)}"
                cost += f", {significant(memory / 1e6)} MB" if memory else ""
                bars.append(Bar(one_line(entry.get("executor", "?")), calls.value, calls.low, calls.high,
                                f"{interval(calls, rate)} calls/s", cost))
                threads = entry.get("threads", 1)
            if bars:
                log = max(bar.value for bar in bars) / min(bar.value for bar in bars) > LOG_FROM
                charts.append(BarChart(f"{one_line(comparison.get('label', '?'))}, {threads_word(threads)}", "calls per second", log, "per_s", bars,
                                       _winner_text(comparison)))
    return charts


def charts_of(results: Results) -> Charts:
    return Charts(scaling_chart(results), time_chart(results), single_chart(results), shares_chart(results),
                  gil_chart(results), stack_chart(results), executor_charts(results))
