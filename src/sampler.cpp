#include "gilscale/sampler.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "gilscale/statistics.hpp"

namespace gilscale {
namespace {

double total(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

/// The figure that decides whether a point is known well enough: how it scales, or, at 1 thread,
/// what a call costs, in units of the control if the machine's speed is part of it.
double precision_reached(const Point& point) {
  const PointFigures figures = figures_of(point);
  if (point.threads > 1) return relative_half_width(figures.relative_efficiency);
  return relative_half_width(figures.bound_by_cpus ? figures.relative_call : figures.call_s);
}

}  // namespace

double round_target_s(double switch_interval_s) {
  constexpr double long_against_the_clock_s = 5e-3;
  return std::max(long_against_the_clock_s, 4 * switch_interval_s);
}

double control_target_s(double single_s) { return std::clamp(single_s, 5e-3, 25e-3); }

std::int64_t calibrate_calls(Executor& executor, double target_s) {
  // The first call may import, allocate and compile: it warms up, and is believed only if even a
  // tenth of it is enough.
  if (executor.round(1, 1).makespan_s >= 10 * target_s) return 1;
  std::int64_t calls = 1;
  while (true) {
    double took_s = executor.round(1, calls).makespan_s;
    // A round that is just long enough may have been disturbed; calls that are too few would hide
    // contention.
    if (took_s >= target_s && took_s < 2 * target_s)
      took_s = std::min(took_s, executor.round(1, calls).makespan_s);
    if (took_s >= target_s) return calls;
    took_s = std::max(took_s, 1e-9);
    const double wanted = std::ceil(static_cast<double>(calls) * 1.05 * target_s / took_s);
    // A short round is a bad guide: grow tenfold at most, and by something at least.
    const double grown = static_cast<double>(calls) * 10;
    calls = std::max(calls + 1, static_cast<std::int64_t>(std::min(wanted, grown)));
  }
}

Sampler::Sampler(Executor& workload, Executor& control, Point& point)
    : workload_(workload), control_(control), point_(point) {}

void Sampler::warm_up() {
  const double single_s = run(Round::single).makespan_s;
  point_.control_calls = calibrate_calls(control_, control_target_s(single_s));
  if (point_.threads == 1) return;
  run(Round::parallel);
  run(Round::control_parallel);
}

RoundTimes Sampler::run(Round round) {
  switch (round) {
    case Round::control_single:
      return control_.round(1, point_.control_calls);
    case Round::single:
      return workload_.round(1, point_.calls);
    case Round::control_parallel:
      return control_.round(point_.threads, point_.control_calls);
    case Round::parallel:
      break;
  }
  return workload_.round(point_.threads, point_.calls);
}

void Sampler::take() {
  using enum Round;
  // Forth and back; the distance from 1 to N threads is the same for workload and control.
  constexpr std::array order{control_single, single,           control_parallel, parallel,
                             parallel,       control_parallel, single,           control_single};
  RoundTimes means[4] = {};
  for (const Round round : order) {
    const bool same_as_single =
        point_.threads == 1 && (round == parallel || round == control_parallel);
    if (same_as_single) continue;
    const RoundTimes times = run(round);
    RoundTimes& mean = means[static_cast<int>(round)];
    mean.makespan_s += times.makespan_s / 2;
    mean.cpu_s += times.cpu_s / 2;
    mean.runnable_s += times.runnable_s / 2;
    mean.handover_s += times.handover_s / 2;
    spent_s_ += times.makespan_s;
  }
  record(means);
}

void Sampler::record(const RoundTimes (&means)[4]) {
  const bool one = point_.threads == 1;
  const auto of = [&](Round round) { return means[static_cast<int>(round)]; };
  const RoundTimes single = of(Round::single);
  const RoundTimes parallel = one ? single : of(Round::parallel);
  const RoundTimes control_single = of(Round::control_single);
  const RoundTimes control_parallel = one ? control_single : of(Round::control_parallel);
  Samples& samples = point_.samples;
  samples.single_s.push_back(single.makespan_s);
  samples.parallel_s.push_back(parallel.makespan_s);
  samples.control_single_s.push_back(control_single.makespan_s);
  samples.control_parallel_s.push_back(control_parallel.makespan_s);
  samples.single_cpu_s.push_back(single.cpu_s);
  samples.single_runnable_s.push_back(single.runnable_s);
  samples.parallel_cpu_s.push_back(parallel.cpu_s);
  samples.handover_s.push_back(parallel.handover_s);
}

std::optional<std::string> Sampler::stop_reason(const StopRule& rule) const {
  const Samples& samples = point_.samples;
  if (samples.size() == 0) return std::nullopt;
  if (rule.exactly) {
    if (static_cast<std::int64_t>(samples.size()) < *rule.exactly) return std::nullopt;
    return "requested";
  }
  if (samples.size() < fewest_for_interval) return std::nullopt;
  if (total(samples.parallel_s) < rule.at_least_s) return std::nullopt;
  if (precision_reached(point_) <= rule.precision) return "precision";
  if (spent_s_ >= rule.budget_s) return "budget";
  return std::nullopt;
}

}  // namespace gilscale
