#include "gilscale/judge/verdict.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <utility>

#include "gilscale/statistics/statistics.hpp"

namespace gilscale {
namespace {

/// Relative efficiency from which a workload counts as parallel.
constexpr double parallel_efficiency = 0.9;
/// "About 1", for a speedup.
constexpr double one_low = 0.9;
constexpr double one_high = 1.15;
/// A GIL demand above this allows a speedup that cannot be told from 1.
constexpr double held_all_the_time = 1 / one_high;

struct Seen {
  const Point* point = nullptr;
  PointFigures figures;
};

bool had_its_cores(const Seen& seen) {
  return seen.figures.achievable >= cores_were_there * seen.point->threads;
}

/// The point that decides: the largest for which the cores were there, else the largest.
Seen decisive_point(const CaseResult& result) {
  Seen best;
  bool best_has_cores = false;
  for (const Point& point : result.points) {
    if (point.threads < 2 || point.samples.size() == 0) continue;
    const PointFigures figures = figures_of(point);
    const bool has_cores = had_its_cores({&point, figures});
    const bool better = !best.point || (has_cores && !best_has_cores) ||
                        (has_cores == best_has_cores && point.threads > best.point->threads);
    if (!better) continue;
    best = {&point, figures};
    best_has_cores = has_cores;
  }
  return best;
}

std::string did(const Seen& seen) {
  return fmt::format("{} threads do {:.2f} times the work of one", seen.point->threads,
                     seen.figures.speedup.estimate);
}

std::string did_of_achievable(const Seen& seen) {
  return fmt::format("{}; {:.2f} was achievable", did(seen), seen.figures.achievable);
}

/// What keeps a partial workload from scaling further. A GIL demand of s allows 1/s (the
/// utilisation law: Denning & Buzen, "The Operational Analysis of Queueing Network Models", 1978).
std::string bound_of(const Seen& seen) {
  const double demand = seen.point->gil_demand.value_or(0);
  if (demand * seen.figures.achievable > 1)
    return fmt::format("the GIL is held for {:.0f} % of a call, which allows {:.2f}", demand * 100,
                       1 / demand);
  return fmt::format("the GIL does not explain it; serial fraction {:.2f} (Karp-Flatt)",
                     seen.figures.serial_fraction.value_or(Estimate{}).estimate);
}

/// For a relative efficiency that is surely below what counts as parallel.
Judgement judge_limited(const Seen& seen, const CaseResult& result) {
  const Estimate& speedup = seen.figures.speedup;
  const bool held = gil_held_throughout(*seen.point, result.gil);
  // That the GIL is held was measured, whatever the machine gave. All else may be its fault: a
  // thread that loses its core while it holds a lock keeps the others waiting.
  if (!had_its_cores(seen) && !held)
    return {Verdict::inconclusive,
            fmt::format("{}; the machine gave too few cores to say that it does not scale",
                        did_of_achievable(seen))};
  if (speedup.high < one_low) return {Verdict::contended, did(seen) + ": more threads are slower"};
  if (speedup.low <= one_high && held)
    return {Verdict::gil_bound, did_of_achievable(seen) + ": the GIL is held"};
  if (speedup.low <= one_high && speedup.high > one_high)
    return {Verdict::inconclusive,
            fmt::format("{}, but the interval, {:.2f} to {:.2f}, includes 1; raise --budget",
                        did_of_achievable(seen), speedup.low, speedup.high)};
  return {Verdict::partial, fmt::format("{}; {}", did_of_achievable(seen), bound_of(seen))};
}

Judgement judge_scaling(const Seen& seen, const CaseResult& result) {
  const PointFigures& figures = seen.figures;
  const Estimate& efficiency = figures.relative_efficiency;
  if (figures.achievable < least_achievable)
    return {Verdict::inconclusive,
            fmt::format("the machine gave {} threads {:.2f} cores: too few to tell",
                        seen.point->threads, figures.capacity.estimate)};
  if (!std::isfinite(efficiency.low))
    return {Verdict::inconclusive,
            fmt::format("{} samples are too few for an interval; it takes {}",
                        seen.point->samples.size(), fewest_for_interval)};
  if (efficiency.low >= parallel_efficiency) {
    return {had_its_cores(seen) ? Verdict::parallel : Verdict::machine_limited,
            did_of_achievable(seen)};
  }
  if (efficiency.high >= parallel_efficiency)
    return {
        Verdict::inconclusive,
        fmt::format("{}, but the interval of the relative efficiency, {:.2f} to {:.2f}, "
                    "includes {:.1f}; raise --budget",
                    did_of_achievable(seen), efficiency.low, efficiency.high, parallel_efficiency)};
  return judge_limited(seen, result);
}

}  // namespace

bool gil_held_throughout(const Point& point, const GilState& gil) {
  const bool in_play = gil.shared && gil.after_run;
  return in_play && point.gil_demand.value_or(1) >= held_all_the_time;
}

std::string_view to_string(Verdict verdict) {
  constexpr std::array<std::pair<Verdict, std::string_view>, 8> words{{
      {Verdict::parallel, "parallel"},
      {Verdict::gil_bound, "gil-bound"},
      {Verdict::partial, "partial"},
      {Verdict::contended, "contended"},
      {Verdict::machine_limited, "machine-limited"},
      {Verdict::inconclusive, "inconclusive"},
      {Verdict::failed, "failed"},
      {Verdict::unavailable, "unavailable"},
  }};
  for (const auto& [value, word] : words)
    if (value == verdict) return word;
  return "inconclusive";
}

Judgement judge(const CaseResult& result) {
  if (result.failure && result.failure->kind == "interrupted")
    return {Verdict::inconclusive, result.failure->message};
  if (result.failure && result.failure->kind == "unavailable")
    return {Verdict::unavailable, result.failure->message};
  if (result.failure) return {Verdict::failed, result.failure->message};
  const Seen seen = decisive_point(result);
  if (!seen.point)
    return {Verdict::inconclusive,
            "only one thread was measured; add more with --threads to see how it scales"};
  return judge_scaling(seen, result);
}

}  // namespace gilscale
