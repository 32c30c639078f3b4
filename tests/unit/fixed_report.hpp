#pragma once

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "gilscale/judge/report.hpp"
#include "gilscale/model/codec.hpp"
#include "gilscale/model/result.hpp"
#include "gilscale/model/workloads.hpp"
#include "steady_point.hpp"

namespace gilscale {

// One report with everything that reporters meet, the same on every machine: times are sums of
// powers of two, so that no figure depends on how a compiler rounds.

/// Sixteen samples: every other one is disturbed, its N-thread round a sixteenth longer.
inline Point restless_point(int threads, const Rounds& rounds, std::int64_t calls) {
  Point point;
  point.threads = threads;
  point.calls = calls;
  point.control_calls = 262144;
  point.stopped = StopReason::precision;
  Rounds disturbed = rounds;
  disturbed.parallel_s *= 1.0625;
  if (threads == 1) disturbed.single_s = disturbed.parallel_s;
  for (int i = 0; i < 8; ++i) {
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
    point.gil_demands = {0.9375, 0.96875, 1};
    point.gil_demand_is = Seen::exact;
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
  result.failure =
      Failure{FailureKind::exception,
              "workload 'own.py:work' raised ValueError: \"one\", <two> & µ|three; try",
              "Traceback (most recent call last):\n  ...\nValueError: \"one\"\n"};
  return result;
}

/// Ended before it had measured anything.
inline CaseResult crashed_case() {
  CaseResult result = fixed_case(fixed_workload("own:crash", "()"), "threads", {});
  result.planned.threads = {1, 2};
  result.python.reset();
  result.context = nlohmann::json::object();
  result.failure =
      Failure{FailureKind::signal, "the worker was ended by SIGSEGV (Segmentation fault)", ""};
  return result;
}

inline Report fixed_report() {
  Report report;
  report.cases = {scaling_case(), held_case(),   waiting_case(),
                  control_case(), failed_case(), crashed_case()};
  report.context = {{"usable_cpus", 2}, {"commit", "abc"}};
  return report;
}

// ---- a report with gates ----

/// All that markup, a terminal, XML and CSV make something of.
inline std::string hostile(const std::string& begin) {
  return begin + "|<b>&`*_[x](y)\\ \"q\", 'r'; \r\n# \x1b[31m\x01\xff\xc2\x9b\xef\xbf\xbf$1~2~ %:";
}

inline Check fixed_check(const std::string& text, Outcome outcome) {
  Check check;
  check.expectation.text = text;
  check.expectation.workload = "cpp_fib_nogil";
  check.expectation.metric = "relative_efficiency";
  check.expectation.relation = Relation::at_least;
  check.expectation.bound = 0.5;
  check.label = "cpp_fib_nogil/30";
  check.threads = 2;
  check.seen = Estimate{0.96875, 0.9375, 1};
  check.outcome = outcome;
  check.why = "the interval is on one side of the bound";
  return check;
}

/// One of each outcome; the last one was not measured at all.
inline std::vector<Check> fixed_checks() {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  std::vector<Check> checks{
      fixed_check("cpp_fib_nogil@2 relative_efficiency >= 0.5", Outcome::passed),
      fixed_check(hostile("*") + " speedup > 3", Outcome::failed),
      fixed_check("cpp_fib_nogil@4 speedup > 1", Outcome::inconclusive),
      fixed_check("cpp_fib_nogil memory_bytes <= 1e9", Outcome::inconclusive)};
  checks[1].label = hostile("name");
  checks[1].why = hostile("because");
  checks[2].threads = 4;
  checks[2].seen = Estimate{1.5, -infinity, infinity};
  checks[2].why = "too few samples for an interval: 3";
  checks[3].threads.reset();
  checks[3].seen.reset();
  checks[3].why = "the system does not tell";
  return checks;
}

inline Change fixed_change(const std::string& name, ChangeVerdict verdict, const Estimate& cost) {
  Change change;
  change.name = name;
  change.threads = 2;
  change.call_s = cost;
  change.throughput_per_s = Estimate{1 / cost.estimate, 1 / cost.high, 1 / cost.low};
  change.speedup = Estimate{1, 0.984375, 1.015625};
  change.relative_efficiency = change.speedup;
  change.cost = cost;
  change.corrected_p = 0.03125;
  change.verdict = verdict;
  return change;
}

/// All four words; names without a partner on either side.
inline Changes fixed_changes() {
  Changes changes;
  changes.before = hostile("old.json");
  changes.how = "compare";
  changes.points = {
      fixed_change("cpp_fib_nogil/30@1", ChangeVerdict::same, {1, 0.984375, 1.015625}),
      fixed_change("cpp_fib_nogil/30@2", ChangeVerdict::faster, {0.5, 0.46875, 0.53125}),
      fixed_change(hostile("name") + "@2", ChangeVerdict::slower, {2, 1.75, 2.25}),
      fixed_change("release/1000@2", ChangeVerdict::unclear, {1.0625, 0.9375, 1.25})};
  changes.points[1].corrected_p = 0.0000152587890625;
  changes.points[3].threads.reset();
  changes.points[3].call_s.reset();
  changes.points[3].throughput_per_s.reset();
  changes.points[3].speedup.reset();
  changes.points[3].relative_efficiency.reset();
  changes.points[3].why = hostile("the interval includes the threshold");
  changes.only_before = {"gone/1@1", hostile("gone")};
  changes.only_after = {"new/1@1"};
  changes.differences = {{"machine", "the old version ran on 4 CPUs, the new one on 2"},
                         {"python", hostile("Python")}};
  return changes;
}

/// With every hostile character in its name, its message and its traceback.
inline CaseResult hostile_case() {
  CaseResult result = failed_case();
  result.planned.workload.name = hostile("name");
  result.planned.workload.share = Sharing::none;
  result.failure->message = hostile("message");
  result.failure->details = hostile("```` traceback") + "\n```\n</details>]]>\n";
  return result;
}

inline CaseResult long_case() {
  CaseResult result = held_case();
  result.planned.workload.name = "long.py:";
  for (int i = 0; i < 128; ++i) result.planned.workload.name += "verylong_µ";
  return result;
}

/// Not to be had with this Python, which is no failure.
inline CaseResult unavailable_case() {
  CaseResult result = crashed_case();
  result.planned.workload.name = "own:work";
  result.planned.executor = "interpreters";
  result.failure =
      Failure{FailureKind::unavailable, "sub-interpreters with their own GIL need 3.12", ""};
  return result;
}

/// Checks, changes and the other version's cases.
inline Report gated_report() {
  Report report;
  report.cases = {scaling_case(), hostile_case(), long_case(), unavailable_case()};
  report.context = {
      {"usable_cpus", 2}, {"gilscale_version", "9.9.9"}, {"date", "2026-01-02T03:04:05+00:00"}};
  report.checks = fixed_checks();
  report.changes = fixed_changes();
  report.against = {held_case()};
  return report;
}

/// What the command `compare` shows.
inline Report compared_report() {
  Report report;
  report.changes = fixed_changes();
  return report;
}

}  // namespace gilscale
