#include "commands/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>

#include "gilscale/model/executors.hpp"
#include "gilscale/text/error.hpp"

namespace gilscale {
namespace {

Case make_case(const PlanOptions& options, const PlannedPlace& place, WorkloadSpec workload,
               const std::string& executor) {
  Case planned = options.common;
  planned.place = place.name;
  planned.launcher = place.launcher;
  planned.threads = place.threads;
  if (!place.launcher.empty()) planned.folder = std::filesystem::current_path().string();
  planned.workload = std::move(workload);
  planned.executor = executor;
  return planned;
}

std::vector<Sharing> shares(const PlanOptions& options, const ExecutorKind& executor) {
  return executor.shares_objects ? options.shares : std::vector{Sharing::all};
}

WorkloadSpec sharing(WorkloadSpec workload, Sharing share) {
  workload.share = share;
  return workload;
}

WorkloadSpec control_spec() {
  WorkloadSpec spec;
  spec.name = control_workload;
  return spec;
}

/// Somebody who names a workload wants that one measured, not the control.
void refuse_workloads_without_python(const PlanOptions& options) {
  const bool without_python =
      std::none_of(options.executors.begin(), options.executors.end(),
                   [](const std::string& name) { return executor_kind(name).runs_python; });
  if (without_python && !(options.workloads.names.empty() && options.workloads.statement.empty()))
    throw UsageError(
        "--executor native runs no Python, only the control; leave the workload out, or add "
        "another executor: -x threads,native");
}

bool differ_in_place_alone(const Case& a, const Case& b) {
  return a.workload == b.workload && a.executor == b.executor;
}

/// After the last one that differs in place or Python alone; not twice.
void add_once(std::vector<Case>& cases, Case planned) {
  const auto same = [&](const Case& other) {
    return differ_in_place_alone(other, planned) && other.place == planned.place &&
           other.python == planned.python && other.gil == planned.gil;
  };
  if (std::any_of(cases.begin(), cases.end(), same)) return;
  const auto last = std::find_if(cases.rbegin(), cases.rend(), [&](const Case& other) {
    return differ_in_place_alone(other, planned);
  });
  cases.insert(last == cases.rend() ? cases.end() : last.base(), std::move(planned));
}

/// A workload in one Python.
void add_cases(std::vector<Case>& cases, const Case& planned, const PlannedPython& python) {
  Case own = planned;
  own.python = python.executable;
  own.interpreter = python.interpreter;
  for (const GilMode gil : python.gils) {
    own.gil = gil;
    add_once(cases, own);
  }
}

/// All workloads on one executor at one place.
void add_cases(std::vector<Case>& cases, const PlanOptions& options, const PlannedPlace& place,
               const std::string& executor) {
  const ExecutorKind& kind = executor_kind(executor);
  if (!kind.runs_python) {
    add_once(cases, make_case(options, place, control_spec(), executor));
    return;
  }
  for (const PlannedPython& python : place.pythons)
    for (const WorkloadSpec& workload : resolve_workloads(options.workloads, python.found))
      for (const Sharing share : shares(options, kind))
        add_cases(cases, make_case(options, place, sharing(workload, share), executor), python);
}

/// Google Benchmark's rule: "all" is everything, a leading '-' negates the match.
class NameFilter {
 public:
  explicit NameFilter(const std::string& pattern) : keep_matching_(!pattern.starts_with('-')) {
    const std::string regex = keep_matching_ ? pattern : pattern.substr(1);
    try {
      regex_ = regex == "all" || regex.empty() ? "." : regex;
    } catch (const std::regex_error& error) {
      throw UsageError(fmt::format("--benchmark_filter '{}' is not a regular expression: {}",
                                   pattern, error.what()));
    }
  }
  [[nodiscard]] bool keeps(const std::string& name) const {
    return std::regex_search(name, regex_) == keep_matching_;
  }

 private:
  bool keep_matching_;
  std::regex regex_;
};

void apply_filter(std::vector<Case>& cases, const std::string& pattern) {
  if (pattern.empty()) return;
  const NameFilter filter(pattern);
  for (Case& planned : cases)
    std::erase_if(planned.threads,
                  [&](int threads) { return !filter.keeps(reported_name(planned, threads)); });
  std::erase_if(cases, [](const Case& planned) { return planned.threads.empty(); });
  if (cases.empty())
    throw UsageError(fmt::format(
        "--benchmark_filter '{}' matches no benchmark; --benchmark_list_tests shows their names",
        pattern));
}

}  // namespace

std::vector<Case> plan_cases(const PlanOptions& options, std::span<const PlannedPlace> places) {
  refuse_workloads_without_python(options);
  std::vector<Case> cases;
  std::set<std::string> interpreters;
  for (const std::string& executor : options.executors)
    for (const PlannedPlace& place : places) {
      add_cases(cases, options, place, executor);
      for (const PlannedPython& python : place.pythons)
        if (!python.interpreter.empty()) interpreters.insert(python.interpreter);
    }
  for (Case& planned : cases) {
    planned.several_interpreters = interpreters.size() > 1 && !planned.interpreter.empty();
    planned.several_places = places.size() > 1;
  }
  apply_filter(cases, options.filter);
  return cases;
}

}  // namespace gilscale
