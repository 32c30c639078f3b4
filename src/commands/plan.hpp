#pragma once

#include <vector>

#include "gilscale/command_line/options.hpp"
#include "gilscale/model/case.hpp"

namespace gilscale {

/// The name under which the control stands as a case of its own (executor `native`).
inline constexpr std::string_view control_workload = "control";

/// The cases of a run: every workload on every executor, each once, without the benchmarks that
/// the filter leaves out. The executor `native` runs no Python: it gives one case of its
/// own, the control. The stop rule is not set. `found` is what the files among the workloads hold.
/// UsageError when a name is unknown, the regular expression is wrong or nothing is left.
std::vector<Case> plan_cases(const PlanOptions& options, const FoundWorkloads& found = {});

}  // namespace gilscale
