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
  return weak_speedups(point.threads, samples.control_single_s, samples.control_parallel_s);
}

/// The same without what its threads waited for CPUs.
Values undelayed_capacities(const Point& point, const Samples& samples) {
  return weak_speedups(point.threads, samples.control_single_undelayed_s,
                       samples.control_parallel_undelayed_s);
}

/// Work done over time, N threads against one.
Values speedups(const Point& point, const Values& single, const Values& parallel) {
  const double work = static_cast<double>(parallel_calls(point).total(point.threads)) /
                      static_cast<double>(single_calls(point).each);
  return scaled(ratios(single, parallel), work);
}

/// Other processes kept the control waiting for CPUs that its threads would not have needed to
/// share.
bool control_was_delayed(const Point& point, const Samples& samples) {
  if (point.oversubscribed) return false;
  const Values share = ratios(samples.control_parallel_undelayed_s, samples.control_parallel_s);
  return median(share) < 1 - delayed_from;
}

/// The value that a quarter of the values reach.
double upper_quartile(Values values) {
  const auto place = values.begin() + static_cast<std::ptrdiff_t>(values.size() * 3 / 4);
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

/// Work that leaves a tenth of the cores it was given unused does not feel how many there are.
bool has_cpus_to_spare(int threads, double capacity, double cpu_share) {
  return capacity > 1.1 * threads * cpu_share;
}

Samples selected(const Samples& samples, const std::vector<bool>& left_out) {
  Samples rest;
  Samples::for_each_member([&](auto member) {
    for (std::size_t i = 0; i < left_out.size(); ++i)
      if (!left_out[i]) (rest.*member).push_back((samples.*member)[i]);
  });
  return rest;
}

Samples without_disturbed(const Point& point) {
  const Samples rest = selected(point.samples, disturbed_samples(point));
  return rest.size() < fewest_for_interval ? point.samples : rest;
}

/// The least that code without any fault may do, over the most.
double least_over_most(int threads, double capacity, double cpu_share) {
  return achievable_speedup_low(threads, capacity, cpu_share) /
         achievable_speedup(threads, capacity, cpu_share);
}

/// What the machine allowed: the part of the values that the others build on.
PointValues machine_values(const Point& point, Samples samples) {
  PointValues values;
  values.capacity = capacities(point, samples);
  values.cpu_share = median(cpu_shares(samples));
  const double capacity = median(values.capacity);
  values.achievable = achievable_speedup(point.threads, capacity, values.cpu_share);
  values.bound_by_cpus = !has_cpus_to_spare(point.threads, capacity, values.cpu_share);
  values.delayed = control_was_delayed(point, samples);
  // Where relative efficiencies are taken without what threads waited for CPUs, that is not
  // missing.
  const double in_use = values.delayed ? median(undelayed_capacities(point, samples)) : capacity;
  values.achievable_low =
      values.achievable * least_over_most(point.threads, in_use, values.cpu_share);
  values.samples = std::move(samples);
  return values;
}

/// Disturbed samples only matter where cores are the bound.
PointValues machine_values(const Point& point) {
  PointValues calm = machine_values(point, without_disturbed(point));
  if (calm.bound_by_cpus) return calm;
  const PointValues all = machine_values(point, point.samples);
  return all.bound_by_cpus ? calm : all;
}

/// Relative efficiency per sample, S(N)/A(N). Where cores are the bound, the speedup is divided by
/// the capacity of the same sample and then brought to the level of the achievable speedup; taking
/// min(N, C/u) sample by sample would cut off only the upper half of the control's noise, and so
/// flatter the result.
Values against_capacity(const Values& speedup, const Values& capacity, double cpu_share,
                        int threads) {
  const double level = median(capacity);
  return scaled(ratios(speedup, capacity), level / achievable_speedup(threads, level, cpu_share));
}

/// Beside busy processes, which thread of which round loses its CPU, and for how long, is by far
/// the largest noise: there both sides are taken without what they waited for a CPU.
Values efficiencies(const Point& point, const PointValues& values) {
  const Samples& samples = values.samples;
  const Values speedup =
      values.delayed ? speedups(point, samples.single_undelayed_s, samples.parallel_undelayed_s)
                     : values.speedup;
  if (!values.bound_by_cpus) return scaled(speedup, 1.0 / point.threads);
  const Values capacity = values.delayed ? undelayed_capacities(point, samples) : values.capacity;
  return against_capacity(speedup, capacity, values.cpu_share, point.threads);
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
  values.relative_efficiency = efficiencies(point, values);
  values.single_call_s = scaled(samples.single_s, 1 / single);
  values.undelayed_call_s = scaled(samples.single_undelayed_s, 1 / single);
  values.control_undelayed_call_s = scaled(samples.control_single_undelayed_s, 1 / control);
  values.relative_call =
      scaled(ratios(samples.single_s, samples.control_single_s), control / single);
  values.relative_throughput =
      scaled(ratios(samples.control_single_s, samples.parallel_s), all / control);
  return values;
}

}  // namespace

std::string_view to_string(Scaling scaling) { return scaling == Scaling::weak ? "weak" : "strong"; }

Scaling scaling_of(std::string_view word) {
  return word == to_string(Scaling::strong) ? Scaling::strong : Scaling::weak;
}

CallShare parallel_calls(const Point& point) { return {point.calls, point.extra_calls}; }

CallShare single_calls(const Point& point) {
  return point.scaling == Scaling::weak ? point.calls : parallel_calls(point).total(point.threads);
}

std::int64_t case_calls(const Point& point) { return single_calls(point).each; }

std::vector<bool> disturbed_samples(const Point& point) {
  if (point.samples.size() == 0) return {};
  const Values capacity = capacities(point, point.samples);
  const double bound = disturbed_below * upper_quartile(capacity);
  std::vector<bool> disturbed;
  for (const double each : capacity) disturbed.push_back(each < bound);
  return disturbed;
}

std::vector<double> cpu_shares(const Samples& samples) {
  Values shares;
  // Of all rounds together: one is short, and what takes its CPU comes and goes.
  const double control =
      cpu_share(total(samples.control_cpu_s), total(samples.control_single_undelayed_s));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double share =
        cpu_share(samples.single_cpu_s[i], samples.single_s[i], samples.single_runnable_s[i]);
    shares.push_back(std::min(share / control, 1.0));
  }
  return shares;
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
  figures.cpu_share = values.cpu_share;
  figures.single_cost =
      call_cost(figures.undelayed_call_s, figures.cpu_share, figures.control_call_s);
  figures.bound_by_cpus = values.bound_by_cpus;
  figures.achievable = values.achievable;
  figures.achievable_low = values.achievable_low;
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
