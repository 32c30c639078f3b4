"""The report as one HTML page without anything to fetch."""

from __future__ import annotations

import shlex
from collections import Counter
from pathlib import Path

from gilscale_report import inline_svg, palette, text
from gilscale_report.charts import TOO_FEW, charts_of, kinds_of
from gilscale_report.results import BYSTANDER_KEYS, Estimate, ReportError

# A word, its sign and its tone: nothing is told by colour alone.
TONES = {"parallel": ("good", "✓"), "passed": ("good", "✓"), "faster": ("good", "▲"), "same": ("good", "="),
         "gil-bound": ("bad", "✗"), "contended": ("bad", "✗"), "failed": ("bad", "✗"), "slower": ("bad", "▼"),
         "partial": ("mixed", "◐")}


def _tone(word):
    return TONES.get(word, ("open", "?"))


def _headline(cases):
    counts = Counter(case.verdict for case in cases)
    return ", ".join(f"{count} {word}" for word, count in counts.most_common() if word)


def _python(case):
    if not case.python:
        return ""
    build = ", free-threaded" if case.python.get("build") == "free-threaded" else ""
    on = case.gil.get("after_run")
    gil = "" if on is None else ", GIL on" if on else ", GIL off"
    return f"CPython {case.python.get('version', '?')}{build}{gil}"


def _budget(context):
    budget = context.get("cpu_budget")
    if not isinstance(budget, dict):
        return ""
    told = f"{budget.get('usable', '?')} usable of {budget.get('cpus', '?')}; cores: {budget.get('cores', '?')}"
    return told + (f"; quota: {budget['quota']}" if budget.get("quota") else "")


def _command(context):
    command = context.get("command")
    return shlex.join(map(str, command)) if isinstance(command, list) else ""


def _environment(document, cases):
    """Pairs of a name and a value: where the figures of a file come from."""
    context = document.context
    own = [case for case in cases if case.source == document.source]
    load = context.get("load_avg")
    rows = [("file", Path(document.source).name), ("command", _command(context)), ("date", context.get("date", "")),
            ("host", context.get("host_name", "")), ("CPUs", _budget(context)),
            ("clock rate", f"{context['mhz_per_cpu']} MHz" if context.get("mhz_per_cpu") else ""),
            ("load average", ", ".join(f"{value:.2f}" for value in load if isinstance(value, (int, float)))
             if isinstance(load, list) else ""),
            ("Python", "; ".join(dict.fromkeys(filter(None, map(_python, own))))),
            ("gilscale", document.version)]
    known = {"command", "date", "host_name", "cpu_budget", "mhz_per_cpu", "load_avg", "findings", "caches", "executable",
             "num_cpus", "usable_cpus", "gilscale_version", "library_build_type", "library_version", "cpu_scaling_enabled",
             "json_schema_version", "aslr_enabled"}
    rows += [(key, value) for key, value in context.items() if key not in known and isinstance(value, (str, int, float))]
    return [(name, str(value)) for name, value in rows if value != ""]


def _finding(finding, of=""):
    return {"of": of, "what": finding.get("what", ""), "remedy": finding.get("remedy", ""), "serious": bool(finding.get("serious"))}


def _findings(document, cases):
    found = [_finding(finding) for finding in document.context.get("findings") or []]
    for case in cases:
        if case.source == document.source:
            found += [_finding(finding, case.name) for finding in case.findings]
            found += [_finding({"what": hook, "serious": True}, case.name) for hook in case.python.get("hooks") or []]
    return found


def _changes(document):
    changes = document.changes
    if not changes:
        return None
    rows = []
    for point in changes.get("points") or []:
        cost = point.get("cost") or {}
        word = point.get("word", "")
        rows.append({"name": point.get("name", ""), "cost": text.significant(cost.get("estimate")),
                     "low": text.significant(cost.get("low")), "high": text.significant(cost.get("high")),
                     "p": text.significant(point.get("p"), 2), "word": word, "tone": _tone(word), "why": point.get("why", "")})
    return {"before": changes.get("before", ""), "rows": rows, "differences": changes.get("differences") or [],
            "only_before": changes.get("only_before") or [], "only_after": changes.get("only_after") or []}


def _checks(document):
    rows = []
    for check in document.checks:
        seen = check.get("seen") or {}
        word = check.get("outcome", "")
        ends = [text.significant(seen.get(end), 4) for end in ("low", "high")]
        rows.append({"expectation": check.get("expectation", ""), "label": check.get("label", ""),
                     "threads": check.get("threads"), "seen": text.significant(seen.get("estimate"), 4),
                     "interval": f"[{ends[0]}, {ends[1]}]" if all(ends) else "", "word": word, "tone": _tone(word),
                     "why": check.get("why", "")})
    return rows


def _cells(case):
    """The rows of a case's table."""
    rows = []
    for point in case.points:
        time = point.time
        rows.append([f"{point.threads}{'*' if point.oversubscribed else ''}", text.duration(point.call_s and point.call_s.value),
                     text.rate(point.throughput_per_s and point.throughput_per_s.value), text.interval(point.speedup),
                     text.significant(point.capacity and point.capacity.value),
                     text.significant(point.relative_efficiency and point.relative_efficiency.value),
                     *([text.percent(share) for share in (time.cpu, time.runnable, time.blocked)] if time else ["", "", ""]),
                     str(point.rounds)])
    return rows


COLUMNS = ["threads", "round of one call", "calls/s", "speedup [95 % interval]", "capacity", "rel. eff.", "on a CPU", "ready, no CPU",
           "blocked", "samples"]


def _legend(lines):
    hollow = [(inline_svg.hollow_swatch(), TOO_FEW)] if any(line.uncertain for line in lines) else []
    return [(inline_svg.swatch(line), line.label) for line in kinds_of(lines)] + hollow


def _scaling(results, charts):
    """A panel for each workload, with its tables."""
    chart = charts.scaling
    if chart is None:
        return None
    waiting = {}
    for case in results.cases:
        waiting.setdefault(text.one_line(case.label), []).append(case)
    panels = []
    for panel in chart.panels:
        measured = sum(line.role == "measured" for line in panel.lines)
        group = [case for case in waiting[panel.title] if case.points]
        chosen, waiting[panel.title] = group[:measured], group[measured:]
        panels.append({"title": panel.title, "note": panel.note, "tone": _tone(panel.note),
                       "svg": inline_svg.line_panel(chart, panel),
                       "tables": [(text.one_line(case.variant), _cells(case)) for case in chosen]})
    oversubscribed = any(point.oversubscribed for case in results.cases for point in case.points)
    return {"chart": chart, "oversubscribed": oversubscribed, "legend": _legend([line for panel in chart.panels for line in panel.lines]), "panels": panels}


def _time(charts):
    chart = charts.time
    if chart is None:
        return None
    return {"chart": chart, "panels": [{"title": panel.title, "svg": inline_svg.line_panel(chart, panel, 640, 400),
                                        "legend": _legend(panel.lines)}
                                       for panel in chart.panels]}


def _parameters(document):
    rows = []
    for curve in document.comparisons.get("parameters") or []:
        for value, speedup in zip(curve.get("values") or [], curve.get("speedups") or []):
            rows.append([text.one_line(curve.get("label", "")), f"{curve.get('parameter', '')} = {value:.12g}", curve.get("threads", ""),
                         text.interval(Estimate.of(speedup)),
                         "break-even" if curve.get("break_even") == value else ""])
    return rows


def _sharing(document):
    rows = []
    for cost in document.comparisons.get("sharing") or []:
        shared, own = [text.significant((cost.get(key) or {}).get("estimate")) for key in ("shared", "own")]
        lost = cost.get("lost")
        rows.append([text.one_line(cost.get("label", "")), cost.get("threads", ""), shared, own,
                     text.percent(lost) if lost is not None else "no measurable difference"])
    return rows


def _pythons(document):
    """Two tables of workloads by Pythons: speedup and verdict, and the time of a call on one thread."""
    matrix = document.comparisons.get("pythons") or {}
    columns = [str(column) for column in matrix.get("columns") or []]
    speedups, singles = [], []
    for row in matrix.get("rows") or []:
        cells = [cell if isinstance(cell, dict) else {} for cell in row.get("cells") or []]
        name = text.one_line(row.get("label", ""))
        speedups.append([name, row.get("threads", "")] + [" ".join(filter(None, (
            text.significant(Estimate.of(cell.get("speedup")).value), cell.get("verdict", "")))) for cell in cells])
        singles.append([name] + [text.significant(Estimate.of(cell.get("single_relative")).value) for cell in cells])
    return {"columns": columns, "speedups": speedups, "singles": singles} if len(columns) > 1 else None


def _content(results):
    charts = charts_of(results)
    labels = list(dict.fromkeys(case.label for case in results.cases))
    return {
        "title": f"How {len(labels)} workloads scale" if len(labels) > 1 else f"How {text.one_line(labels[0])} scales",
        "headline": _headline(results.cases),
        "verdicts": [{"name": text.one_line(case.name), "word": case.verdict, "tone": _tone(case.verdict), "why": case.why,
                      "details": (case.error or {}).get("details", "")} for case in results.cases],
        "documents": [{"name": Path(document.source).name, "checks": _checks(document), "changes": _changes(document),
                       "environment": _environment(document, results.cases),
                       "findings": _findings(document, results.cases),
                       "pythons": _pythons(document), "parameters": _parameters(document), "sharing": _sharing(document)} for document in results.documents],
        "scaling": _scaling(results, charts), "time": _time(charts), "columns": COLUMNS,
        "single": charts.single and {"chart": charts.single, "svg": inline_svg.bar_chart(charts.single)},
        "executors": [{"chart": chart, "svg": inline_svg.bar_chart(chart)} for chart in charts.executors],
        "shares": charts.shares and {"chart": charts.shares,
                                     "panels": [(panel.title, inline_svg.share_columns(panel, "t")) for panel in charts.shares.panels]},
        "gil": charts.gil and {"chart": charts.gil, "svg": inline_svg.share_rows(charts.gil, charts.gil.panels[0], "g")},
        "stack": charts.stack and {"chart": charts.stack, "svg": inline_svg.share_rows(charts.stack, charts.stack.panels[0], "w")},
        "remedies": _remedies(results), "bystanders": _bystanders(results),
        "palette": palette,
    }


def _remedies(results):
    """At the largest thread count of each case for which something is known."""
    found = []
    for case in results.cases:
        point = next((point for point in reversed(case.points) if point.remedies), None)
        found += [[text.one_line(case.name), sentence] for sentence in (point.remedies if point else ())]
    return found


def _bystanders(results):
    return [[text.one_line(case.name), point.threads] + [text.duration(point.bystander[key]) for key in BYSTANDER_KEYS]
            for case in results.cases for point in case.points if point.bystander]


def _clean(value):
    """Everything from the file may hold what HTML has no place for."""
    if isinstance(value, str):
        return text.plain(value)
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(map(_clean, value))
    return value


def _environment_of_templates():
    try:
        import jinja2
    except Exception as error:
        raise ReportError.of_import("Jinja2", error) from None
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True,
                                     lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    return environment


def render_page(results):
    """The page as text."""
    environment = _environment_of_templates()
    return environment.get_template("page.html").render(_clean(_content(results)))
