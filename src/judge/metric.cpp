#include "gilscale/judge/metric.hpp"

#include <algorithm>
#include <array>

#include "gilscale/judge/scalability.hpp"
#include "gilscale/statistics/scaling.hpp"

namespace gilscale {
namespace {

using Values = std::vector<double>;

Values serial_fractions(const Point& point, const PointValues& values) {
  Values fractions;
  if (point.threads == 1) return fractions;
  for (const double speedup : values.speedup)
    fractions.push_back(karp_flatt(point.threads, speedup));
  return fractions;
}

template <double TimeShares::* part>
Values shares_of_time(const Point&, const PointValues& values) {
  const Samples& samples = values.samples;
  Values shares;
  for (std::size_t i = 0; i < samples.size(); ++i)
    shares.push_back(time_shares(samples.parallel_cpu_s[i], samples.parallel_runnable_s[i],
                                 samples.parallel_wall_s[i]).*
                     part);
  return shares;
}

template <auto member>
Values values_at(const Point&, const PointValues& values) {
  return values.*member;
}

template <typename Value>
Values once(const std::optional<Value>& value) {
  return value ? Values{static_cast<double>(*value)} : Values{};
}

constexpr auto lower = Cores::missing_lower_it;
constexpr auto raise = Cores::missing_raise_it;
constexpr auto none = Cores::no_matter;
constexpr auto sampled = Measured::by_sample;
constexpr auto ledger = Measured::by_ledger_round;
constexpr auto single = Measured::once;

// name, absolute, of scaling, measured, cores, values
constexpr std::array<Metric, 22> table{{
    {"relative_efficiency", false, true, sampled, lower,
     values_at<&PointValues::relative_efficiency>},
    {"speedup", false, true, sampled, lower, values_at<&PointValues::speedup>},
    {"serial_fraction", false, true, sampled, raise, serial_fractions},
    {"relative_call", false, false, sampled, none, values_at<&PointValues::relative_call>},
    {"relative_throughput", false, false, sampled, lower,
     values_at<&PointValues::relative_throughput>},
    {"capacity", false, true, sampled, none, values_at<&PointValues::capacity>},
    {"achievable", false, true, single, none,
     [](const Point&, const PointValues& values) { return Values{values.achievable}; }},
    {"cpu_share", false, false, sampled, none,
     [](const Point&, const PointValues& values) { return cpu_shares(values.samples); }},
    {"gil_demand", false, false, ledger, none,
     [](const Point& point, const PointValues&) { return point.gil_demands; }},
    {"other_cpus", false, false, single, none,
     [](const Point& point, const PointValues&) { return Values{point.other_cpus}; }},
    {"time.cpu", false, false, sampled, lower, shares_of_time<&TimeShares::cpu>},
    {"time.runnable", false, false, sampled, raise, shares_of_time<&TimeShares::runnable>},
    {"time.blocked", false, false, sampled, raise, shares_of_time<&TimeShares::blocked>},
    {"call_s", true, false, sampled, raise, values_at<&PointValues::call_s>},
    {"makespan_s", true, false, sampled, raise, values_at<&PointValues::makespan_s>},
    {"throughput_per_s", true, false, sampled, lower, values_at<&PointValues::throughput_per_s>},
    {"single_call_s", true, false, sampled, none, values_at<&PointValues::single_call_s>},
    {"spread_s", true, false, sampled, raise,
     [](const Point&, const PointValues& values) { return values.samples.spread_s; }},
    {"setup_s", true, false, single, none,
     [](const Point& point, const PointValues&) { return Values{point.setup_s}; }},
    {"start_s", true, false, single, none,
     [](const Point& point, const PointValues&) { return Values{point.start_s}; }},
    {"memory_bytes", false, false, single, none,
     [](const Point& point, const PointValues&) { return once(point.memory_bytes); }},
    {"rounds", false, false, single, none,
     [](const Point& point, const PointValues&) {
       return Values{static_cast<double>(point.samples.size())};
     }},
}};

constexpr std::array<CaseMetric, 4> case_table{{
    {"contention",
     [](const CaseResult& result) -> std::optional<double> {
       const auto law = scalability_of(result.points).law;
       return law ? std::optional(law->contention) : std::nullopt;
     }},
    {"coherency",
     [](const CaseResult& result) -> std::optional<double> {
       const auto law = scalability_of(result.points).law;
       return law ? std::optional(law->coherency) : std::nullopt;
     }},
    {"peak_threads",
     [](const CaseResult& result) -> std::optional<double> {
       const auto law = scalability_of(result.points).law;
       return law ? law->peak_threads() : std::nullopt;
     }},
    {"saturation_threads",
     [](const CaseResult& result) -> std::optional<double> {
       const auto threads = scalability_of(result.points).saturation_threads;
       return threads ? std::optional(static_cast<double>(*threads)) : std::nullopt;
     }},
}};

}  // namespace

std::span<const Metric> point_metrics() { return table; }

std::span<const CaseMetric> case_metrics() { return case_table; }

const Metric* find_metric(std::string_view name) {
  const auto* row = std::find_if(table.begin(), table.end(),
                                 [&](const Metric& each) { return each.name == name; });
  return row == table.end() ? nullptr : row;
}

const CaseMetric* find_case_metric(std::string_view name) {
  const auto* row = std::find_if(case_table.begin(), case_table.end(),
                                 [&](const CaseMetric& each) { return each.name == name; });
  return row == case_table.end() ? nullptr : row;
}

}  // namespace gilscale
