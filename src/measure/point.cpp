#include "gilscale/measure/point.hpp"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "gilscale/statistics/scaling.hpp"
#include "gilscale/statistics/statistics.hpp"

namespace gilscale {
namespace {

using Values = std::vector<double>;

Values scaled(Values values, double factor) {
  for (double& value : values) value *= factor;
  return values;
}

Values differences(Values values, const Values& less) {
  std::transform(values.begin(), values.end(), less.begin(), values.begin(), std::minus<>());
  return values;
}

/// N·T(1)/T(N) where each thread makes the same calls.
Values weak_speedups(int threads, const Values& single, const Values& parallel) {
  return scaled(ratios(single, parallel), threads);
}

Values capacities(const Point& point, const Samples& samples) {
  return weak_speedups(control_threads_of(point), samples.control_single_s,
                       samples.control_parallel_s);
}

/// Work done over time, N threads against one.
Values speedups(const Point& point, const Values& single, const Values& parallel) {
  const double work = static_cast<double>(parallel_calls(point).total(point.threads)) /
                      static_cast<double>(single_calls(point).each);
  return scaled(ratios(single, parallel), work);
}

Samples without_disturbed(const Point& point) {
  const std::vector<bool> disturbed = disturbed_samples(point);
  std::vector<std::size_t> others;
  for (std::size_t i = 0; i < disturbed.size(); ++i)
    if (!disturbed[i]) others.push_back(i);
  return others.size() < fewest_for_ends ? point.samples : samples_at(point.samples, others);
}

/// What the machine allowed: the part of the values that the others build on.
PointValues machine_values(const Point& point, Samples samples) {
  AllowanceSoFar seen(point);
  for (std::size_t i = 0; i < samples.size(); ++i) seen.add(samples, i);
  PointValues values;
  values.allowed = seen.allowance();
  values.capacity = capacities(point, samples);
  values.samples = std::move(samples);
  return values;
}

/// Disturbed samples only matter where cores are the bound.
PointValues machine_values(const Point& point) {
  PointValues calm = machine_values(point, without_disturbed(point));
  if (calm.allowed.bound_by_cpus) return calm;
  const PointValues all = machine_values(point, point.samples);
  return all.allowed.bound_by_cpus ? calm : all;
}

void add_efficiencies(const Point& point, PointValues& values) {
  Point taken = point;
  taken.samples = values.samples;
  const Allowance& allowed = values.allowed;
  for (std::size_t i = 0; i < values.samples.size(); ++i) {
    values.relative_efficiency.push_back(
        relative_efficiency_of(taken, i, allowed, allowed.delayed));
    values.throughput_speedup.push_back(throughput_speedup_of(taken, i));
    values.throughput_efficiency.push_back(
        throughput_efficiency_of(taken, i, allowed, allowed.delayed));
  }
}

/// With what the samples say of the workload.
PointValues completed(const Point& point, PointValues values) {
  const Samples& samples = values.samples;
  const CallShare parallel = parallel_calls(point);
  const double all = static_cast<double>(parallel.total(point.threads));
  const double each = static_cast<double>(parallel.most());
  const double single = static_cast<double>(single_calls(point).each);
  const auto control = static_cast<double>(point.control_calls);
  values.makespan_s = samples.parallel_s;
  values.call_s = scaled(samples.parallel_s, 1 / each);
  values.undelayed_round_call_s = scaled(samples.parallel_undelayed_s, 1 / each);
  values.throughput_per_s = scaled(ratios(Values(samples.size(), 1.0), samples.parallel_s), all);
  values.speedup = speedups(point, samples.single_s, samples.parallel_s);
  if (point.threads > 1)
    for (const double speedup : values.speedup)
      values.serial_fraction.push_back(karp_flatt(point.threads, speedup));
  add_efficiencies(point, values);
  values.single_call_s = scaled(samples.single_s, 1 / single);
  values.undelayed_call_s = scaled(samples.single_undelayed_s, 1 / single);
  values.control_undelayed_call_s = scaled(samples.control_single_undelayed_s, 1 / control);
  values.relative_call =
      scaled(ratios(samples.single_s, samples.control_single_s), control / single);
  values.relative_throughput =
      scaled(ratios(samples.control_single_s, samples.parallel_s), all / control);
  const bool is_dispatched = std::all_of(samples.dispatched_s.begin(), samples.dispatched_s.end(),
                                         [](double seconds) { return seconds > 0; });
  if (is_dispatched) {
    values.dispatched_speedup = speedups(point, samples.single_s, samples.dispatched_s);
    values.dispatch_s = samples.dispatch_s;
  }
  return values;
}

/// 0 without ledger rounds.
double longest_hold_s(const Point& point) {
  const Account* const account = account_of_all(point);
  return account ? account->ledger.gil_holds.longest_s() : 0;
}

}  // namespace

std::string_view to_string(Scaling scaling) { return scaling == Scaling::weak ? "weak" : "strong"; }

Scaling scaling_of(std::string_view word) {
  return word == to_string(Scaling::strong) ? Scaling::strong : Scaling::weak;
}

std::string_view to_string(Seen seen) { return seen == Seen::exact ? "exact" : "estimate"; }

std::optional<Seen> seen_of(std::string_view word) {
  for (const Seen seen : {Seen::exact, Seen::estimate})
    if (word == to_string(seen)) return seen;
  return std::nullopt;
}

CallShare parallel_calls(const Point& point) { return {point.calls, point.extra_calls}; }

CallShare single_calls(const Point& point) {
  if (point.scaling == Scaling::strong) return parallel_calls(point).total(point.threads);
  return point.single_calls > 0 ? point.single_calls : point.calls;
}

int control_threads_of(const Point& point) {
  return point.control_threads > 0 ? point.control_threads : point.threads;
}

bool disturbs_control(const Point& point) {
  constexpr double more_than_a_clock_or_a_waking_thread = 0.25;
  return point.control_other_cpus > more_than_a_clock_or_a_waking_thread;
}

std::optional<Seen> of_both(std::optional<Seen> one, std::optional<Seen> other) {
  if (one == Seen::estimate || other == Seen::estimate) return Seen::estimate;
  return one ? one : other;
}

const Account* account_of_all(const Point& point) {
  const auto& account = point.threads > 1 ? point.ledger_parallel : point.ledger_single;
  return account ? &*account : nullptr;
}

void add_ledgers(Point& point, const Point& other) {
  if (longest_hold_s(other) >= longest_hold_s(point))
    point.longest_hold_site = other.longest_hold_site;
  add_to(point.ledger_single, other.ledger_single);
  add_to(point.ledger_parallel, other.ledger_parallel);
  add_to(point.bystander_waits, other.bystander_waits);
  append(point.ledger_samples, other.ledger_samples);
  point.gil_demand_is = of_both(point.gil_demand_is, other.gil_demand_is);
}

void forget_ledgers(Point& point) {
  point.ledger_single.reset();
  point.ledger_parallel.reset();
  point.bystander_waits.reset();
  point.ledger_samples = {};
  point.waits.clear();
  point.hold_sites.clear();
  point.longest_hold_site.clear();
}

void append(Point& point, Point later) {
  append(point.samples, later.samples);
  later.samples = std::move(point.samples);
  point.gil_demands.insert(point.gil_demands.end(), later.gil_demands.begin(),
                           later.gil_demands.end());
  later.gil_demands = std::move(point.gil_demands);
  if (!later.gil_demands.empty()) later.gil_demand = median(later.gil_demands);
  later.gil_demand_is = of_both(point.gil_demand_is, later.gil_demand_is);
  point = std::move(later);
}

std::int64_t case_calls(const Point& point) { return single_calls(point).each; }

std::vector<bool> disturbed_samples(const Point& point) {
  AllowanceSoFar all(point);
  for (std::size_t i = 0; i < point.samples.size(); ++i) all.add(point.samples, i);
  std::vector<bool> disturbed;
  for (const double each : capacities(point, point.samples))
    disturbed.push_back(all.is_disturbed(each));
  return disturbed;
}

TimeShares time_shares(double cpu_s, double runnable_s, double wall_s) {
  const double all_s = std::max(wall_s, cpu_s + runnable_s);
  if (!(all_s > 0)) return {};
  return {cpu_s / all_s, runnable_s / all_s, 1 - (cpu_s + runnable_s) / all_s};
}

PointValues values_of(const Point& point) { return completed(point, machine_values(point)); }

PointValues values_of_all_samples(const Point& point) {
  return completed(point, machine_values(point, point.samples));
}

PointFigures figures_of(const Point& point) { return figures_of(point, values_of(point)); }

PointFigures figures_of(const Point& point, const PointValues& values) {
  const Samples& samples = values.samples;
  PointFigures figures;
  figures.makespan_s = median_interval(values.makespan_s);
  figures.call_s = median_interval(values.call_s);
  figures.throughput_per_s = median_interval(values.throughput_per_s);
  figures.speedup = median_interval(values.speedup);
  figures.capacity = median_interval(values.capacity);
  figures.relative_efficiency = median_interval(values.relative_efficiency);
  figures.throughput_efficiency = median(values.throughput_efficiency);
  figures.single_call_s = median_interval(values.single_call_s);
  figures.relative_call = median_interval(values.relative_call);
  figures.relative_throughput = median_interval(values.relative_throughput);
  figures.spread_s = median_interval(samples.spread_s);
  figures.undelayed_call_s = median(differences(samples.single_s, samples.single_runnable_s)) /
                             static_cast<double>(single_calls(point).each);
  figures.control_call_s = median(values.control_undelayed_call_s);
  // Over all rounds, so that the shares add up.
  figures.time = time_shares(total(samples.parallel_cpu_s), total(samples.parallel_runnable_s),
                             total(samples.parallel_wall_s));
  figures.cpu_share = values.allowed.cpu_share;
  figures.single_cost =
      call_cost(figures.undelayed_call_s, figures.cpu_share, figures.control_call_s);
  figures.bound_by_cpus = values.allowed.bound_by_cpus;
  figures.achievable = values.allowed.achievable;
  figures.achievable_low = values.allowed.achievable_low;
  if (point.threads > 1) figures.serial_fraction = median_interval(values.serial_fraction);
  return figures;
}

std::vector<MeasuredPoint> measured_points(std::span<const Point> points) {
  std::vector<MeasuredPoint> measured;
  for (const Point& point : points) {
    if (point.samples.size() == 0) continue;
    PointValues values = values_of(point);
    const PointFigures figures = figures_of(point, values);
    measured.push_back({point, std::move(values), figures});
  }
  return measured;
}

}  // namespace gilscale
