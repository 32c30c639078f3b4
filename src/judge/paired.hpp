#pragma once

#include <span>

#include "gilscale/statistics/estimate.hpp"

namespace gilscale {

/// One figure of a case, sample by sample, with the samples' blocks, ascending; at least one.
struct BlockValues {
  std::span<const double> blocks;
  std::span<const double> values;
};

/// a over b. Where enough blocks have a sample of both, it is the median of the ratios of the two,
/// since these were taken in the same moments; else the ratio of the medians, with all that their
/// intervals allow.
Estimate paired_ratio(const BlockValues& a, const BlockValues& b);

}  // namespace gilscale
