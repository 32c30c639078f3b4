#include "gilscale/model/codec.hpp"

#include <cmath>
#include <limits>

namespace gilscale {
namespace {

using nlohmann::json;

json finite_or_null(double value) { return std::isfinite(value) ? json(value) : json(nullptr); }

double number_or(const json& value, double if_null) {
  return value.is_null() ? if_null : value.get<double>();
}

}  // namespace

void to_json(json& json, const Estimate& estimate) {
  json = {{"estimate", finite_or_null(estimate.estimate)},
          {"low", finite_or_null(estimate.low)},
          {"high", finite_or_null(estimate.high)}};
}

void from_json(const json& json, Estimate& estimate) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  estimate.estimate = number_or(json.at("estimate"), std::nan(""));
  estimate.low = number_or(json.at("low"), -infinity);
  estimate.high = number_or(json.at("high"), infinity);
}

void to_json(json& json, const CpuBudget& budget) {
  const Topology& topology = budget.topology;
  json = {{"cpus", topology.cpus()},
          {"cores", topology.cores.size()},
          {"fast_cores", topology.fast_cores()},
          {"memory_nodes", topology.numa_nodes()},
          {"quota", value_or_null(budget.quota)},
          {"usable", budget.usable()},
          {"pin_order", topology.pin_order()}};
}

void to_json(json& json, Sharing sharing) { json = to_string(sharing); }

void from_json(const json& json, Sharing& sharing) {
  sharing = sharing_of(json.get<std::string>());
}

void to_json(json& json, FailureKind kind) { json = to_string(kind); }

void from_json(const json& json, FailureKind& kind) {
  kind = failure_kind_of(json.get<std::string>());
}

void to_json(json& json, Scaling scaling) { json = to_string(scaling); }

void from_json(const json& json, Scaling& scaling) {
  scaling = scaling_of(json.get<std::string>());
}

void to_json(json& json, StopReason reason) { json = to_string(reason); }

std::optional<StopReason> read_stop_reason(const json& json) {
  return json.is_string() ? stop_reason_of(json.get<std::string>()) : std::nullopt;
}

void to_json(json& json, const StopRule& rule) {
  json = {{"budget_s", rule.budget_s},
          {"precision", rule.precision},
          {"exactly", value_or_null(rule.exactly)},
          {"at_least_s", rule.at_least_s}};
}

void from_json(const json& json, StopRule& rule) {
  rule.budget_s = json.at("budget_s").get<double>();
  rule.precision = json.at("precision").get<double>();
  rule.exactly = optional_at<std::int64_t>(json, "exactly");
  rule.at_least_s = json.at("at_least_s").get<double>();
}

void to_json(json& json, const Case& planned) {
  json = {{"workload", planned.workload},
          {"python", planned.python},
          {"folder", planned.folder},
          {"executor", planned.executor},
          {"threads", planned.threads},
          {"scaling", planned.scaling},
          {"calls", value_or_null(planned.calls)},
          {"pin", planned.pin},
          {"stop", planned.stop},
          {"repetitions", planned.repetitions},
          {"asks", planned.stop_policy}};
}

void from_json(const json& json, Case& planned) {
  json.at("workload").get_to(planned.workload);
  json.at("python").get_to(planned.python);
  json.at("folder").get_to(planned.folder);
  json.at("executor").get_to(planned.executor);
  json.at("threads").get_to(planned.threads);
  json.at("scaling").get_to(planned.scaling);
  planned.calls = optional_at<std::int64_t>(json, "calls");
  json.at("pin").get_to(planned.pin);
  json.at("stop").get_to(planned.stop);
  json.at("repetitions").get_to(planned.repetitions);
  json.at("asks").get_to(planned.stop_policy);
}

void to_json(json& json, const Point& point) {
  json = {{"threads", point.threads},
          {"scaling", point.scaling},
          {"calls", point.calls},
          {"extra_calls", point.extra_calls},
          {"control_calls", point.control_calls},
          {"oversubscribed", point.oversubscribed},
          {"setup_s", point.setup_s},
          {"start_s", point.start_s},
          {"memory_bytes", value_or_null(point.memory_bytes)},
          {"gil_demand", value_or_null(point.gil_demand)},
          {"gil_demands", point.gil_demands},
          {"other_cpus", point.other_cpus},
          {"stopped", value_or_null(point.stopped)},
          {"samples", point.samples}};
}

void from_json(const json& json, Point& point) {
  json.at("threads").get_to(point.threads);
  json.at("scaling").get_to(point.scaling);
  json.at("calls").get_to(point.calls);
  json.at("extra_calls").get_to(point.extra_calls);
  json.at("control_calls").get_to(point.control_calls);
  json.at("oversubscribed").get_to(point.oversubscribed);
  json.at("setup_s").get_to(point.setup_s);
  json.at("start_s").get_to(point.start_s);
  point.memory_bytes = optional_at<std::int64_t>(json, "memory_bytes");
  point.gil_demand = optional_at<double>(json, "gil_demand");
  json.at("gil_demands").get_to(point.gil_demands);
  json.at("other_cpus").get_to(point.other_cpus);
  point.stopped = read_stop_reason(json.at("stopped"));
  json.at("samples").get_to(point.samples);
}

}  // namespace gilscale
