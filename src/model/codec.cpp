#include "gilscale/model/codec.hpp"

#include <cmath>
#include <limits>
#include <tuple>
#include <utility>

namespace gilscale {
namespace {

using nlohmann::json;

json finite_or_null(double value) { return std::isfinite(value) ? json(value) : json(nullptr); }

double number_or(const json& value, double if_null) {
  return value.is_null() ? if_null : value.get<double>();
}

// The members of a type and the keys under which they stand, each once for writing and reading.

constexpr std::tuple members_of_rule{
    std::pair{"budget_s", &StopRule::budget_s},
    std::pair{"precision", &StopRule::precision},
    std::pair{"exactly", &StopRule::exactly},
    std::pair{"at_least_s", &StopRule::at_least_s},
};

constexpr std::tuple members_of_case{
    std::pair{"workload", &Case::workload},
    std::pair{"python", &Case::python},
    std::pair{"interpreter", &Case::interpreter},
    std::pair{"several_interpreters", &Case::several_interpreters},
    std::pair{"launcher", &Case::launcher},
    std::pair{"place", &Case::place},
    std::pair{"several_places", &Case::several_places},
    std::pair{"folder", &Case::folder},
    std::pair{"executor", &Case::executor},
    std::pair{"gil", &Case::gil},
    std::pair{"threads", &Case::threads},
    std::pair{"scaling", &Case::scaling},
    std::pair{"calls", &Case::calls},
    std::pair{"may_grow", &Case::may_grow},
    std::pair{"pin", &Case::pin},
    std::pair{"why", &Case::why},
    std::pair{"latency", &Case::latency},
    std::pair{"allocator", &Case::allocator},
    std::pair{"immortal", &Case::immortal},
    std::pair{"stop", &Case::stop},
    std::pair{"repetitions", &Case::repetitions},
    std::pair{"seed", &Case::seed},
    std::pair{"group", &Case::group},
};

constexpr std::tuple members_of_point{
    std::pair{"threads", &Point::threads},
    std::pair{"scaling", &Point::scaling},
    std::pair{"calls", &Point::calls},
    std::pair{"single_calls", &Point::single_calls},
    std::pair{"extra_calls", &Point::extra_calls},
    std::pair{"control_calls", &Point::control_calls},
    std::pair{"control_threads", &Point::control_threads},
    std::pair{"oversubscribed", &Point::oversubscribed},
    std::pair{"setup_s", &Point::setup_s},
    std::pair{"start_s", &Point::start_s},
    std::pair{"memory_bytes", &Point::memory_bytes},
    std::pair{"gil_demand", &Point::gil_demand},
    std::pair{"gil_demands", &Point::gil_demands},
    std::pair{"gil_demand_is", &Point::gil_demand_is},
    std::pair{"ledger_single", &Point::ledger_single},
    std::pair{"ledger_parallel", &Point::ledger_parallel},
    std::pair{"ledger_samples", &Point::ledger_samples},
    std::pair{"bystander_waits", &Point::bystander_waits},
    std::pair{"waits", &Point::waits},
    std::pair{"gil_hold_sites", &Point::hold_sites},
    std::pair{"longest_hold_site", &Point::longest_hold_site},
    std::pair{"allocator", &Point::allocator},
    std::pair{"immortal", &Point::immortal},
    std::pair{"other_cpus", &Point::other_cpus},
    std::pair{"control_other_cpus", &Point::control_other_cpus},
    std::pair{"stopped", &Point::stopped},
    std::pair{"samples", &Point::samples},
};

constexpr std::tuple members_of_account{
    std::pair{"rounds", &Account::rounds},
    std::pair{"calls", &Account::calls},
    std::pair{"makespan_s", &Account::makespan_s},
    std::pair{"wall_s", &Account::wall_s},
    std::pair{"cpu_s", &Account::cpu_s},
    std::pair{"runnable_s", &Account::runnable_s},
    std::pair{"page_faults", &Account::page_faults},
    std::pair{"switches", &Account::switches},
    std::pair{"forced_switches", &Account::forced_switches},
};

constexpr std::tuple members_of_ledger_samples{
    std::pair{"gil_wait", &LedgerSamples::gil_wait},
    std::pair{"lock_wait", &LedgerSamples::lock_wait},
    std::pair{"gil_hold_p99_s", &LedgerSamples::gil_hold_p99_s},
    std::pair{"gil_hold_max_s", &LedgerSamples::gil_hold_max_s},
    std::pair{"process_slowdown", &LedgerSamples::process_slowdown},
    std::pair{"triad_slowdown", &LedgerSamples::triad_slowdown},
    std::pair{"bystander_p99_s", &LedgerSamples::bystander_p99_s},
};

constexpr std::tuple members_of_waits{
    std::pair{"count", &WaitTotal::count},
    std::pair{"total_s", &WaitTotal::total_s},
    std::pair{"longest_s", &WaitTotal::longest_s},
};

template <typename T>
void write(json& value, const T& member) {
  value = member;
}

template <typename T>
void write(json& value, const std::optional<T>& member) {
  value = value_or_null(member);
}

template <typename T>
void read(const json& value, T& member) {
  value.get_to(member);
}

template <typename T>
void read(const json& value, std::optional<T>& member) {
  member = value_or_none<T>(value);
}

void read(const json& value, std::optional<StopReason>& member) {
  member = read_stop_reason(value);
}

void read(const json& value, std::optional<Seen>& member) {
  member = value.is_string() ? seen_of(value.get<std::string>()) : std::nullopt;
}

template <typename T, typename Members>
void write_members(json& object, const T& value, const Members& members) {
  object = json::object();
  std::apply([&](const auto&... each) { (write(object[each.first], value.*each.second), ...); },
             members);
}

template <typename T, typename Members>
void read_members(const json& object, T& value, const Members& members) {
  std::apply([&](const auto&... each) { (read(object.at(each.first), value.*each.second), ...); },
             members);
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
          {"quota", value_or_null(budget.quota ? std::optional(budget.quota->cpus) : std::nullopt)},
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

void to_json(json& json, GilMode mode) { json = to_string(mode); }
void from_json(const json& json, GilMode& mode) { mode = gil_mode_of(json.get<std::string>()); }

void to_json(json& json, Scaling scaling) { json = to_string(scaling); }

void from_json(const json& json, Scaling& scaling) {
  scaling = scaling_of(json.get<std::string>());
}

void to_json(json& json, StopReason reason) { json = to_string(reason); }
void to_json(json& json, Seen seen) { json = to_string(seen); }

std::optional<StopReason> read_stop_reason(const json& json) {
  return json.is_string() ? stop_reason_of(json.get<std::string>()) : std::nullopt;
}

void to_json(json& json, Why why) { json = static_cast<int>(why); }
void from_json(const json& json, Why& why) { why = static_cast<Why>(json.get<int>()); }

void to_json(json& json, const PythonPlace& place) {
  if (!place.file.empty())
    json = {{"file", place.file}, {"function", place.function}, {"line", place.line}};
}

void from_json(const json& json, PythonPlace& place) {
  if (json.is_null()) return;
  json.at("file").get_to(place.file);
  json.at("function").get_to(place.function);
  json.at("line").get_to(place.line);
}

void to_json(json& json, const HardwareCounts& counts) {
  json = {{"cycles", counts.cycles},
          {"instructions", counts.instructions},
          {"cache_misses", counts.cache_misses}};
}
void from_json(const json& json, HardwareCounts& counts) {
  json.at("cycles").get_to(counts.cycles);
  json.at("instructions").get_to(counts.instructions);
  json.at("cache_misses").get_to(counts.cache_misses);
}

void to_json(json& json, const WaitTotal& waits) { write_members(json, waits, members_of_waits); }
void from_json(const json& json, WaitTotal& waits) { read_members(json, waits, members_of_waits); }

void to_json(json& json, const LedgerSamples& samples) {
  write_members(json, samples, members_of_ledger_samples);
}
void from_json(const json& json, LedgerSamples& samples) {
  read_members(json, samples, members_of_ledger_samples);
}

void to_json(json& json, const AllocatorTrial& trial) {
  json = {{"library", trial.library}, {"throughput", trial.throughput}};
}
void from_json(const json& json, AllocatorTrial& trial) {
  json.at("library").get_to(trial.library);
  json.at("throughput").get_to(trial.throughput);
}

void to_json(json& json, const ImmortalTrial& trial) { json = {{"throughput", trial.throughput}}; }
void from_json(const json& json, ImmortalTrial& trial) {
  json.at("throughput").get_to(trial.throughput);
}

void to_json(json& json, const NamedWait& wait) {
  json = wait.waits;
  json["kind"] = to_string(wait.kind);
  json["site"] = value_or_null(wait.site.empty() ? std::nullopt : std::optional(wait.site));
  json["python"] = wait.python;
  if (wait.holds.count > 0) json["holds"] = wait.holds;
}

void from_json(const json& json, NamedWait& wait) {
  json.get_to(wait.waits);
  wait.kind = wait_kind_of(json.at("kind").get<std::string>());
  wait.site = json.at("site").is_null() ? "" : json.at("site").get<std::string>();
  json.at("python").get_to(wait.python);
  wait.holds = json.value("holds", WaitTotal());
}

/// Of the bins of a histogram, those in which there is something.
void to_json(json& json, const Durations& durations) {
  json = {{"longest_s", durations.longest_s()}, {"bins", nlohmann::json::array()}};
  for (std::size_t i = 0; i < Durations::bins; ++i)
    if (const std::uint64_t count = durations.in_bin(i)) json["bins"].push_back({i, count});
}

void from_json(const json& json, Durations& durations) {
  durations = {};
  for (const auto& bin : json.at("bins"))
    durations.add_to_bin(bin.at(0).get<std::size_t>(), bin.at(1).get<std::uint64_t>());
  durations.set_longest(json.at("longest_s").get<double>());
}

void to_json(json& json, const Account& account) {
  write_members(json, account, members_of_account);
  const Ledger& ledger = account.ledger;
  json["exact"] = ledger.exact;
  json["gil_held_s"] = ledger.gil_held_s;
  json["gil_holds"] = ledger.gil_holds;
  json["longest_hold_at"] = ledger.longest_hold_at;
  json["lost_threads"] = ledger.lost_threads;
  json["hardware"] = value_or_null(ledger.hardware);
  for (std::size_t i = 0; i < wait_kinds; ++i)
    json["waits"][std::string(to_string(static_cast<WaitKind>(i)))] = ledger.waits.at(i);
}

void from_json(const json& json, Account& account) {
  read_members(json, account, members_of_account);
  Ledger& ledger = account.ledger;
  json.at("exact").get_to(ledger.exact);
  json.at("gil_held_s").get_to(ledger.gil_held_s);
  json.at("gil_holds").get_to(ledger.gil_holds);
  json.at("longest_hold_at").get_to(ledger.longest_hold_at);
  json.at("lost_threads").get_to(ledger.lost_threads);
  ledger.hardware = value_or_none<HardwareCounts>(json.at("hardware"));
  for (std::size_t i = 0; i < wait_kinds; ++i)
    json.at("waits")
        .at(std::string(to_string(static_cast<WaitKind>(i))))
        .get_to(ledger.waits.at(i));
}

void to_json(json& json, const StopRule& rule) { write_members(json, rule, members_of_rule); }
void from_json(const json& json, StopRule& rule) { read_members(json, rule, members_of_rule); }

void to_json(json& json, const Case& planned) { write_members(json, planned, members_of_case); }
void from_json(const json& json, Case& planned) { read_members(json, planned, members_of_case); }

void to_json(json& json, const Point& point) { write_members(json, point, members_of_point); }
void from_json(const json& json, Point& point) { read_members(json, point, members_of_point); }

}  // namespace gilscale
