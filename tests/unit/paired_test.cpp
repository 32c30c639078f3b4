#include "judge/paired.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <numeric>
#include <vector>

#include "gilscale/statistics/statistics.hpp"

namespace gilscale {
namespace {

std::vector<double> numbered(std::size_t count, double first = 0) {
  std::vector<double> blocks(count);
  std::iota(blocks.begin(), blocks.end(), first);
  return blocks;
}

TEST(PairedRatio, IsOfTheBlocksThatBothHave) {
  const std::vector<double> a_blocks = numbered(12);
  const std::vector<double> b_blocks = numbered(12, 3);
  std::vector<double> a, b;
  for (const double block : a_blocks) a.push_back(2 * (1 + block));
  for (const double block : b_blocks) b.push_back(1 + block);
  const Estimate ratio = paired_ratio({a_blocks, a}, {b_blocks, b});
  EXPECT_DOUBLE_EQ(ratio.estimate, 2);
  EXPECT_DOUBLE_EQ(ratio.low, 2);
  EXPECT_DOUBLE_EQ(ratio.high, 2);
}

TEST(PairedRatio, WithoutEnoughCommonBlocksAllowsForBothIntervals) {
  const std::vector<double> a_blocks = numbered(40);
  const std::vector<double> b_blocks = numbered(40, 40.0 - (fewest_for_ends - 1));
  std::vector<double> a, b;
  for (int i = 0; i < 40; ++i) {
    a.push_back(i % 2 == 0 ? 3 : 5);
    b.push_back(i % 2 == 0 ? 1 : 2);
  }
  const Estimate ratio = paired_ratio({a_blocks, a}, {b_blocks, b});
  EXPECT_DOUBLE_EQ(ratio.estimate, 4 / 1.5);
  EXPECT_DOUBLE_EQ(ratio.low, 3.0 / 2);
  EXPECT_DOUBLE_EQ(ratio.high, 5);
}

TEST(PairedRatio, OfTooFewValuesHasNoEnds) {
  const std::vector<double> blocks = numbered(3);
  const std::vector<double> values{1, 2, 3};
  const Estimate ratio = paired_ratio({blocks, values}, {blocks, values});
  constexpr double infinity = std::numeric_limits<double>::infinity();
  EXPECT_DOUBLE_EQ(ratio.estimate, 1);
  EXPECT_EQ(ratio.low, -infinity);
  EXPECT_EQ(ratio.high, infinity);
}

}  // namespace
}  // namespace gilscale
