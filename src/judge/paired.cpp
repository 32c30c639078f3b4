#include "judge/paired.hpp"

#include <limits>
#include <vector>

#include "gilscale/statistics/statistics.hpp"

namespace gilscale {
namespace {

std::vector<double> ratios_in_common_blocks(const BlockValues& a, const BlockValues& b) {
  std::vector<double> ratios;
  std::size_t j = 0;
  for (std::size_t i = 0; i < a.values.size(); ++i) {
    while (j < b.values.size() && b.blocks[j] < a.blocks[i]) ++j;
    if (j < b.values.size() && b.blocks[j] == a.blocks[i])
      ratios.push_back(a.values[i] / b.values[j]);
  }
  return ratios;
}

}  // namespace

Estimate paired_ratio(const BlockValues& a, const BlockValues& b) {
  const std::vector<double> ratios = ratios_in_common_blocks(a, b);
  if (ratios.size() >= fewest_for_ends) return median_interval(ratios);
  const Estimate over = median_interval(a.values);
  const Estimate under = median_interval(b.values);
  // Times and rates are above 0; a missing end is one that may be anywhere.
  constexpr double infinity = std::numeric_limits<double>::infinity();
  return {over.estimate / under.estimate, under.high < infinity ? over.low / under.high : -infinity,
          under.low > 0 ? over.high / under.low : infinity};
}

}  // namespace gilscale
