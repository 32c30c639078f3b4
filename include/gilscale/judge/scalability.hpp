#pragma once

#include <optional>
#include <span>

#include "gilscale/measure/point.hpp"

namespace gilscale {

/// Gunther's Universal Scalability Law, S(N) = N/(1 + σ(N − 1) + κN(N − 1)) (Gunther, Guerrilla
/// Capacity Planning, 2007, chapter 4).
struct ScalabilityLaw {
  double contention = 0;  ///< σ: the share of the work that threads do one after the other
  double coherency = 0;   ///< κ: what each pair of threads costs the other
  [[nodiscard]] double speedup(int threads) const;
  /// √((1 − σ)/κ), where the law has its maximum; none if it grows for ever.
  [[nodiscard]] std::optional<double> peak_threads() const;
};

/// A speedup at a number of threads.
struct SpeedupAt {
  int threads;
  double speedup;
};

/// The law that fits best: least squares in its linear form (N/S − 1)/(N − 1) = σ + κN (Gunther
/// 2007, section 5.5), with neither parameter below 0. Nothing for fewer than three points of two
/// threads or more.
std::optional<ScalabilityLaw> fit_law(std::span<const SpeedupAt> points);

/// What the points of a case say together.
struct Scalability {
  /// Fitted to N·E(N), E the relative efficiency, over the points that had their cores: cores that
  /// the machine did not give are not the workload's contention. None where it is more than 10 %
  /// off at some point: then it describes something else, a queue that is full, as a rule.
  std::optional<ScalabilityLaw> law;
  /// The fewest threads that do as much as any number does, to within 5 %; none while the largest
  /// number measured does the most.
  std::optional<int> saturation_threads;
};

/// Of all points of a case that have samples.
Scalability scalability_of(std::span<const MeasuredPoint> points);

}  // namespace gilscale
