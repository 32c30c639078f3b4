#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "commands/pythons.hpp"
#include "gilscale/command_line/options.hpp"
#include "gilscale/model/plugins.hpp"
#include "gilscale/model/result.hpp"

namespace gilscale {

/// Where a run measures.
struct RunPlace {
  std::string name;                   ///< "node1"; empty for a run without launchers
  std::vector<std::string> launcher;  ///< empty: here
  std::vector<int> threads;
  std::vector<RunPython> pythons;
  /// Of a place elsewhere: its `host`, `usable_cpus`, `cpu_budget`, `findings`.
  nlohmann::json machine = nlohmann::json::object();
  std::optional<Failure> failure;  ///< it cannot be measured there
};

/// Those that --launcher names, each asked what it is, at the same time; else here. Throws
/// UsageError where the command line is wrong, or here is no Python that can be measured with; what
/// is amiss elsewhere is that place's failure.
std::vector<RunPlace> run_places(const PlanOptions& plan, const std::vector<Plugin>& plugins);

}  // namespace gilscale
