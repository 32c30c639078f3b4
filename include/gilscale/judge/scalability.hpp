#pragma once

#include <optional>
#include <span>

#include "gilscale/measure/point.hpp"
#include "gilscale/statistics/estimate.hpp"
#include "gilscale/statistics/statistics.hpp"

namespace gilscale {

/// Gunther's Universal Scalability Law, S(N) = N/(1 + σ(N − 1) + κN(N − 1)) (Gunther, Guerrilla
/// Capacity Planning, 2007, chapter 4), as fitted.
struct ScalabilityLaw {
  Estimate contention;  ///< σ: the share of the work that threads do one after the other
  Estimate coherency;   ///< κ: what each pair of threads costs the other
  /// √((1 − σ)/κ), where the law has its maximum, at least 1. Only where it lies within what was
  /// measured and the whole interval of κ is above 0: a curve that merely flattens has no peak.
  std::optional<Estimate> peak_threads;

  [[nodiscard]] double speedup(int threads) const;
};

/// The relative efficiency that was measured with a number of threads, above 0.
struct EfficiencyAt {
  int threads;
  double efficiency;
  double error;  ///< standard error of the efficiency, above 0
};

/// The law that fits best: least squares in its linear form (1/E − 1)/(N − 1) = σ + κN (Gunther
/// 2007, section 5.5), each point weighted by the inverse of its variance, with neither parameter
/// below 0. The intervals follow from the errors of the points (Bevington & Robinson, Data
/// Reduction and Error Analysis for the Physical Sciences, 2003, section 6.4), or, where the points
/// scatter about the law by more than that, from their scatter (Student's t); that of the peak by
/// the delta method, on logarithms. `tail` is the chance that the truth lies beyond one end.
/// Nothing for fewer than three counts of two threads or more.
std::optional<ScalabilityLaw> fit_law(std::span<const EfficiencyAt> points,
                                      double tail = (1 - confidence) / 2);

/// What the points of a case say together.
struct Scalability {
  /// Fitted to the relative efficiencies of the points that have intervals, had their cores and
  /// cannot have queued for them: cores that the machine did not give are not the workload's
  /// contention. None where it is more
  /// than 10 % off at some point: then it describes something else, a queue that is full, as a
  /// rule.
  std::optional<ScalabilityLaw> law;
  /// The fewest threads that do as much as any number does, to within 5 %; none while the largest
  /// number measured does the most.
  std::optional<int> saturation_threads;
};

/// Of all points of a case that have samples.
Scalability scalability_of(std::span<const MeasuredPoint> points,
                           double tail = (1 - confidence) / 2);

}  // namespace gilscale
