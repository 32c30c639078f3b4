"""Where ticks go, so that their labels neither collide nor are odd numbers."""

from __future__ import annotations

import math


def nice_ticks(high, about=5):
    """From 0 to `high`, in steps of 1, 2, 2.5 or 5 times a power of ten."""
    raw = high / about
    power = 10 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= raw * 0.999)
    return [round(step * i, 12) for i in range(int(high / step * 1.0001) + 1)]


def log_ticks(low, high):
    """1, 2 and 5 times powers of ten; the powers alone where that would be too many."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for factors in ((1, 2, 5), (1, 3), (1,)):
        ticks = [10.0**power * factor for power in powers for factor in factors if low <= 10.0**power * factor <= high]
        if len(ticks) <= 8:
            break
    while len(ticks) > 8:
        ticks = ticks[::2]
    return ticks


class Axis:
    """Puts values between two places of a picture."""

    def __init__(self, low, high, start, end, log=False):
        self.log = log
        self.low, self.high = (math.log(low), math.log(high)) if log else (low, high)
        self.start, self.end = start, end

    def place(self, value):
        at = math.log(max(value, 1e-300)) if self.log else value
        return self.start + (at - self.low) / (self.high - self.low) * (self.end - self.start)


def spaced(values, axis, gap):
    """Those of the values whose labels keep a distance: the last and the first always, then powers of two, then others.
    `gap` says how much room a value's label needs."""
    def rank(value):
        ends = {values[-1]: 0, values[0]: 1}
        return ends.get(value, 2 if value & (value - 1) == 0 else 3 if value % 4 == 0 else 4 if value % 2 == 0 else 5)

    kept = []
    for value in sorted(values, key=lambda value: (rank(value), value)):
        here = axis.place(value)
        if all(abs(here - axis.place(other)) >= (gap(value) + gap(other)) / 2 for other in kept):
            kept.append(value)
    return sorted(kept)
