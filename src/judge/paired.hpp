#pragma once

#include <span>

#include "gilscale/statistics/estimate.hpp"

namespace gilscale {

/// One figure of a case, sample by sample, with the samples' blocks, ascending; at least one.
struct BlockValues {
  std::span<const double> blocks;
  std::span<const double> values;
};

/// The median of a over that of b, in the blocks that both have, if these are enough: what disturbs
/// a minute is in both. Values that depend on the machine's speed should be in units of the
/// control.
///
/// The interval follows from those of the two medians: on logarithms, the distances to their ends
/// add up in squares (MOVER: Zou & Donner, "Construction of confidence limits about effect
/// measures: a general approach", Statistics in Medicine 27, 2008). That is exact enough for
/// independent values, and wider than need be where both go up and down together. It is narrower
/// than that of the median of ratios: most values lie close together and a few far off, and of a
/// ratio twice as many are far off.
Estimate paired_ratio(const BlockValues& a, const BlockValues& b);

/// Whether a is above b in so many of the blocks that both have that it is no accident, by sign
/// evidence (see statistics/decision.hpp), with the chance `error` of a wrong answer. It needs
/// fewer blocks than an interval, whose ends allow for noise that lingers, where the two are far
/// apart.
bool is_usually_above(const BlockValues& a, const BlockValues& b, double error);

}  // namespace gilscale
