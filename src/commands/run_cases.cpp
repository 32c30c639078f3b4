#include "commands/run_cases.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>

#include "commands/plan.hpp"
#include "gilscale/report/progress_line.hpp"
#include "gilscale/supervise/discovery.hpp"
#include "gilscale/supervise/interrupt.hpp"
#include "gilscale/text/counted.hpp"
#include "gilscale/text/error.hpp"

namespace gilscale {
namespace {

FoundWorkloads found_workloads(const PlanOptions& options, const RunPlace& place,
                               const std::string& python, double timeout_s) {
  ProgressLine progress(1);
  progress.begin("looking for workloads");
  FoundWorkloads found = discover(options.workloads, python, place.launcher, timeout_s, progress);
  progress.clear();
  return found;
}

/// Looks at the place for the workloads. What goes wrong elsewhere is that place's failure.
PlannedPlace planned_place(RunPlace& place, const PlanOptions& plan, double timeout_s) {
  PlannedPlace planned{place.name, place.launcher, place.threads, {}};
  if (place.failure) return planned;
  try {
    for (const RunPython& each : place.pythons)
      planned.pythons.push_back({each.executable, each.interpreter, each.gils,
                                 found_workloads(plan, place, each.executable, timeout_s)});
  } catch (const Error& error) {
    if (place.launcher.empty() || interrupted()) throw;
    place.failure = Failure{FailureKind::unreachable, error.what(), ""};
  }
  return planned;
}

/// What is not measured stands in the table all the same: with the workloads that others have.
void fill_in_failed_places(std::vector<PlannedPlace>& planned,
                           const std::vector<RunPlace>& places) {
  const auto good = std::find_if(places.begin(), places.end(),
                                 [](const RunPlace& place) { return !place.failure; });
  if (good == places.end()) {
    const std::optional<Failure>& first = places.front().failure;
    throw Error(ExitCode::workload_failed, first ? first->message : "");
  }
  const auto place = static_cast<std::size_t>(good - places.begin());
  const FoundWorkloads found = planned[place].pythons.front().found;
  for (std::size_t i = 0; i < places.size(); ++i)
    if (places[i].failure) planned[i].pythons = {{"", "", {GilMode::standard}, found}};
}

/// Why there is nothing to be measured at a case's place.
const Failure* failure_at(const std::vector<RunPlace>& places, const Case& planned) {
  const auto place = std::find_if(places.begin(), places.end(),
                                  [&](const RunPlace& each) { return each.name == planned.place; });
  return place != places.end() && place->failure ? &*place->failure : nullptr;
}

}  // namespace

std::vector<RunPlace> asked_places(const PlanOptions& plan, const std::vector<Plugin>& plugins) {
  if (plan.launchers.empty()) return run_places(plan, plugins);
  ProgressLine progress(1);
  progress.begin(
      fmt::format("asking what there is at {}", counted(plan.launchers.size(), "place")));
  std::vector<RunPlace> places = run_places(plan, plugins);
  progress.clear();
  return places;
}

std::vector<Case> planned_cases(const PlanOptions& plan, std::vector<RunPlace>& places,
                                const PolicyOptions& policy) {
  std::vector<PlannedPlace> planned_for;
  for (RunPlace& each : places) planned_for.push_back(planned_place(each, plan, policy.timeout_s));
  fill_in_failed_places(planned_for, places);
  std::vector<Case> cases = plan_cases(plan, planned_for);
  for (Case& planned : cases) planned.stop = policy.stop;
  return cases;
}

Gate::Pythons infos_of(const std::vector<RunPlace>& places) {
  Gate::Pythons infos;
  for (const RunPlace& place : places)
    for (const RunPython& each : place.pythons) infos[{place.name, each.executable}] = each.info;
  return infos;
}

nlohmann::json document_of(const std::vector<RunPlace>& places) {
  nlohmann::json document = nlohmann::json::array();
  for (const RunPlace& place : places) {
    if (place.name.empty()) continue;
    nlohmann::json own = place.machine;
    own["name"] = place.name;
    own["launcher"] = fmt::format("{}", fmt::join(place.launcher, " "));
    document.push_back(std::move(own));
  }
  return document;
}

std::vector<Unreachable> take_unreachable(std::vector<Case>& cases,
                                          const std::vector<RunPlace>& places) {
  for (const RunPlace& place : places)
    if (place.failure) fmt::print(stderr, "gilscale: {}\n", place.failure->message);
  std::vector<Unreachable> taken;
  std::vector<Case> left;
  for (Case& planned : cases) {
    const Failure* const failure = failure_at(places, planned);
    if (!failure) {
      left.push_back(std::move(planned));
      continue;
    }
    CaseResult result;
    result.planned = std::move(planned);
    result.failure = *failure;
    taken.push_back({left.size(), std::move(result)});
  }
  cases = std::move(left);
  return taken;
}

}  // namespace gilscale
