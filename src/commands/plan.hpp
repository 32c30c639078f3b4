#pragma once

#include <span>
#include <string>
#include <vector>

#include "gilscale/command_line/options.hpp"
#include "gilscale/model/case.hpp"

namespace gilscale {

/// The name under which the control stands as a case of its own (executor `native`).
inline constexpr std::string_view control_workload = "control";

/// A Python of a run, as cases are planned for it.
struct PlannedPython {
  std::string executable;   ///< empty: the one that gilscale came with
  std::string interpreter;  ///< how it is told apart
  std::vector<GilMode> gils{GilMode::standard};
  FoundWorkloads found = {};  ///< what the files among the workloads hold for it
};

/// A place of a run, as cases are planned for it.
struct PlannedPlace {
  std::string name;                   ///< empty for a run without launchers
  std::vector<std::string> launcher;  ///< empty: here
  std::vector<int> threads;
  std::vector<PlannedPython> pythons;
};

/// The cases of a run: every workload on every executor, each once, without the benchmarks that
/// the filter leaves out. The executor `native` runs no Python: it gives one case of its
/// own, the control. The stop rule is not set. Cases that differ in place or Python alone stand
/// beside one another. UsageError when a name is unknown, the regular expression is wrong or
/// nothing is left.
std::vector<Case> plan_cases(const PlanOptions& options, std::span<const PlannedPlace> places);

}  // namespace gilscale
