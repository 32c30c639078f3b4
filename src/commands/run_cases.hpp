#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <vector>

#include "commands/gate.hpp"
#include "commands/places.hpp"
#include "gilscale/command_line/options.hpp"
#include "gilscale/model/case.hpp"
#include "gilscale/model/plugins.hpp"
#include "gilscale/model/result.hpp"

namespace gilscale {

// The cases of a run at all of its places, and what becomes of those that cannot be measured.

/// See run_places(); with progress, since what is asked elsewhere may take its time.
std::vector<RunPlace> asked_places(const PlanOptions& plan, const std::vector<Plugin>& plugins);

/// The cases, each with the rule by which it is sampled. Looks at each place for the workloads:
/// what goes wrong elsewhere becomes that place's failure. Throws Error where no place is left.
std::vector<Case> planned_cases(const PlanOptions& plan, std::vector<RunPlace>& places,
                                const PolicyOptions& policy);

/// What is known of all Pythons before they run.
Gate::Pythons infos_of(const std::vector<RunPlace>& places);

/// What a result file says of the places (`context.places`).
nlohmann::json document_of(const std::vector<RunPlace>& places);

/// A case whose place cannot be reached.
struct Unreachable {
  std::size_t before;  ///< the case that is measured after it in the order of the run
  CaseResult result;
};

/// Takes those out of `cases`. Says of each place once why.
std::vector<Unreachable> take_unreachable(std::vector<Case>& cases,
                                          const std::vector<RunPlace>& places);

}  // namespace gilscale
