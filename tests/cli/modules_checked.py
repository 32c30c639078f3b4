"""The checks of test_bench_modules.py. They run in the Python that is measured, which may have nothing installed.

    python modules_checked.py FOLDER_OF_THE_MODULES NAME_OF_A_CHECK

A sleep cannot be shortened: what would take turns takes at least its sum, every time, and what may wait together only has
to show it once. So a ceiling may be tried often: it is below what a broken module can reach.
"""

import importlib.util
import math
import statistics
import sys
import sysconfig
import threading
import time
from pathlib import Path

TRIES = 20
CHECKS = []
has_gil = getattr(sys, "_is_gil_enabled", lambda: True)


def load(name, suffix=None):
    path = Path(sys.argv[1]) / (name + (suffix or sysconfig.get_config_var("EXT_SUFFIX")))
    assert path.exists(), f"{path} is missing: build and install gilscale's bench modules"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def microseconds(function, *arguments):
    start = time.perf_counter_ns()
    function(*arguments)
    return (time.perf_counter_ns() - start) / 1000


def makespan(threads, function, *arguments):
    team = [threading.Thread(target=function, args=arguments) for _ in range(threads)]

    def run():
        for thread in team:
            thread.start()
        for thread in team:
            thread.join()

    return microseconds(run)


def shortest_makespan(short_enough, *what):
    shortest = math.inf
    for _ in range(TRIES):
        shortest = min(shortest, makespan(*what))
        if shortest <= short_enough:
            break
    return shortest


def raises(kind, words, function, *arguments):
    try:
        function(*arguments)
    except kind as error:
        assert words in str(error), error
        return
    raise AssertionError(f"{function}{arguments} did not raise {kind.__name__}")


def check(function):
    CHECKS.append(function)
    return function


# ---- Fibonacci ----


@check
def every_fib_gives_the_numbers_worked_by_hand():
    fib, py_fib = load("gilscale_fib"), load("gilscale_py_fib", ".py").py_fib
    expected = [1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89]
    holder = fib.FibHolder(list(range(11)))
    for function in (py_fib, fib.cpp_fib, fib.cpp_fib_nogil, holder.do_fib, holder.do_fib_nogil):
        assert [function(n) for n in range(11)] == expected


@check
def a_holder_computes_the_element_and_not_the_index():
    holder = load("gilscale_fib").FibHolder([5, 0, 10])
    assert [holder.do_fib(i) for i in range(len(holder))] == [8, 1, 89]
    assert [holder.do_fib_nogil(i) for i in range(len(holder))] == [8, 1, 89]


@check
def a_holder_keeps_a_copy_of_its_list():
    numbers = [5]
    holder = load("gilscale_fib").FibHolder(numbers)
    numbers[0] = 0
    assert holder.do_fib(0) == 8


@check
def a_number_outside_0_to_90_is_a_value_error():
    fib = load("gilscale_fib")
    for n in (-1, 91, 2**62):
        for function in (fib.cpp_fib, fib.cpp_fib_nogil, lambda n: fib.FibHolder([1, n])):
            raises(ValueError, "from 0 to 90", function, n)


@check
def an_index_outside_the_holder_is_an_index_error():
    holder = load("gilscale_fib").FibHolder([1, 2])
    for i in (-1, 2, 2**62):
        for function in (holder.do_fib, holder.do_fib_nogil):
            raises(IndexError, "has 2 elements", function, i)


# ---- waiting ----


@check
def eight_threads_that_release_wait_at_the_same_time():
    release = load("gilscale_calibration").release
    shortest = shortest_makespan(200_000, 8, release, 100_000)
    assert 100_000 <= shortest <= 200_000, shortest  # one after the other, they would take 800 ms


@check
def eight_threads_that_hold_wait_one_after_the_other_where_there_is_a_gil():
    hold = load("gilscale_calibration").hold
    if has_gil():
        assert all(makespan(8, hold, 20_000) >= 160_000 for _ in range(3))
    else:
        assert shortest_makespan(100_000, 8, hold, 20_000) <= 100_000


@check
def hold_release_queues_for_its_first_part_only():
    hold_release = load("gilscale_calibration").hold_release
    shortest = shortest_makespan(220_000, 4, hold_release, 20_000, 60_000)
    assert (140_000 if has_gil() else 80_000) <= shortest <= 220_000, shortest  # in turns, it would take 320 ms


@check
def a_wait_is_never_short_and_can_be_as_long_as_it_should():
    calibration = load("gilscale_calibration")
    for name, times in (("hold", (0,)), ("hold", (1000,)), ("release", (30,)), ("release", (20_000,)),
                        ("hold_release", (400, 600.5))):
        overshoots = []
        while len(overshoots) < 21 or (min(overshoots) > 100 and len(overshoots) < 21 * TRIES):
            overshoots.append(microseconds(getattr(calibration, name), *times) - sum(times))
        assert 0 <= min(overshoots) <= 100, (name, statistics.median(overshoots))


# ---- computing ----


@check
def a_burn_is_worth_its_time():
    # A neighbour may have half a core for as long as the test runs, and the machine's speed may change between the
    # calibration and the burn: what is told from that is half or twice the work.
    calibration = load("gilscale_calibration")
    for name, times in (("burn_hold", (1000,)), ("burn_release", (1000,)), ("burn_hold_release", (400, 600.5))):
        burn, expected, found = getattr(calibration, name), sum(times), []
        while len(found) < TRIES and not (found and 0.7 * expected <= found[-1] <= 1.5 * expected):
            calibration.recalibrate()
            found.append(min(microseconds(burn, *times) for _ in range(20)))
        assert 0.7 * expected <= found[-1] <= 1.5 * expected, (name, found)


@check
def the_burn_rate_is_the_one_last_calibrated():
    calibration = load("gilscale_calibration")
    rate = calibration.recalibrate()
    assert rate > 0
    assert calibration.burn_rate() == rate


# ---- all ----


@check
def a_time_outside_0_to_60_s_is_a_value_error():
    calibration = load("gilscale_calibration")
    for us in (-1, -0.001, 60e6 + 1, math.inf, math.nan):
        for name in ("hold", "release", "burn_hold", "burn_release"):
            raises(ValueError, "from 0 to 60e6", getattr(calibration, name), us)
        for name in ("hold_release", "burn_hold_release"):
            for times in ((us, 0), (0, us)):
                raises(ValueError, "from 0 to 60e6", getattr(calibration, name), *times)


@check
def empty_takes_nothing_and_does_nothing():
    calibration = load("gilscale_calibration")
    assert calibration.empty() is None
    raises(TypeError, "", calibration.empty, 1)


if __name__ == "__main__":
    {each.__name__: each for each in CHECKS}[sys.argv[2]]()
