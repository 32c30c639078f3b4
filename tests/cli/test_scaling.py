"""Workloads whose scaling is known exactly on any machine, because they sleep, are reported as what they are.

Rounds themselves are compared with what their calls saw in tests/python/executors_test.cpp, and estimates with their
samples in test_results.py, both tightly. Here the whole program is looked at. Noise can only delay a thread, so that
bounds lie far from the truth on its side, but nearer to it than what a broken program would give.
"""

import pytest
from conftest import QUICK
from evidence import convinced

THREADS = 8


def point_at(case, threads):
    return next(point for point in case["points"] if point["threads"] == threads)


def measured(gilscale, name, args, executor="threads", calls=1):
    """The case and its speedup."""
    case, = gilscale.cases("run", name, "--args", args, "-x", executor, "-t", str(THREADS), "--calls", str(calls),
                           "--benchmark_min_time=6x")
    assert case["executor"] == executor
    return case, point_at(case, THREADS)["speedup"]["estimate"]


@pytest.mark.parametrize("executor", ["threads", "pool"])
def test_a_workload_that_waits_without_the_gil_scales_perfectly(gilscale, executor):
    """If one thread of the eight came a turn later, it would be 4."""
    _, speedup = measured(gilscale, "release", "(50000,)", executor)
    assert 4.5 < speedup < 12


@pytest.mark.parametrize("executor", ["threads", "pool"])
def test_a_workload_that_waits_with_the_gil_does_not_scale(gilscale, executor):
    """If two threads did it at the same time, it would be 2. Without a GIL it is as if it were released."""
    case, speedup = measured(gilscale, "hold", "(20000,)", executor)
    if case["gil"]["after_run"]:
        assert 0.6 < speedup < 1.6
    else:
        assert speedup > 4


def test_a_workload_that_holds_the_gil_for_a_quarter_of_its_time_scales_to_four(gilscale):
    """The bound is 1/s = 4 for a demand s = 10/40 of a call; rounds of few calls fall short of it.

    One thread takes 40 ms a call. Of 8 threads, always one holds the GIL (4 would be enough for that), so that all c
    calls of each take 8 c 10 ms; then the last call still has its 30 ms without the GIL to go: 80 c + 30 ms.
    S = 8 (40 c) / (80 c + 30) = 3.76 for c = 6, and 4 for many. If the GIL does not go round in turn, a thread falls
    behind and works on alone at the end: up to some calls of 40 ms more. Holding it for half the call, it would be 2.
    """
    case, speedup = measured(gilscale, "hold_release", "(10000, 30000)", calls=6)
    assert 2.5 < speedup < 6 or not case["gil"]["after_run"]


@pytest.mark.parametrize("name, args, verdict", [("hold", "(10000,)", "gil-bound"),
                                                 ("release", "(100000,)", "parallel")])
def test_waiting_workloads_are_judged_by_threads_and_not_by_cores(gilscale, name, args, verdict, request):
    """A verdict needs 12 samples that agree."""
    if verdict == "gil-bound":
        request.getfixturevalue("with_gil")

    def look():
        case, = gilscale.cases("run", name, "--args", args, "-t4", "--calls=1", "--benchmark_min_time=14x")
        return case

    case = convinced(look, lambda case: case["verdict"] == verdict)
    assert point_at(case, 4)["achievable"] == 4


def test_two_samples_give_a_figure_but_no_interval(gilscale):
    case, = gilscale.cases("run", "release", "-t", "2", *QUICK)
    speedup = point_at(case, 2)["speedup"]
    assert speedup["estimate"] > 0
    assert (speedup["low"], speedup["high"]) == (None, None)
