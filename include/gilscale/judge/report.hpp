#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "gilscale/judge/change.hpp"
#include "gilscale/judge/check.hpp"
#include "gilscale/judge/judged_case.hpp"

namespace gilscale {

/// Everything that a run found: what the reporters show.
struct Report {
  std::vector<JudgedCase> cases;
  nlohmann::json context = nlohmann::json::object();  ///< of this run, besides the workers'
  std::vector<Check> checks;                          ///< of the expectations
  std::vector<JudgedCase> against;                    ///< the other version's cases (--against)
  std::optional<Changes> changes;                     ///< since the other version
};

/// The report's context with what Google Benchmark found out about the machine: the first worker
/// that measured anything says it.
nlohmann::json context_of(const Report& report);

}  // namespace gilscale
