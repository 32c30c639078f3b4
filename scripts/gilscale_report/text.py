"""How numbers, and text that others wrote, look."""

from __future__ import annotations

import re
import unicodedata

# What HTML and XML have no place for (control characters, lone surrogates, U+FFFE and U+FFFF), and what would turn the
# text around it the other way.
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")


def plain(text):
    """The text with U+FFFD where it has what no document may hold."""
    return _NO_TEXT.sub("\ufffd", str(text))


def one_line(text):
    return " ".join(plain(text).split())


def columns(text):
    """How wide it is, in letters: those of East Asia take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 0 if unicodedata.combining(letter) else 1 for letter in text)


def _beginning(text, widest):
    """As much of its start as fits."""
    used = 0
    for index, letter in enumerate(text):
        used += columns(letter)
        if used > widest:
            return text[:index]
    return text


def abridged(text, widest):
    """A long text without its middle, on one line."""
    text = one_line(text)
    if columns(text) <= widest:
        return text
    tail = _beginning(text[::-1], (widest - 1) // 2)[::-1]
    return _beginning(text, widest - 1 - columns(tail)) + "…" + tail


def abridged_names(names, widest):
    """The same for several, which stay different from one another."""
    short = [abridged(name, widest) for name in names]
    return [f"{abridged(name, widest - 4)} #{place}" if short.count(own) > 1 else own
            for place, (name, own) in enumerate(zip(names, short), start=1)]


def significant(value, digits=3):
    """"0.912", "12.3", "1230": as many significant digits, no exponent where people write none."""
    if value is None:
        return ""
    if value == 0:
        return "0"
    if not 1e-4 <= abs(value) < 1e7:
        return f"{value:.{digits - 1}e}"
    text = f"{value:.{digits}g}"
    return f"{float(text):.0f}" if "e" in text else text


def duration(seconds):
    if seconds is None:
        return ""
    if seconds == 0:
        return "0"
    for least, factor, unit in ((1, 1, "s"), (1e-3, 1e3, "ms"), (1e-6, 1e6, "µs")):
        if abs(seconds) >= least:
            return f"{significant(seconds * factor)} {unit}"
    return f"{significant(seconds * 1e9)} ns"


def rate(per_s):
    if per_s is None:
        return ""
    for least, unit in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if per_s >= least:
            return significant(per_s / {"G": 1e9, "M": 1e6, "k": 1e3}[unit]) + unit
    return significant(per_s)


def percent(share):
    return "" if share is None else f"{100 * share:.0f} %"


def size(count):
    """Bytes."""
    return "" if count is None else f"{significant(count / 1e6)} MB"


def interval(estimate, form=significant):
    """"1.94 [1.88, 2.00]"; the figure alone where there were too few samples."""
    if estimate is None:
        return ""
    if not estimate.bounded:
        return form(estimate.value)
    return f"{form(estimate.value)} [{form(estimate.low)}, {form(estimate.high)}]"
