#include "gilscale/judge/verdict.hpp"

#include <fmt/format.h>

#include <cmath>
#include <tuple>
#include <utility>

#include "gilscale/judge/bounds.hpp"
#include "gilscale/statistics/statistics.hpp"
#include "gilscale/text/words.hpp"

namespace gilscale {
namespace {

constexpr Words<Verdict, 8> verdicts{{{
    {Verdict::parallel, "parallel"},
    {Verdict::gil_bound, "gil-bound"},
    {Verdict::partial, "partial"},
    {Verdict::contended, "contended"},
    {Verdict::machine_limited, "machine-limited"},
    {Verdict::inconclusive, "inconclusive"},
    {Verdict::failed, "failed"},
    {Verdict::unavailable, "unavailable"},
}}};

bool had_cores(const MeasuredPoint& seen) {
  return had_its_cores(seen.figures.achievable, seen.point.threads);
}

/// The point that decides: the largest for which the cores were there in any case, else the largest
/// for which they may have been, else the largest; null where none has several threads.
const MeasuredPoint* decisive_point(std::span<const MeasuredPoint> points) {
  const MeasuredPoint* best = nullptr;
  const auto rank = [](const MeasuredPoint& each) {
    const int threads = each.point.threads;
    return std::tuple(had_its_cores(each.figures.achievable_low, threads), had_cores(each),
                      threads);
  };
  for (const MeasuredPoint& each : points)
    if (each.point.threads > 1 && (!best || rank(each) > rank(*best))) best = &each;
  return best;
}

std::string did(const MeasuredPoint& seen) {
  return fmt::format("{} threads do {:.2f} times the work of one", seen.point.threads,
                     seen.figures.speedup.estimate);
}

std::string did_of_achievable(const MeasuredPoint& seen) {
  const std::string most = fmt::format("{:.2f}", seen.figures.achievable);
  const std::string least = fmt::format("{:.2f}", seen.figures.achievable_low);
  return fmt::format("{}; {}{} was achievable", did(seen), least == most ? "" : least + " to ",
                     most);
}

/// What keeps a partial workload from scaling further.
std::string bound_of(const MeasuredPoint& seen, const GilState& gil) {
  const PointFigures& figures = seen.figures;
  const double demand = shared_gil_demand(seen.point, gil);
  if (gil_allows_less(seen.point, gil, figures.speedup.estimate, figures.achievable))
    return fmt::format("the GIL is held for {:.0f} % of a call, which allows a speedup of {:.2f}",
                       demand * 100, 1 / demand);
  return fmt::format("the GIL does not explain this; the serial fraction is {:.2f} (Karp-Flatt)",
                     figures.serial_fraction.value_or(Estimate{}).estimate);
}

/// For a relative efficiency whose whole interval is below what counts as parallel.
Judgement judge_limited(const MeasuredPoint& seen, const CaseResult& result) {
  const Estimate& speedup = seen.figures.speedup;
  const bool is_the_gil =
      gil_explains_no_speedup(seen.point, result.gil, speedup.low, seen.figures.achievable);
  // That the GIL is held was measured, whatever the machine gave. All else may be its fault: a
  // thread that loses its core while it holds a lock keeps the others waiting.
  if (!had_cores(seen) && !is_the_gil)
    return {Verdict::inconclusive,
            fmt::format("{}; the machine gave too few cores to conclude that it does not scale",
                        did_of_achievable(seen))};
  if (speedup.high < about_one_from)
    return {Verdict::contended, did(seen) + ": more threads are slower"};
  if (is_the_gil) return {Verdict::gil_bound, did_of_achievable(seen) + ", but the GIL is held"};
  if (speedup.low <= about_one_to && speedup.high > about_one_to)
    return {Verdict::inconclusive,
            fmt::format("{}, but the interval, {:.2f} to {:.2f}, includes 1; raise --budget",
                        did_of_achievable(seen), speedup.low, speedup.high)};
  return {Verdict::partial,
          fmt::format("{}; {}", did_of_achievable(seen), bound_of(seen, result.gil))};
}

Judgement spans(const MeasuredPoint& seen, const char* what, const Estimate& interval) {
  return {
      Verdict::inconclusive,
      fmt::format("{}, but the interval of {}, {:.2f} to {:.2f}, includes {:.1f}; raise --budget",
                  did_of_achievable(seen), what, interval.low, interval.high, parallel_from)};
}

Judgement judge_scaling(const MeasuredPoint& seen, const CaseResult& result) {
  const PointFigures& figures = seen.figures;
  const Estimate& efficiency = figures.relative_efficiency;
  if (figures.achievable < least_achievable)
    return {Verdict::inconclusive,
            fmt::format("the machine gave {} threads {:.2f} cores, too few to tell",
                        seen.point.threads, figures.capacity.estimate)};
  if (!std::isfinite(efficiency.low))
    return {Verdict::inconclusive,
            fmt::format("too few samples for an interval: {}; it takes at least {}",
                        seen.point.samples.size(), fewest_for_interval)};
  if (efficiency.low >= parallel_from) {
    return {had_cores(seen) ? Verdict::parallel : Verdict::machine_limited,
            did_of_achievable(seen)};
  }
  if (efficiency.high >= parallel_from) return spans(seen, "the relative efficiency", efficiency);
  const Estimate over_least =
      efficiency_over_least(efficiency, figures.achievable, figures.achievable_low);
  if (over_least.high < parallel_from) return judge_limited(seen, result);
  if (over_least.low >= parallel_from)
    return {Verdict::machine_limited, did_of_achievable(seen) + "; the calls lacked CPUs"};
  return spans(seen, "the speedup over the least that was achievable", over_least);
}

}  // namespace

std::string_view to_string(Verdict verdict) { return verdicts.word_of(verdict); }

Judgement judge(const CaseResult& result, std::span<const MeasuredPoint> points) {
  if (result.failure && result.failure->kind == FailureKind::interrupted)
    return {Verdict::inconclusive, result.failure->message};
  if (result.failure && result.failure->kind == FailureKind::unavailable)
    return {Verdict::unavailable, result.failure->message};
  if (result.failure) return {Verdict::failed, result.failure->message};
  const MeasuredPoint* seen = decisive_point(points);
  if (!seen)
    return {Verdict::inconclusive,
            "only one thread was measured; add more with --threads to see how it scales"};
  return judge_scaling(*seen, result);
}

}  // namespace gilscale
