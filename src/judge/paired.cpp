#include "judge/paired.hpp"

#include <cmath>
#include <span>
#include <vector>

#include "gilscale/statistics/decision.hpp"
#include "gilscale/statistics/statistics.hpp"

namespace gilscale {
namespace {

struct Common {
  std::vector<double> a;
  std::vector<double> b;
};

Common in_common_blocks(const BlockValues& a, const BlockValues& b) {
  Common common;
  std::size_t j = 0;
  for (std::size_t i = 0; i < a.values.size(); ++i) {
    while (j < b.values.size() && b.blocks[j] < a.blocks[i]) ++j;
    if (j == b.values.size() || b.blocks[j] != a.blocks[i]) continue;
    common.a.push_back(a.values[i]);
    common.b.push_back(b.values[j++]);  // several launches may have samples of a block
  }
  return common;
}

/// The values are above 0; an end that is not is one that may be anywhere.
double log_distance(double from, double to) {
  return from > 0 && std::isfinite(to) ? std::log(to / from) : HUGE_VAL;
}

Estimate ratio_of_medians(std::span<const double> a, std::span<const double> b) {
  const Estimate over = median_interval(a);
  const Estimate under = median_interval(b);
  const double estimate = over.estimate / under.estimate;
  const double down =
      std::hypot(log_distance(over.low, over.estimate), log_distance(under.estimate, under.high));
  const double up =
      std::hypot(log_distance(over.estimate, over.high), log_distance(under.low, under.estimate));
  return {estimate, std::isfinite(down) ? estimate * std::exp(-down) : -HUGE_VAL,
          estimate * std::exp(up)};
}

}  // namespace

bool is_usually_above(const BlockValues& a, const BlockValues& b, double error) {
  const Common common = in_common_blocks(a, b);
  SignTally tally;
  for (std::size_t i = 0; i < common.a.size(); ++i) tally.add(common.a[i] > common.b[i]);
  return tally.suffices(error);
}

Estimate paired_ratio(const BlockValues& a, const BlockValues& b) {
  const Common common = in_common_blocks(a, b);
  return common.a.size() >= fewest_for_ends ? ratio_of_medians(common.a, common.b)
                                            : ratio_of_medians(a.values, b.values);
}

}  // namespace gilscale
