"""Deciding about what noise can spoil, with a stated chance of being wrong.

Figures themselves are tested where they arise, against a witness inside the round (tests/unit/evidence.hpp). Here the
whole program is looked at: its words, and figures whose truth is far from what a broken program would give.
"""

import math
import os
import textwrap

RIGHT_FAILS = 0.001  # the largest chance that a right program fails
BROKEN_PASSES = 0.01  # and that a broken one passes


class Evidence:
    """A sequential probability ratio test (Wald 1945) between two chances that a look is as it must be.

    `right`: at least that chance if the program is right, also on one core beside two busy processes. `broken`: at most
    that chance if it is broken. By Wald's inequality either error has at most its chance, however long it takes.
    """

    def __init__(self, right=0.8, broken=0.05):
        self._for = math.log(right / broken)
        self._against = math.log((1 - right) / (1 - broken))
        self._sum = 0.0

    def add(self, good):
        self._sum += self._for if good else self._against

    @property
    def verdict(self):
        """True or False, None while it is open."""
        if self._sum >= -math.log(BROKEN_PASSES):
            return True
        return False if self._sum <= math.log(RIGHT_FAILS) else None


def convinced(look, good, **chances):
    """Looks until it is decided, and gives the last good look; fails with a bad one if that is the decision.

    A right program needs two looks as a rule. With GILSCALE_SHOW_LOOKS=1 it prints how many of ten are good.
    """
    evidence, last_good = Evidence(**chances), None
    if os.environ.get("GILSCALE_SHOW_LOOKS"):
        print(f"\n{sum(map(bool, (good(look()) for _ in range(10))))} of 10 looks are good")
    while True:
        found = look()
        if is_good := bool(good(found)):
            last_good = found
        evidence.add(is_good)
        if evidence.verdict is False:
            raise AssertionError(f"too few looks are as they must be; the last one is "
                                 + textwrap.shorten(repr(found), 3000))
        if evidence.verdict:
            return last_good
