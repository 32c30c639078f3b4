#include "gilscale/judge/metric.hpp"

#include <algorithm>
#include <array>

#include "gilscale/statistics/scaling.hpp"
#include "gilscale/statistics/statistics.hpp"

namespace gilscale {
namespace {

using Values = std::vector<double>;

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

template <double TimeShares::* part>
double share_of_all_time(const PointFigures& figures) {
  return figures.time.*part;
}

constexpr auto lower = Cores::missing_lower_it;
constexpr auto raise = Cores::missing_raise_it;
constexpr auto none = Cores::no_matter;
constexpr auto sampled = Measured::by_sample;
constexpr auto booked = Measured::by_ledger_round;
constexpr auto by_pair = Measured::by_ledger_pair;
constexpr auto at_once = Measured::once;
constexpr auto ends = Shown::interval;
constexpr auto alone = Shown::number;

// name, meaning, absolute, of scaling, measured, cores, shown, in CSV, values, number
constexpr std::array<Metric, 31> table{{
    {"makespan_s", "an N-thread round, in seconds", true, false, sampled, raise, ends, true,
     values_at<&PointValues::makespan_s>},
    {"call_s", "a call of an N-thread round, in seconds", true, false, sampled, raise, ends, true,
     values_at<&PointValues::call_s>},
    {"throughput_per_s", "calls of all threads per second", true, false, sampled, lower, ends, true,
     values_at<&PointValues::throughput_per_s>},
    {"speedup", "N*T(1)/T(N)", false, true, sampled, lower, ends, true,
     values_at<&PointValues::speedup>},
    {"throughput_speedup", "the speedup by the mean of the threads' times", false, true, sampled,
     lower, ends, true, values_at<&PointValues::throughput_speedup>},
    {"capacity", "the speedup of the control", false, true, sampled, none, ends, true,
     values_at<&PointValues::capacity>},
    {"relative_efficiency", "the speedup divided by what was achievable", false, true, sampled,
     lower, ends, true, values_at<&PointValues::relative_efficiency>},
    {"single_call_s", "a call of a 1-thread round, in seconds", true, false, sampled, none, ends,
     true, values_at<&PointValues::single_call_s>},
    {"relative_call", "a 1-thread call in units of one call of the control", false, false, sampled,
     none, ends, true, values_at<&PointValues::relative_call>},
    {"relative_throughput", "calls of all threads per call of one thread of the control", false,
     false, sampled, lower, ends, true, values_at<&PointValues::relative_throughput>},
    {"serial_fraction", "Karp-Flatt; not at one thread", false, true, sampled, raise, ends, true,
     values_at<&PointValues::serial_fraction>},
    {"spread_s", "from the first thread's finish to the last one's, in seconds", true, false,
     sampled, raise, ends, true,
     [](const Point&, const PointValues& values) { return values.samples.spread_s; }},
    {"dispatched_speedup", "the speedup of a pool from submission to result", false, true, sampled,
     lower, ends, false, values_at<&PointValues::dispatched_speedup>},
    {"dispatch_s", "what submitting a task and taking its result costs, in seconds", true, false,
     sampled, raise, ends, false, values_at<&PointValues::dispatch_s>},
    {"cpu_share", "the share of a 1-thread call on a CPU, over that of the control", false, false,
     sampled, none, alone, true,
     [](const Point&, const PointValues& values) { return cpu_shares(values.samples); },
     [](const PointFigures& figures) { return figures.cpu_share; }},
    {"achievable", "the speedup that the machine allowed", false, true, at_once, none, alone, true,
     [](const Point&, const PointValues& values) { return Values{values.allowed.achievable}; }},
    {"achievable_low", "the least that code without any fault may do there", false, true, at_once,
     none, alone, true,
     [](const Point&, const PointValues& values) { return Values{values.allowed.achievable_low}; }},
    {"gil_demand", "the share of a 1-thread call for which it holds the GIL", false, false, booked,
     none, alone, true, [](const Point& point, const PointValues&) { return point.gil_demands; }},
    {"gil_wait", "threads' worth of time that waits for the GIL", false, true, by_pair, none, alone,
     false, [](const Point& point, const PointValues&) { return point.ledger_samples.gil_wait; }},
    {"lock_wait", "threads' worth of time that waits for locks", false, true, by_pair, none, alone,
     false, [](const Point& point, const PointValues&) { return point.ledger_samples.lock_wait; }},
    {"gil_hold_p99", "99 % of the holds of the GIL are not longer, in seconds", false, false,
     by_pair, none, alone, false,
     [](const Point& point, const PointValues&) { return point.ledger_samples.gil_hold_p99_s; }},
    {"gil_hold_max", "the longest hold of the GIL in a round, in seconds", false, false, by_pair,
     none, alone, false,
     [](const Point& point, const PointValues&) { return point.ledger_samples.gil_hold_max_s; }},
    {"bystander_p99", "what a thread waits for the GIL that wants it now and then, in seconds",
     false, false, Measured::by_latency_round, none, alone, false,
     [](const Point& point, const PointValues&) { return point.ledger_samples.bystander_p99_s; }},
    {"setup_s", "what the workload's own set-up took, in seconds", true, false, at_once, none,
     alone, true, [](const Point& point, const PointValues&) { return Values{point.setup_s}; }},
    {"start_s", "what starting the executor's threads or processes took, in seconds", true, false,
     at_once, none, alone, true,
     [](const Point& point, const PointValues&) { return Values{point.start_s}; }},
    {"memory_bytes", "memory of all processes that take part", false, false, at_once, none, alone,
     true, [](const Point& point, const PointValues&) { return once(point.memory_bytes); }},
    {"other_cpus", "CPUs that other threads of the workload keep busy", false, false, at_once, none,
     alone, false, [](const Point& point, const PointValues&) { return Values{point.other_cpus}; }},
    {"time.cpu", "the share of the threads' time on a CPU", false, false, sampled, lower, alone,
     false, shares_of_time<&TimeShares::cpu>, share_of_all_time<&TimeShares::cpu>},
    {"time.runnable", "the share of it ready to run, without a CPU", false, false, sampled, raise,
     alone, false, shares_of_time<&TimeShares::runnable>, share_of_all_time<&TimeShares::runnable>},
    {"time.blocked", "the share of it blocked: the GIL, a lock, sleep, I/O", false, false, sampled,
     raise, alone, false, shares_of_time<&TimeShares::blocked>,
     share_of_all_time<&TimeShares::blocked>},
    {"rounds", "samples that were taken", false, false, at_once, none, alone, false,
     [](const Point& point, const PointValues&) {
       return Values{static_cast<double>(point.samples.size())};
     }},
}};

// name, meaning, whole, of the curve, value
constexpr std::array<CaseMetric, 5> case_table{{
    {"contention", "the part of the work that threads do in turns (USL)", false, true,
     [](const Scalability& of, const GilState&) {
       return of.law ? std::optional(of.law->contention) : std::nullopt;
     }},
    {"coherency", "what threads pay for one another (USL)", false, true,
     [](const Scalability& of, const GilState&) {
       return of.law ? std::optional(of.law->coherency) : std::nullopt;
     }},
    {"peak_threads", "the number of threads beyond which throughput falls (USL)", false, true,
     [](const Scalability& of, const GilState&) {
       return of.law ? of.law->peak_threads : std::nullopt;
     }},
    {"saturation_threads", "the fewest threads that do as much as any number", true, true,
     [](const Scalability& of, const GilState&) {
       return of.saturation_threads ? std::optional(exactly(*of.saturation_threads)) : std::nullopt;
     }},
    {"gil_off", "1 if a free-threaded Python had its GIL off to the end, else 0", true, false,
     [](const Scalability&, const GilState& gil) -> std::optional<Estimate> {
       return exactly(gil.at_start || gil.after_import || gil.after_run ? 0 : 1);
     }},
}};

}  // namespace

std::span<const Metric> point_metrics() { return table; }

std::optional<Estimate> figure_of(const Metric& metric, const MeasuredPoint& measured) {
  const auto& [point, values, figures] = measured;
  if (metric.number) return exactly(metric.number(figures));
  const std::vector<double> seen = metric.values(point, values);
  if (seen.empty()) return std::nullopt;
  if (metric.shown == Shown::interval) return median_interval(seen);
  return exactly(median(seen));
}

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
