#include "gilscale/verdict.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace gilscale {
namespace {

/// Relative efficiency from which a workload counts as parallel.
constexpr double parallel_efficiency = 0.9;
/// A machine that gives less than this to N threads cannot tell serial from parallel.
constexpr double least_achievable = 1.25;
/// The cores count as there when this share of N was achievable.
constexpr double cores_were_there = 0.75;
/// "About 1", for a speedup.
constexpr double one_low = 0.9;
constexpr double one_high = 1.15;

struct Seen {
  const Point* point = nullptr;
  PointFigures figures;
};

/// The point that decides: the largest for which the cores were there, else the largest.
Seen decisive_point(const CaseResult& result) {
  Seen best;
  bool best_has_cores = false;
  for (const Point& point : result.points) {
    if (point.threads < 2 || point.samples.size() == 0) continue;
    const PointFigures figures = figures_of(point);
    const bool has_cores = figures.achievable >= cores_were_there * point.threads;
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

bool about_one(const Estimate& speedup) {
  return speedup.estimate >= one_low && speedup.estimate <= one_high;
}

/// The GIL is shared by the threads of the executor, and on.
bool gil_in_play(const CaseResult& result) {
  return result.planned.executor != "native" && result.gil.after_run;
}

Judgement judge_scaling(const Seen& seen, const CaseResult& result) {
  const PointFigures& figures = seen.figures;
  const Estimate& efficiency = figures.relative_efficiency;
  if (figures.achievable < least_achievable)
    return {Verdict::inconclusive,
            fmt::format("the machine gave {} threads {:.2f} cores: too few to tell",
                        seen.point->threads, figures.capacity.estimate)};
  if (efficiency.low >= parallel_efficiency) {
    const bool all = figures.achievable >= cores_were_there * seen.point->threads;
    return {all ? Verdict::parallel : Verdict::machine_limited, did_of_achievable(seen)};
  }
  if (efficiency.high >= parallel_efficiency)
    return {Verdict::inconclusive,
            fmt::format("{}, but the interval of the relative efficiency, {:.2f} to {:.2f}, "
                        "includes {:.1f}; raise --budget",
                        did_of_achievable(seen), efficiency.low, efficiency.high,
                        parallel_efficiency)};
  if (figures.speedup.high < one_low)
    return {Verdict::contended, fmt::format("{}: more threads are slower", did(seen))};
  if (about_one(figures.speedup) && gil_in_play(result))
    return {Verdict::gil_bound, fmt::format("{}: the GIL is held", did_of_achievable(seen))};
  return {Verdict::partial, fmt::format("{}; serial fraction {:.2f} (Karp-Flatt)",
                                        did_of_achievable(seen),
                                        figures.serial_fraction->estimate)};
}

}  // namespace

std::string_view to_string(Verdict verdict) {
  constexpr std::array<std::pair<Verdict, std::string_view>, 7> words{{
      {Verdict::parallel, "parallel"},
      {Verdict::gil_bound, "gil-bound"},
      {Verdict::partial, "partial"},
      {Verdict::contended, "contended"},
      {Verdict::machine_limited, "machine-limited"},
      {Verdict::inconclusive, "inconclusive"},
      {Verdict::failed, "failed"},
  }};
  for (const auto& [value, word] : words)
    if (value == verdict) return word;
  return "inconclusive";
}

Judgement judge(const CaseResult& result) {
  if (result.failure) return {Verdict::failed, result.failure->message};
  const Seen seen = decisive_point(result);
  if (!seen.point)
    return {Verdict::inconclusive,
            "only one thread was measured; add more with --threads to see how it scales"};
  return judge_scaling(seen, result);
}

}  // namespace gilscale
