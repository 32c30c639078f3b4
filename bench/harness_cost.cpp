/// What the harness itself costs, beside what Python's own tools cost for the same, in one run:
///   - one call of an empty C function, against timeit in the same interpreter;
///   - one round of N threads that make one empty call each, against N empty tasks through
///     concurrent.futures.ThreadPoolExecutor.
/// The two sides are measured alternately and compared pair by pair; printed is the median of the
/// ratios with its 95 % interval. Below 1 means cheaper than the peer.
/// Usage: gilscale_harness_cost [PAIRS]

#include <fmt/format.h>
#include <pybind11/embed.h>

#include <chrono>
#include <cstdlib>
#include <functional>
#include <vector>

#include "gilscale/cpu_budget.hpp"
#include "gilscale/statistics.hpp"
#include "python/bound_call.hpp"
#include "python/executors.hpp"
#include "python/interpreter.hpp"
#include "python/python_workload.hpp"

namespace {

using namespace gilscale;

double seconds_of(const std::function<void()>& work) {
  const auto began = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

/// Measures both sides `pairs` times, taking turns at going first, and prints a row.
void compare(const std::string& what, int pairs, double per, const std::function<double()>& ours,
             const std::function<double()>& theirs) {
  std::vector<double> our_s;
  std::vector<double> their_s;
  for (int i = 0; i < pairs; ++i) {
    if (i % 2 == 0) our_s.push_back(ours());
    their_s.push_back(theirs());
    if (i % 2 != 0) our_s.push_back(ours());
  }
  const Estimate ratio = median_interval(ratios(our_s, their_s));
  fmt::print("{:<34} {:>10.3f} {:>10.3f} {:>7.2f}  [{:.2f}, {:.2f}]\n", what,
             median(our_s) / per * 1e6, median(their_s) / per * 1e6, ratio.estimate, ratio.low,
             ratio.high);
}

WorkloadSpec empty_call() {
  WorkloadSpec spec;
  spec.name = "empty";
  spec.module = "gilscale_calibration";
  spec.attribute = "empty";
  spec.builtin = true;
  return spec;
}

void compare_calls(PythonWorkload& workload, int pairs) {
  constexpr int calls = 200000;
  const py::object timer = py::module_::import("timeit").attr("Timer")(
      "f()", py::arg("globals") = py::dict(
                 py::arg("f") = py::module_::import("gilscale_calibration").attr("empty")));
  workload.prepare(1);
  const std::chrono::duration<double> interval(switch_interval_s());
  compare(
      "one call / timeit", pairs, calls,
      [&] { return seconds_of([&] { workload.call(0).repeat(calls, interval); }); },
      [&] { return timer.attr("timeit")(calls).cast<double>(); });
}

/// Python's own way to give `threads` threads something to do, `rounds` times; the seconds it took.
py::object pool_timer() {
  const py::dict names;
  py::exec(R"(
import concurrent.futures, time
def make(function, threads, rounds):
    pool = concurrent.futures.ThreadPoolExecutor(threads)
    def measure():
        began = time.perf_counter()
        for _ in range(rounds):
            for future in [pool.submit(function) for _ in range(threads)]:
                future.result()
        return time.perf_counter() - began
    return measure
)",
           names);
  return names["make"];
}

void compare_rounds(PythonWorkload& workload, int pairs, int threads) {
  constexpr int rounds = 50;
  const auto executor = make_threads_executor({Case{}, &workload, cpu_budget().usable()});
  const py::object pool =
      pool_timer()(py::module_::import("gilscale_calibration").attr("empty"), threads, rounds);
  {
    const py::gil_scoped_release detached;
    executor->prepare(threads);
  }
  compare(
      fmt::format("one round of {} / thread pool", threads), pairs, rounds,
      [&] {
        const py::gil_scoped_release detached;
        return seconds_of([&] {
          for (int i = 0; i < rounds; ++i) executor->round(threads, 1);
        });
      },
      [&] { return pool().cast<double>(); });
}

}  // namespace

int main(int argc, char** argv) {
  const int pairs = argc > 1 ? static_cast<int>(std::strtol(argv[1], nullptr, 10)) : 31;
  if (pairs < 1) {
    fmt::print(stderr, "usage: gilscale_harness_cost [PAIRS], a number from 1 on\n");
    return 2;
  }
  const Interpreter python;
  PythonWorkload workload(empty_call());
  fmt::print("{:<34} {:>10} {:>10} {:>7}  {}\n", "", "ours (µs)", "peer (µs)", "ratio", "95 %");
  compare_calls(workload, pairs);
  for (const int threads : {1, 2, 4, 8}) compare_rounds(workload, pairs, threads);
  std::fflush(stdout);
  std::_Exit(0);
}
