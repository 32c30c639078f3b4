#pragma once

#include <cstddef>
#include <vector>

namespace gilscale {

// How it is decided on which side of a bound the truth lies while samples still come in.
//
// Looking again and again until an interval happens to leave the bound would make wrong answers
// likely (Armitage, McPherson & Rowe, "Repeated significance tests on accumulating data", JRSS A
// 132, 1969). So there are few looks, at numbers of samples that are fixed beforehand, and the k-th
// look may err with α/(k(k + 1)) only. These add up to α, so by Bonferroni's inequality all looks
// together err with α at most, however they depend on one another (alpha spending: Lan & DeMets,
// "Discrete sequential boundaries for clinical trials", Biometrika 70, 1983).

/// The chance of a wrong answer on each side of a bound, over all looks.
inline constexpr double gate_error = 0.005;

/// One look: after how many samples, and the share of wrong answers that it may give on each side.
struct Look {
  std::size_t samples;
  double tail;
};

/// The looks at up to this many samples: after 12, 18, 27, …, each half as many again.
/// `comparisons` is the number of decisions that share the error (Bonferroni).
std::vector<Look> looks_up_to(std::size_t samples, std::size_t comparisons = 1);

}  // namespace gilscale
