#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "gilscale/machine/cpu_budget.hpp"
#include "gilscale/measure/point.hpp"
#include "gilscale/model/case.hpp"
#include "gilscale/model/finding.hpp"
#include "gilscale/model/result.hpp"
#include "gilscale/statistics/estimate.hpp"

namespace gilscale {

// JSON of the types that cross between front end and worker and that stand in result files.
// Infinite ends of an interval are null, since JSON has no infinity.
// Reading throws nlohmann::json::exception for a document of another shape.

/// The value, or null where there is none.
template <typename T>
nlohmann::json value_or_null(const std::optional<T>& value) {
  return value ? nlohmann::json(*value) : nlohmann::json(nullptr);
}

/// The value; none if it is null.
template <typename T>
std::optional<T> value_or_none(const nlohmann::json& value) {
  return value.is_null() ? std::nullopt : std::optional<T>(value.get<T>());
}

void to_json(nlohmann::json& json, const Estimate& estimate);
void from_json(const nlohmann::json& json, Estimate& estimate);

/// One way: result files describe the budget, nobody reads it back.
void to_json(nlohmann::json& json, const CpuBudget& budget);

void to_json(nlohmann::json& json, GilMode mode);
void from_json(const nlohmann::json& json, GilMode& mode);
void to_json(nlohmann::json& json, Scaling scaling);
void from_json(const nlohmann::json& json, Scaling& scaling);

void to_json(nlohmann::json& json, StopReason reason);
void to_json(nlohmann::json& json, Seen seen);
void to_json(nlohmann::json& json, Why why);
void from_json(const nlohmann::json& json, Why& why);
void to_json(nlohmann::json& json, const PythonPlace& place);
void from_json(const nlohmann::json& json, PythonPlace& place);
void to_json(nlohmann::json& json, const WaitTotal& waits);
void from_json(const nlohmann::json& json, WaitTotal& waits);
void to_json(nlohmann::json& json, const LedgerSamples& samples);
void from_json(const nlohmann::json& json, LedgerSamples& samples);
void to_json(nlohmann::json& json, const NamedWait& wait);
void from_json(const nlohmann::json& json, NamedWait& wait);
void to_json(nlohmann::json& json, const Durations& durations);
void from_json(const nlohmann::json& json, Durations& durations);
void to_json(nlohmann::json& json, const Account& account);
void from_json(const nlohmann::json& json, Account& account);
/// None for null, and for what is no reason of this version.
std::optional<StopReason> read_stop_reason(const nlohmann::json& json);

void to_json(nlohmann::json& json, const StopRule& rule);
void from_json(const nlohmann::json& json, StopRule& rule);

void to_json(nlohmann::json& json, const Case& planned);
void from_json(const nlohmann::json& json, Case& planned);

void to_json(nlohmann::json& json, Sharing sharing);
void from_json(const nlohmann::json& json, Sharing& sharing);
void to_json(nlohmann::json& json, FailureKind kind);
void from_json(const nlohmann::json& json, FailureKind& kind);
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(WorkloadSpec, name, module, file, attribute, args, kwargs,
                                   builtin, setup, statement, params, path, share, shared_element,
                                   immortal)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Axis, name, values)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(FoundWorkload, attribute, params)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PythonInfo, version, build, executable, debug, hooks,
                                   empty_call_s)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Finding, id, serious, from_threads, what, remedy)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(GilModule, name, file, distribution)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(GilState, at_start, after_import, after_run, shared, modules)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Failure, kind, message, details)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Samples, single_s, parallel_s, control_single_s,
                                   control_parallel_s, control_cpu_s, single_cpu_s,
                                   single_runnable_s, parallel_wall_s, parallel_cpu_s,
                                   parallel_runnable_s, single_undelayed_s, parallel_undelayed_s,
                                   control_single_undelayed_s, control_parallel_undelayed_s,
                                   spread_s, handover_s, dispatched_s, dispatch_s, block, launch)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(TimeShares, cpu, runnable, blocked)

void to_json(nlohmann::json& json, const Point& point);
void from_json(const nlohmann::json& json, Point& point);

}  // namespace gilscale
