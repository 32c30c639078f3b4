#include "gilscale/point.hpp"

#include <algorithm>
#include <vector>

#include "gilscale/scaling.hpp"
#include "gilscale/statistics.hpp"

namespace gilscale {
namespace {

using Values = std::vector<double>;

Values scaled(Values values, double factor) {
  for (double& value : values) value *= factor;
  return values;
}

Values speedups(int threads, const Values& single, const Values& parallel) {
  return scaled(ratios(single, parallel), threads);
}

double median_cpu_share(const Samples& samples) {
  return cpu_share(median(samples.single_cpu_s), median(samples.single_s),
                   median(samples.single_runnable_s));
}

/// Work that leaves a tenth of the cores it was given unused does not feel how many there are.
bool has_cpus_to_spare(int threads, double capacity, double cpu_share) {
  return capacity > 1.1 * threads * cpu_share;
}

/// Relative efficiency per sample, S(N)/A(N). Where cores are the bound, the speedup is divided by
/// the capacity of the same sample and then brought to the level of the achievable speedup; taking
/// min(N, C/u) sample by sample would cut off only the upper half of the control's noise, and so
/// flatter the result.
Values efficiencies(const Values& speedup, const Values& capacity, const PointFigures& figures,
                    int threads) {
  if (!figures.bound_by_cpus) return scaled(speedup, 1.0 / threads);
  return scaled(ratios(speedup, capacity), figures.capacity.estimate / figures.achievable);
}

}  // namespace

PointFigures figures_of(const Point& point) {
  const Samples& samples = point.samples;
  const auto calls = static_cast<double>(point.calls);
  const auto all_calls = calls * point.threads;
  const Values speedup = speedups(point.threads, samples.single_s, samples.parallel_s);
  const Values capacity =
      speedups(point.threads, samples.control_single_s, samples.control_parallel_s);
  const Values throughput =
      scaled(ratios(Values(samples.size(), 1.0), samples.parallel_s), all_calls);

  PointFigures figures;
  figures.makespan_s = median_interval(samples.parallel_s);
  figures.call_s = median_interval(scaled(samples.parallel_s, 1 / calls));
  figures.throughput_per_s = median_interval(throughput);
  figures.speedup = median_interval(speedup);
  figures.capacity = median_interval(capacity);
  figures.cpu_share = median_cpu_share(samples);
  figures.achievable =
      achievable_speedup(point.threads, figures.capacity.estimate, figures.cpu_share);
  figures.bound_by_cpus =
      !has_cpus_to_spare(point.threads, figures.capacity.estimate, figures.cpu_share);
  figures.relative_efficiency =
      median_interval(efficiencies(speedup, capacity, figures, point.threads));
  figures.single_call_s = median_interval(scaled(samples.single_s, 1 / calls));
  figures.control_call_s =
      median(samples.control_single_s) / static_cast<double>(point.control_calls);
  figures.relative_call = median_interval(scaled(ratios(samples.single_s, samples.control_single_s),
                                                 static_cast<double>(point.control_calls) / calls));
  if (point.threads > 1) figures.serial_fraction = karp_flatt(point.threads, figures.speedup);
  return figures;
}

}  // namespace gilscale
