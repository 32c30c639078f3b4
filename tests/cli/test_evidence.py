"""The chances that evidence.py states, computed: they are what makes the tests that look several times mean something."""

import itertools

import pytest
from evidence import BROKEN_PASSES, RIGHT_FAILS, Evidence, convinced


def chance_to_pass(chance_of_good, most=60, **chances):
    """The chance of passing within `most` looks, and that of still being undecided: exact, over all sequences."""
    passed, open_states = 0.0, {0: 1.0, }  # by the number of good looks, of those that are undecided
    for looks in range(1, most + 1):
        following = {}
        for goods, chance in open_states.items():
            for good, share in ((True, chance_of_good), (False, 1 - chance_of_good)):
                following[goods + good] = following.get(goods + good, 0.0) + chance * share
        open_states = {}
        for goods, chance in following.items():
            verdict = verdict_of(goods, looks - goods, **chances)
            if verdict is None:
                open_states[goods] = chance
            passed += chance if verdict else 0
    return passed, sum(open_states.values())


def verdict_of(goods, bads, **chances):
    evidence = Evidence(**chances)
    for good in itertools.chain(itertools.repeat(False, bads), itertools.repeat(True, goods)):
        evidence.add(good)
    return evidence.verdict


@pytest.mark.parametrize("right, broken", [(0.8, 0.05), (0.9, 0.1), (0.7, 0.05)])
def test_the_chances_of_being_wrong_are_as_stated(right, broken):
    passes, undecided = chance_to_pass(broken, right=right, broken=broken)
    assert passes + undecided <= BROKEN_PASSES
    passes, undecided = chance_to_pass(right, right=right, broken=broken)
    assert 1 - passes - undecided <= RIGHT_FAILS
    assert undecided < 1e-6


def test_two_good_looks_convince():
    looks = iter([1, 2])
    assert convinced(lambda: next(looks), lambda look: look) == 2


def test_what_is_mostly_wrong_fails():
    looks = itertools.cycle([1, 0, 0, 0])
    with pytest.raises(AssertionError, match="too few looks"):
        convinced(lambda: next(looks), lambda look: look)
