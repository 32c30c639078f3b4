"""Workloads whose scaling is known exactly on any machine, because they sleep, are reported as what they are.

Beside busy processes a sleeping thread may be woken late by some ticks of the scheduler (4 ms each): rounds are long
against that, and a result that misses is measured again, because noise can only bring a figure away from the truth.
"""

import pytest
from conftest import QUICK, undisturbed

THREADS = 8


def point_at(case, threads):
    return next(point for point in case["points"] if point["threads"] == threads)


def require_gil(case):
    if not case["gil"]["after_run"]:
        pytest.skip("there is no GIL to hold")


def speedup_of(case):
    return point_at(case, THREADS)["speedup"]["estimate"]


def measured(gilscale, name, args, calls, executor, good_enough):
    """Case and speedup of the first try whose speedup is good enough, else of the last."""
    case, = undisturbed(lambda: gilscale.cases("run", name, "--args", args, "-x", executor, "-t", str(THREADS),
                                               "--calls", str(calls), "--benchmark_min_time=3x"),
                        lambda cases: good_enough(speedup_of(cases[0])))
    return case, speedup_of(case)


@pytest.mark.parametrize("executor", ["threads", "pool"])
def test_a_workload_that_waits_without_the_gil_scales_perfectly(gilscale, executor):
    expected = pytest.approx(THREADS, rel=0.05)
    case, speedup = measured(gilscale, "release", "(20000,)", 8, executor, expected.__eq__)
    assert speedup == expected
    assert case["executor"] == executor


@pytest.mark.parametrize("executor", ["threads", "pool"])
def test_a_workload_that_waits_with_the_gil_does_not_scale(gilscale, executor):
    expected = pytest.approx(1, rel=0.05)
    case, speedup = measured(gilscale, "hold", "(20000,)", 2, executor, expected.__eq__)
    require_gil(case)
    assert speedup == expected
    assert case["executor"] == executor


def test_a_workload_that_holds_the_gil_for_a_quarter_of_its_time_scales_to_four(gilscale):
    """The bound is 1/s = 4 for a demand s = 10/40 of a call; rounds of few calls fall short of it.

    One thread takes 40 ms a call. Of 8 threads, always one holds the GIL (4 would be enough for that), so that all c
    calls of each take 8 c 10 ms; then the last call still has its 30 ms without the GIL to go: 80 c + 30 ms.
    S = 8 (40 c) / (80 c + 30) = 3.76 for c = 6, and 4 for many. If the GIL does not go round in turn, a thread falls
    behind and works on alone at the end: up to some calls of 40 ms more.
    """
    calls = 6
    theory = 8 * 40 * calls / (80 * calls + 30)

    def fits(speedup):
        return 0.88 * theory <= speedup <= 4.1

    case, speedup = measured(gilscale, "hold_release", "(10000, 30000)", calls, "threads", fits)
    require_gil(case)
    assert fits(speedup), speedup


@pytest.mark.parametrize("name, args, verdict", [("hold", "(10000,)", "gil-bound"),
                                                 ("release", "(100000,)", "parallel")])
def test_waiting_workloads_are_judged_by_threads_and_not_by_cores(gilscale, name, args, verdict):
    """A verdict needs an interval, hence 6 samples, and none of them far off."""
    case, = undisturbed(
        lambda: gilscale.cases("run", name, "--args", args, "-t4", "--calls=1", "--benchmark_min_time=6x"),
        lambda cases: cases[0]["verdict"] == verdict)
    if name == "hold":
        require_gil(case)
    assert case["verdict"] == verdict, case["why"]
    assert point_at(case, 4)["achievable"] == 4


def test_two_samples_give_a_figure_but_no_interval(gilscale):
    case, = gilscale.cases("run", "release", "-t", "2", *QUICK)
    speedup = point_at(case, 2)["speedup"]
    assert speedup["estimate"] > 0
    assert (speedup["low"], speedup["high"]) == (None, None)
