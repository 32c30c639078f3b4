"""Draws one chart with matplotlib, as SVG or PNG, for documents and slides. Light, since these have no ground of their own."""

from __future__ import annotations

import io
import math
import warnings
from dataclasses import dataclass

from gilscale_report import palette
from gilscale_report.axes import Axis, log_ticks, nice_ticks, spaced
from gilscale_report.charts import TOO_FEW, BarChart, LineChart, charts_of, kinds_of
from gilscale_report.results import ReportError
from gilscale_report.text import abridged, abridged_names, duration, rate, significant

WIDTH = 9.0  # inches; at 100 dots per inch what a README shows
_DASHES = ["-", (0, (6, 2.5)), (0, (2, 1.6)), (0, (7, 2, 2, 2)), "-", (0, (6, 2.5)), (0, (2, 1.6))]
_REFERENCES = {"ideal": {"color": "#57606a", "linestyle": (0, (1, 2.5)), "linewidth": 1.3},
               "capacity": {"color": "#57606a", "linewidth": 2.2},
               "bound": {"color": "#e69f00", "linewidth": 7, "alpha": 0.45, "solid_capstyle": "butt"}}
_HOLLOW = {"markerfacecolor": "white", "markeredgewidth": 1.3}
# One thing twice gives the same bytes; text stays text; a name is never a formula.
_SETTINGS = {"svg.fonttype": "none", "svg.hashsalt": "gilscale", "text.parse_math": False, "font.size": 10,
             "font.family": "DejaVu Sans", "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True,
             "grid.color": "#d5dae0", "grid.linewidth": 0.7, "axes.axisbelow": True, "figure.dpi": 100}


def _matplotlib():
    try:
        import matplotlib
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except Exception as error:
        raise ReportError.of_import("matplotlib", error) from None
    return matplotlib, Figure, FigureCanvasAgg


def _form(unit):
    return {"s": duration, "per_s": rate}.get(unit, significant)


def _titled(figure, title):
    width, height = figure.get_size_inches()
    figure.text(0.2 / width, 1 - 0.12 / height, title, fontsize=13, fontweight="bold", va="top")
    return figure


def _draw_line(axes, line):
    x, y = [dot.x for dot in line.dots], [dot.y for dot in line.dots]
    if line.role != "measured":
        style = _REFERENCES[line.role]
        drawn, = axes.plot(x, y, label=line.label, **style)
        bounded = [dot for dot in line.dots if dot.bounded]
        if line.role == "capacity" and len(bounded) > 1:
            axes.fill_between([dot.x for dot in bounded], [dot.low for dot in bounded], [dot.high for dot in bounded],
                              color="#57606a", alpha=0.15, linewidth=0)
        return drawn
    color = palette.COLORS[line.style]
    for dot in line.dots:
        if dot.bounded:
            axes.plot([dot.x, dot.x], [dot.low, dot.high], color=color, linewidth=1.2, alpha=0.65)
    mark = {"color": color, "marker": palette.MARKER_NAMES[line.style], "markersize": 5.5, "clip_on": False}
    drawn, = axes.plot(x, y, label=line.label, linestyle=_DASHES[line.style], linewidth=1.8, zorder=3, **mark)
    open_dots = [dot for dot in line.dots if not dot.bounded]
    axes.plot([dot.x for dot in open_dots], [dot.y for dot in open_dots], linestyle="none", zorder=4, **mark, **_HOLLOW)
    return drawn


def _set_axes(axes, chart, inches):
    low, high = chart.y_range
    axes.set_ylim(low, high)
    if chart.log:
        axes.set_xscale("log")
        axes.set_yscale("log")
    margin = (chart.x_range[1] - chart.x_range[0]) * 0.03
    x_range = (chart.x_range[0] / 1.05, chart.x_range[1] * 1.05) if chart.log else (chart.x_range[0] - margin, chart.x_range[1] + margin)
    axes.set_xlim(*x_range)
    ticks = spaced(chart.x_ticks, Axis(*x_range, 0, inches * 72, log=chart.log), lambda value: 8 + 6.5 * len(str(value)))
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    y_ticks = log_ticks(low, high) if chart.log else nice_ticks(high)
    axes.set_yticks(y_ticks, [_form(chart.unit)(tick) for tick in y_ticks])
    axes.minorticks_off()


def _legend_columns(labels, inches):
    """As few rows as the longest allows, and no more columns than these need."""
    longest = max(len(label) for label in labels)
    most = max(1, min(4, int(inches * 72 / (longest * 4.9 + 44))))
    return math.ceil(len(labels) / math.ceil(len(labels) / most))


def _legend(figure, handles, top):
    """Above the panels, in as many columns as the longest name allows. `top`: inches from the upper edge."""
    inches, height = figure.get_size_inches()
    labels = [handle.get_label() for handle in handles]
    columns = _legend_columns(labels, inches - 0.4)
    figure.legend(handles, labels, loc="upper left", bbox_to_anchor=(0.2 / inches, 1 - top / height), ncols=columns,
                  frameon=False, fontsize=9, handlelength=3.2, borderaxespad=0, columnspacing=1.4)


def _legend_inches(labels, inches):
    return 0.2 * math.ceil(len(labels) / _legend_columns(labels, inches - 0.4)) + 0.15


@dataclass(frozen=True)
class _Grid:
    """Where panels are; all in inches. A panel has room for its title above and its labels below."""

    columns: int
    rows: int
    top: float  # what is above the panels: the title, and the legend if they have one in common
    panel: float
    left: float  # of a panel, for the labels of its y-axis
    title: float  # above each panel
    legend: float  # below the title, where each panel has its own

    @property
    def height(self):
        return self.top + self.rows * self.panel + 0.08

    def axes(self, index):
        """Left, lower edge, width and height of a panel's axes."""
        row, column = divmod(index, self.columns)
        cell = (WIDTH - 0.3) / self.columns
        below = 0.5
        tall = self.panel - below - self.title - self.legend
        return (0.2 + column * cell + self.left, self.height - self.top - (row + 1) * self.panel + below,
                cell - self.left - 0.2, tall)


def _grid_of(chart, labels, own_legends):
    """`labels` are those of the legend in common."""
    count = len(chart.panels)
    title = 0.51 if any(panel.note for panel in chart.panels) else 0.34 if any(panel.title for panel in chart.panels) else 0.08
    left = 0.75 if chart.unit == "s" else 0.48
    if own_legends:
        legend = 0.17 * max(len(panel.lines) for panel in chart.panels) + 0.15
        return _Grid(2, math.ceil(count / 2), 0.5, 2.36 + title + legend, left, title, legend)
    columns = 1 if count == 1 else 2 if count in (2, 4) else 4 if count > 12 else 3
    panel = (3.76 if count == 1 else 2.21) + title
    return _Grid(columns, math.ceil(count / columns), 0.5 + _legend_inches(labels, WIDTH), panel, left, title, 0.0)


def _panel_title(axes, title, note, own_legend):
    """The title, below it the note or the legend."""
    if own_legend:
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), frameon=False, fontsize=8, handlelength=3, borderaxespad=0.2)
        axes.set_title(title, loc="left", fontsize=10, pad=own_legend * 72)
        return
    axes.set_title(title, loc="left", fontsize=10, fontweight="bold", pad=18 if note else 6)
    axes.annotate(note, (0, 1), xytext=(0, 5), xycoords="axes fraction", textcoords="offset points", fontsize=9, color="#57606a")


def _lines(figure_of, chart):
    """Small panels with axes in common. Their lines are of the same kind and have one legend, or, where they are parts of
    a chart that had too many, a legend each."""
    own_legends = chart.unit == "s" and len(chart.panels) > 1
    lines = [line for panel in chart.panels for line in panel.lines]
    kinds = kinds_of(lines)
    hollow = [TOO_FEW] if any(line.uncertain for line in lines) else []
    grid = _grid_of(chart, [line.label for line in kinds] + hollow, own_legends)
    figure = _titled(figure_of(WIDTH, grid.height), chart.title)
    room = int(grid.axes(0)[2] * 72 / 7)
    titles = abridged_names([panel.title for panel in chart.panels], room)
    handles = {}
    for index, panel in enumerate(chart.panels):
        left, lower, wide, tall = grid.axes(index)
        axes = figure.add_axes((left / WIDTH, lower / grid.height, wide / WIDTH, tall / grid.height))
        for line in panel.lines:
            handles[line.role, line.label] = _draw_line(axes, line)
        _set_axes(axes, chart, wide)
        axes.set_xlabel(chart.x_label + (" (both axes are logarithmic)" if chart.log else ""), fontsize=9, color="#57606a")
        if index % grid.columns == 0:
            axes.set_ylabel(chart.y_label, fontsize=9, color="#57606a")
        _panel_title(axes, titles[index], panel.note, 0.17 * len(panel.lines) + 0.1 if own_legends else 0)
    if own_legends:
        return figure
    marks = axes.plot([], [], label=TOO_FEW, linestyle="none", color=palette.COLORS[0], marker="o", markersize=5.5, **_HOLLOW) if hollow else []
    _legend(figure, [*(handles[line.role, line.label] for line in kinds), *marks], 0.45)
    return figure


def _row_names(figure, axes, rows, room):
    """Names at the left and figures at the right, above their bars. `room`: how many letters a line has."""
    for index, (name, said) in enumerate(rows):
        above = {"va": "baseline", "transform": axes.get_yaxis_transform(),
                 "bbox": {"facecolor": "white", "edgecolor": "none", "pad": 1}}
        axes.text(0, index - 0.21, abridged(name, max(room - len(said) - 3, 12)), fontsize=9.5, fontweight="bold", **above)
        axes.text(1, index - 0.21, said, fontsize=9, ha="right", **above)
    axes.set_ylim(len(rows) - 0.5, -0.85)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(axis="y", visible=False)


def _rows_figure(figure_of, title, count, above=0.0, below=0.55):
    height = 0.5 + above + 0.5 * count + 0.2 + below
    figure = _titled(figure_of(WIDTH, height), title)
    axes = figure.add_axes((0.25 / WIDTH, below / height, (WIDTH - 0.5) / WIDTH, (0.5 * count + 0.2) / height))
    return figure, axes


def _bars(figure_of, chart):
    figure, axes = _rows_figure(figure_of, chart.title, len(chart.bars), below=0.75 if chart.note else 0.55)
    low = min(bar.value for bar in chart.bars) / 3 if chart.log else 0
    high = max(max(bar.value, min(bar.high or 0, 1.5 * bar.value)) for bar in chart.bars) * (1.1 if chart.log else 1.02)
    if chart.log:
        axes.set_xscale("log")
    axes.set_xlim(low, high)
    for index, bar in enumerate(chart.bars):
        axes.barh(index + 0.08, bar.value, height=0.42, color=palette.COLORS[0], zorder=4)
        if bar.bounded:
            axes.plot([bar.low, bar.high], [index + 0.08] * 2, color="black", linewidth=2, solid_capstyle="butt", zorder=5)
    _row_names(figure, axes, [(bar.label, bar.said) for bar in chart.bars], 100)
    ticks = log_ticks(low, high) if chart.log else nice_ticks(high, 6)
    axes.set_xticks(ticks, [_form(chart.unit)(tick) for tick in ticks])
    axes.minorticks_off()
    axes.set_xlabel(chart.x_label + (" (logarithmic axis)" if chart.log else ""), fontsize=9, color="#57606a")
    if chart.note:
        figure.text(0.25 / WIDTH, 0.1 / figure.get_size_inches()[1], chart.note, fontsize=9, color="#57606a")
    return figure


def _shares(figure_of, chart):
    rows = chart.panels[0].rows
    figure, axes = _rows_figure(figure_of, chart.title, len(rows), above=0.35)
    axes.set_xlim(0, 1)
    colors = palette.of_shares(len(chart.parts))
    drawn = []
    for part, name in enumerate(chart.parts):
        starts = [sum(row.shares[:part]) for row in rows]
        drawn.append(axes.barh([index + 0.08 for index in range(len(rows))], [row.shares[part] for row in rows], left=starts,
                               height=0.42, color=colors[part], label=name, hatch="///" if part == 0 else None, zorder=4,
                               edgecolor="white", linewidth=0))
    _row_names(figure, axes, [(row.label, row.text) for row in rows], 100)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0 %", "25 %", "50 %", "75 %", "100 %"])
    axes.set_xlabel(chart.axis, fontsize=9, color="#57606a")
    _legend(figure, drawn, 0.45)
    return figure


def _alternative(chart):
    if isinstance(chart, BarChart):
        return chart.alternative
    return ". ".join(panel.alternative for panel in chart.panels)


def render_picture(results, name, form):
    """The chart of that name as bytes of an "svg" or a "png"."""
    chart = getattr(charts_of(results), name)
    if chart is None:
        raise ReportError(f"these results have nothing for --chart {name}; `gilscale report ... -o report.html` shows what they have")
    matplotlib, Figure, FigureCanvasAgg = _matplotlib()

    def figure_of(width, height):
        figure = Figure(figsize=(width, height), facecolor="white")
        FigureCanvasAgg(figure)
        return figure

    content = io.BytesIO()
    with matplotlib.rc_context(_SETTINGS), warnings.catch_warnings():
        # A name in a script that the font lacks is drawn as boxes; nobody can help it here.
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        draw = _lines if isinstance(chart, LineChart) else _bars if isinstance(chart, BarChart) else _shares
        figure = draw(figure_of, chart)
        title = {"svg": {"Date": None, "Title": chart.title, "Description": _alternative(chart)},
                 "png": {"Title": chart.title, "Description": _alternative(chart), "Software": "gilscale"}}[form]
        figure.savefig(content, format=form, dpi=160 if form == "png" else 72, metadata=title)
    return content.getvalue()
