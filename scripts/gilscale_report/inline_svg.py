"""Draws charts as SVG inside the page: colours come from its style sheet, so that they follow light and dark."""

from __future__ import annotations

from html import escape

from gilscale_report.axes import Axis, log_ticks, nice_ticks, spaced
from gilscale_report.palette import MARKERS
from gilscale_report.text import abridged, columns, duration, rate, significant


def _number(value):
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _svg(width, height, alternative, parts, css=""):
    return (f'<svg class="chart {css}" viewBox="0 0 {width} {height}" role="img" aria-label="{escape(alternative)}">'
            + "".join(parts) + "</svg>")


def _text(x, y, text, css):
    return f'<text x="{_number(x)}" y="{_number(y)}" class="{css}">{escape(text)}</text>'


def _path(points):
    return "M" + "L".join(f"{_number(x)} {_number(y)}" for x, y in points)


def _title(text):
    return f"<title>{escape(text)}</title>" if text else ""


def _value_form(unit):
    return {"s": duration, "per_s": rate}.get(unit, significant)


class _Frame:
    """The axes of a panel: where values are, and what is drawn around them."""

    def __init__(self, chart, width, height):
        self.width, self.height = width, height
        low, high = chart.y_range
        self.ticks = log_ticks(low, high) if chart.log else nice_ticks(high)
        self.labels = [_value_form(chart.unit)(tick) for tick in self.ticks]
        self.left = 16 + 7.2 * max(len(label) for label in self.labels)
        self.top, self.right, self.bottom = 8, width - 14, height - 40
        self.x = Axis(*chart.x_range, self.left + 10, self.right - 10, log=chart.log)
        self.y = Axis(low, high, self.bottom, self.top, log=chart.log)
        self.x_ticks = spaced(chart.x_ticks, self.x, lambda value: 10 + 7.5 * len(str(value)))
        self.x_label, self.y_label = chart.x_label, chart.y_label

    def grid(self):
        parts = []
        for tick, label in zip(self.ticks, self.labels):
            y = self.y.place(tick)
            parts.append(f'<path class="grid" d="M{_number(self.left)} {_number(y)}H{_number(self.right)}"/>')
            parts.append(_text(self.left - 6, y + 4, label, "end"))
        for tick in self.x_ticks:
            x = self.x.place(tick)
            parts.append(f'<path class="tick" d="M{_number(x)} {_number(self.bottom)}v4"/>')
            parts.append(_text(x, self.bottom + 17, str(tick), "mid"))
        parts.append(_text((self.left + self.right) / 2, self.height - 5, self.x_label, "mid label"))
        parts.append(f'<path class="axis" d="M{_number(self.left)} {self.top}V{self.bottom}H{_number(self.right)}"/>')
        return parts

    def inside(self, parts):
        """What may not leave the axes: an inner picture cuts it off."""
        width, height = self.right - self.left, self.bottom - self.top
        box = f"{_number(self.left)} {self.top} {_number(width)} {_number(height)}"
        return (f'<svg x="{_number(self.left)}" y="{self.top}" width="{_number(width)}" height="{_number(height)}" '
                f'viewBox="{box}">' + "".join(parts) + "</svg>")


def _whiskers(line, frame):
    steps = [f"M{_number(frame.x.place(dot.x))} {_number(frame.y.place(dot.low))}V{_number(frame.y.place(dot.high))}"
             for dot in line.dots if dot.bounded]
    return f'<path class="whisker s{line.style}" d="{"".join(steps)}"/>' if steps else ""


def _line(line, frame):
    points = [(frame.x.place(dot.x), frame.y.place(dot.y)) for dot in line.dots]
    if line.role != "measured":
        title = _title(line.dots[-1].text) if line.dots else ""
        return f'<path class="{line.role}" d="{_path(points)}">{title}</path>' if len(points) > 1 else ""
    return _whiskers(line, frame) + (f'<path class="line s{line.style}" d="{_path(points)}"/>' if len(points) > 1 else "")


def _marker(place, style, hollow, title=""):
    """A mark; where it is hollow the hole lies over it, so that all can be pointed at alike."""
    shape = f'd="M{place}{MARKERS[style]}"'
    hole = f'<path class="hole s{style}" {shape}/>' if hollow else ""
    return f'<path class="dot s{style}" {shape}>{title}</path>{hole}'


def _markers(line, frame):
    return [_marker(f"{_number(frame.x.place(dot.x))} {_number(frame.y.place(dot.y))}", line.style, not dot.bounded,
                    _title(dot.text)) for dot in line.dots if line.role == "measured"]


def _band(line, frame):
    bounded = [dot for dot in line.dots if dot.bounded]
    if line.role != "capacity" or len(bounded) < 2:
        return ""
    ring = [(dot.x, dot.high) for dot in bounded] + [(dot.x, dot.low) for dot in reversed(bounded)]
    return f'<path class="band" d="{_path([(frame.x.place(x), frame.y.place(y)) for x, y in ring])}z"/>'


def line_panel(chart, panel, width=360, height=260):
    frame = _Frame(chart, width, height)
    drawn = [_band(line, frame) for line in panel.lines] + [_line(line, frame) for line in panel.lines]
    # Markers may stand on the edge of the axes.
    dots = [mark for line in panel.lines for mark in _markers(line, frame)]
    return _svg(width, height, panel.alternative, [*frame.grid(), frame.inside(drawn), *dots],
                "wide" if width > 400 else "")


def _swatch(drawn):
    return f'<svg class="swatch" viewBox="0 0 34 14" aria-hidden="true">{drawn}</svg>'


def hollow_swatch():
    return _swatch(_marker("17 7", 0, True))


def swatch(line):
    """A piece of the line, for a legend."""
    if line.role != "measured":
        return _swatch(f'<path class="{line.role}" d="M2 7h30"/>')
    return _swatch(f'<path class="line s{line.style}" d="M2 7h30"/>{_marker("17 7", line.style, False)}')


class _Rows:
    """Rows that have a name at the left and figures at the right above their bars; in lines of their own where a name and
    its figures are too long for one."""

    left = 8

    def __init__(self, heads, width):
        self.right = width - 12
        self.letters = int((self.right - self.left) / 7.2)
        self.lines = 2 if any(columns(name) + columns(said) + 2 > self.letters for name, said in heads) else 1
        self.height = 30 + 16 * self.lines

    def head(self, index, name, said):
        """The texts, and the upper edge of the bar."""
        top = self.height * index + 4
        bar = top + 4 + 16 * self.lines
        return [_text(self.left, top + 14, abridged(name, self.letters), "name"), _text(self.right, bar - 6, said, "end")], bar


def bar_chart(chart, width=480):
    """Names stand above their bars, so that long ones have room."""
    rows = _Rows([(bar.label, bar.said) for bar in chart.bars], width)
    left, right = rows.left, rows.right
    low = min(bar.value for bar in chart.bars) / 3 if chart.log else 0
    high = max(max(bar.value, min(bar.high or 0, 1.5 * bar.value)) for bar in chart.bars) * (1.1 if chart.log else 1.02)
    bottom = rows.height * len(chart.bars) + 6
    axis = Axis(low, high, left, right, log=chart.log)
    form = _value_form(chart.unit)
    parts = []
    ticks = log_ticks(low, high) if chart.log else nice_ticks(high, 4)
    for tick in ticks:
        x = axis.place(tick)
        at_end = x > right - 24
        parts.append(f'<path class="grid" d="M{_number(x)} 4V{bottom}"/>')
        parts.append(_text(x if not at_end else right, bottom + 16, form(tick), "end" if at_end else "mid" if x > left + 20 else ""))
    for index, bar in enumerate(chart.bars):
        head, top = rows.head(index, bar.label, bar.said)
        parts += head
        parts.append(f'<rect class="bar s0" x="{left}" y="{top}" width="{_number(max(axis.place(bar.value) - left, 1))}" '
                     f'height="14">{_title(f"{bar.label}: {bar.said}")}</rect>')
        if bar.bounded:
            ends = [min(max(axis.place(end), left), right) for end in (max(bar.low, low or 0), bar.high)]
            parts.append(f'<path class="error" d="M{_number(ends[0])} {top + 7}H{_number(ends[1])}"/>')
    label = chart.x_label + (" (logarithmic axis)" if chart.log else "")
    parts.append(_text((left + right) / 2, bottom + 34, label, "mid label"))
    return _svg(width, bottom + 40, chart.alternative, parts, "wide rows")


def share_rows(chart, panel, css, width=480):
    """One bar for each row, of parts that add up to 1; names above them."""
    rows = _Rows([(line.label, line.text) for line in panel.rows], width)
    parts = []
    for index, line in enumerate(panel.rows):
        head, top = rows.head(index, line.label, line.text)
        parts += head
        x = rows.left
        parts.append(f"<g>{_title(f'{line.label}: {line.text}')}")
        for place, share in enumerate(line.shares):
            width_of = share * (rows.right - rows.left)
            parts.append(f'<rect class="{css}{place}" x="{_number(x)}" y="{top}" width="{_number(width_of)}" height="14"/>')
            x += width_of
        parts.append("</g>")
    return _svg(width, rows.height * len(panel.rows) + 8, panel.alternative, parts, "wide rows")


def share_columns(panel, css, width=360, height=200):
    """One column for each thread count, of parts that add up to 1."""
    left, right, top, bottom = 46, width - 14, 8, height - 38
    step = (right - left) / len(panel.rows)
    thick = min(step * 0.84, 44)
    parts = []
    for share in (0, 0.5, 1):
        y = bottom + share * (top - bottom)
        parts.append(f'<path class="grid" d="M{left} {_number(y)}H{right}"/>' + _text(left - 6, y + 4, f"{100 * share:.0f} %", "end"))
    places = {row.place: left + step * (index + 0.5) for index, row in enumerate(panel.rows)}

    class Places:
        @staticmethod
        def place(value):
            return places[value]

    for row in panel.rows:
        y = bottom
        parts.append(f"<g>{_title(row.text)}")
        for place, share in enumerate(row.shares):
            tall = share * (bottom - top)
            y -= tall
            if tall >= 0.05:
                parts.append(f'<path class="{css}{place}" d="M{_number(places[row.place] - thick / 2)} {_number(y)}'
                             f'h{_number(thick)}v{_number(tall)}h-{_number(thick)}z"/>')
        parts.append("</g>")
    for value in spaced([row.place for row in panel.rows], Places, lambda value: 10 + 7.5 * len(str(value))):
        parts.append(_text(places[value], bottom + 16, str(value), "mid"))
    parts.append(_text((left + right) / 2, height - 5, "threads", "mid label"))
    return _svg(width, height, panel.alternative, parts)
