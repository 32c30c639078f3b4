"""Colours that colour-blind readers tell apart (Okabe & Ito 2008), with a marker and dashes for each: no line is told by
its colour alone. The eighth colour, yellow, is too faint on white."""

COLORS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"]
# The same where the ground is dark: what was too dark there is lighter.
DARK_COLORS = ["#4aa8e0", "#f07f3c", "#2cc99d", "#e09cc0", "#f0b429", "#8fd0f5", "#f2f2f2"]
DASHES = ["", "7 3", "2 2", "9 3 2 3", "", "7 3", "2 2"]

# Relative to a marker's centre; matplotlib's names beside them.
MARKERS = ["m-3.4 0a3.4 3.4 0 1 0 6.8 0a3.4 3.4 0 1 0-6.8 0z", "m-3-3h6v6h-6z", "m0-4l4 7h-8z", "m0-4.4l4.4 4.4l-4.4 4.4l-4.4-4.4z",
           "m0 4l4-7h-8z", "m-1.4-4h2.8v2.6h2.6v2.8h-2.6v2.6h-2.8v-2.6h-2.6v-2.8h2.6z",
           "m-4-2l2-2l2 2l2-2l2 2l-2 2l2 2l-2 2l-2-2l-2 2l-2-2l2-2z"]
MARKER_NAMES = ["o", "s", "^", "D", "v", "P", "X"]

# Of shares: the same hues, as areas.
SHARES = ["#009e73", "#e69f00", "#0072b2"]
DARK_SHARES = ["#2cc99d", "#f0b429", "#4aa8e0"]
GIL_SHARES = ["#d55e00", "#009e73"]
# Of a speedup stack: what was achieved, and what was lost.
STACK_SHARES = ["#009e73", "#d55e00", "#cc79a7", "#0072b2", "#e69f00", "#56b4e9", "#8c959f", "#1b1f24"]
DARK_STACK_SHARES = ["#2cc99d", "#f07f3c", "#e09cc0", "#4aa8e0", "#f0b429", "#8fd0f5", "#8c959f", "#e8eaed"]


def of_shares(parts):
    """One color for each of so many parts."""
    return GIL_SHARES if parts == len(GIL_SHARES) else STACK_SHARES
