#pragma once

#include <string>
#include <utility>
#include <vector>

#include "gilscale/codec.hpp"
#include "gilscale/report.hpp"
#include "gilscale/result.hpp"
#include "gilscale/workloads.hpp"
#include "steady_point.hpp"

namespace gilscale {

// One report with everything that reporters meet, the same on every machine: times are sums of
// powers of two, so that no figure depends on how a compiler rounds.

/// Eight samples: every other one is disturbed, its N-thread round a sixteenth longer.
inline Point restless_point(int threads, const Rounds& rounds, std::int64_t calls) {
  Point point;
  point.threads = threads;
  point.calls = calls;
  point.control_calls = 262144;
  point.stopped = "precision";
  Rounds disturbed = rounds;
  disturbed.parallel_s *= 1.0625;
  if (threads == 1) disturbed.single_s = disturbed.parallel_s;
  for (int i = 0; i < 4; ++i) {
    add_sample(point, rounds);
    add_sample(point, disturbed);
  }
  return point;
}

/// What Google Benchmark writes for a point, with a user counter.
inline nlohmann::json benchmark_entry(const Case& planned, const Point& point) {
  const std::string name = reported_name(planned, point.threads);
  return {{"name", name},
          {"family_index", 0},
          {"per_family_instance_index", 0},
          {"run_name", name},
          {"run_type", "iteration"},
          {"repetitions", 1},
          {"repetition_index", 0},
          {"threads", 1},
          {"iterations", point.samples.size()},
          {"real_time", point.samples.parallel_s.front() * 1e3},
          {"cpu_time", point.samples.parallel_cpu_s.front() * 1e3},
          {"time_unit", "ms"},
          {"items_per_second", 12500.5},
          {"speedup", point.threads / 2.0}};
}

inline CaseResult fixed_case(WorkloadSpec workload, const std::string& executor,
                             const std::vector<std::pair<int, Rounds>>& points) {
  CaseResult result;
  result.planned.workload = std::move(workload);
  result.planned.executor = executor;
  result.python = PythonInfo{"3.13.1", "default", "/usr/bin/python3"};
  result.context = {{"host_name", "fixed"}, {"num_cpus", 2}, {"library_build_type", "release"}};
  for (const auto& [threads, rounds] : points) {
    result.planned.threads.push_back(threads);
    result.points.push_back(restless_point(threads, rounds, 16));
    result.points.back().oversubscribed = threads > 2;
    result.benchmarks.push_back(benchmark_entry(result.planned, result.points.back()));
  }
  return result;
}

inline WorkloadSpec fixed_workload(const std::string& name, const std::string& args) {
  WorkloadSpec spec;
  spec.name = name;
  spec.module = "module";
  spec.attribute = "attribute";
  spec.args = args;
  return spec;
}

/// Twice the work on two cores; four threads get no more.
inline CaseResult scaling_case() {
  return fixed_case(fixed_workload("cpp_fib_nogil", "(30,)"), "threads",
                    {{1, {0.03125, 0.03125, 0.0625, 0.0625}},
                     {2, {0.03125, 0.03125, 0.0625, 0.0625}},
                     {4, {0.03125, 0.0625, 0.0625, 0.125}}});
}

/// The GIL is held: two threads take twice as long. Its object is built once.
inline CaseResult held_case() {
  WorkloadSpec spec = fixed_workload("fib_holder_gil", "()");
  spec.attribute = "FibHolder.do_fib";
  spec.shared_element = "30";
  CaseResult result =
      fixed_case(std::move(spec), "threads",
                 {{1, {0.0625, 0.0625, 0.0625, 0.0625}}, {2, {0.0625, 0.125, 0.0625, 0.0625}}});
  for (Point& point : result.points) {
    point.setup_s = 0.000244140625;
    point.gil_demand = 0.96875;
  }
  return result;
}

/// On the pool; measured twice, so Google Benchmark adds its aggregates.
inline CaseResult waiting_case() {
  CaseResult result = fixed_case(fixed_workload("release", "(1000,)"), "pool",
                                 {{8, {0.015625, 0.015625, 0.015625, 0.0625, 0.015625}}});
  nlohmann::json variation = result.benchmarks.back();
  variation["name"] = variation["run_name"].get<std::string>() + "_cv";
  variation["run_type"] = "aggregate";
  variation["aggregate_name"] = "cv";
  variation["aggregate_unit"] = "percentage";
  variation["repetitions"] = 2;
  variation["real_time"] = 0.03125;
  variation["cpu_time"] = 0.015625;
  variation.erase("repetition_index");
  result.benchmarks.push_back(std::move(variation));
  return result;
}

/// The control as a case of its own: no Python.
inline CaseResult control_case() {
  CaseResult result = fixed_case(fixed_workload("control", "()"), "native",
                                 {{2, {0.03125, 0.03125, 0.03125, 0.03125}}});
  result.python.reset();
  result.gil = {false, false, false};
  return result;
}

/// Got as far as one thread; its message has all that formats must escape.
inline CaseResult failed_case() {
  CaseResult result = fixed_case(fixed_workload("own.py:work", "('a b', \"c\")"), "threads",
                                 {{1, {0.03125, 0.03125, 0.03125, 0.03125}}});
  result.planned.threads = {1, 2};
  result.failure = Failure{
      "exception", "workload 'own.py:work' raised ValueError: \"one\", <two> & µ|three; try",
      "Traceback (most recent call last):\n  ...\nValueError: \"one\"\n"};
  return result;
}

/// Ended before it had measured anything.
inline CaseResult crashed_case() {
  CaseResult result = fixed_case(fixed_workload("own:crash", "()"), "threads", {});
  result.planned.threads = {1, 2};
  result.python.reset();
  result.context = nlohmann::json::object();
  result.failure = Failure{"signal", "the worker was ended by SIGSEGV (Segmentation fault)", ""};
  return result;
}

inline Report fixed_report() {
  Report report;
  report.cases = {scaling_case(), held_case(),   waiting_case(),
                  control_case(), failed_case(), crashed_case()};
  report.context = {{"usable_cpus", 2}, {"commit", "abc"}};
  return report;
}

}  // namespace gilscale
