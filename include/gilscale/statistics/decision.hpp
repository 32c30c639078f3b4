#pragma once

#include <cstddef>
#include <vector>

#include "gilscale/statistics/statistics.hpp"

namespace gilscale {

// How it is decided on which side of a bound the truth lies while samples still come in.
//
// Looking again and again until an interval happens to leave the bound would make wrong answers
// likely (Armitage, McPherson & Rowe, "Repeated significance tests on accumulating data", JRSS A
// 132, 1969). Samples that were taken beside their own comparison are decided by evidence that is
// valid after every one of them; two results that have no pairs, at few looks.

/// The chance of a wrong answer on each side of a bound, for expectations and changes.
inline constexpr double gate_error = 0.005;

/// The same for each question behind a verdict.
inline constexpr double verdict_error = 0.025;

/// The logarithm of the evidence that samples lie on one side of a bound more often than
/// `lingering_allowance` p₀ of the time, after `on_it` that did and `off_it` that did not:
///
///   E = B(k+1, m+1)·(1 − I_p₀(k+1, m+1)) / ((1 − p₀)·p₀^k·(1 − p₀)^m)
///
/// the likelihood of k and m, mixed evenly over all chances in (p₀, 1], over that at p₀. While the
/// chance stays at p₀ or below, whatever it depends on, the expectation of E never grows beyond 1.
/// So the chance that E ever reaches 1/α is α at most (Ville 1939; Robbins, "Statistical methods
/// related to the law of the iterated logarithm", Annals of Mathematical Statistics 41, 1970;
/// Howard & Ramdas, "Sequential estimation of quantiles with applications to A/B testing and
/// best-arm identification", Bernoulli 28, 2022).
double log_sign_evidence(std::size_t on_it, std::size_t off_it);

/// Counts the samples on one side of a bound.
class SignTally {
 public:
  void add(bool on_it) { ++(on_it ? on_it_ : off_it_); }
  /// Whether the evidence that they are on it suffices now. To act on the first time that it does
  /// is wrong with the chance `error` at most.
  [[nodiscard]] bool suffices(double error) const;
  /// Whether more of the same would: else p₀ is the likeliest of all chances, and the evidence is 1
  /// at most.
  [[nodiscard]] bool may_suffice() const;
  /// That of so many times as many samples, if the others are as these are.
  [[nodiscard]] SignTally times(double factor) const;

 private:
  std::size_t on_it_ = 0;
  std::size_t off_it_ = 0;
};

/// How many samples suffice when all are on one side: 14 for 0.005, 11 for 0.025.
std::size_t fewest_to_decide(double error);

/// One look: after how many samples, and the share of wrong answers that it may give on each side.
struct Look {
  std::size_t samples;
  double tail;
};

/// The looks at up to this many samples: after 12, 18, 27, …, each half as many again.
/// `comparisons` is the number of decisions that share the error (Bonferroni). The k-th look may
/// err with α/(k(k + 1)) only. These add up to α, so by Bonferroni's inequality all looks together
/// err with α at most, however they depend on one another (alpha spending: Lan & DeMets, "Discrete
/// sequential boundaries for clinical trials", Biometrika 70, 1983).
std::vector<Look> looks_up_to(std::size_t samples, std::size_t comparisons = 1);

}  // namespace gilscale
