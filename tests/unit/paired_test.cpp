#include "judge/paired.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <random>
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
  for (const double block : a_blocks) a.push_back(block < 3 ? 1000 : 2 * (1 + block / 100));
  for (const double block : b_blocks) b.push_back(block > 11 ? 1000 : 1 + block / 100);
  const Estimate ratio = paired_ratio({a_blocks, a}, {b_blocks, b});
  EXPECT_DOUBLE_EQ(ratio.estimate, 2);
  EXPECT_GT(ratio.low, 1.8);
  EXPECT_LT(ratio.high, 2.2);
}

TEST(PairedRatio, TakesEachOfSeveralLaunchesOfABlockOnce) {
  std::vector<double> blocks, a, b;
  for (int block = 0; block < 12; ++block)
    for (const double launch : {1.0, 2.0, 3.0}) {
      blocks.push_back(block);
      a.push_back(6 * launch);
      b.push_back(launch);
    }
  EXPECT_DOUBLE_EQ(paired_ratio({blocks, a}, {blocks, b}).estimate, 6);
}

TEST(PairedRatio, WithoutEnoughCommonBlocksIsOfAll) {
  const std::vector<double> a_blocks = numbered(40);
  const std::vector<double> b_blocks = numbered(40, 40.0 - (fewest_for_ends - 1));
  std::vector<double> a, b;
  for (int i = 0; i < 40; ++i) {
    a.push_back(i % 2 == 0 ? 3 : 5);
    b.push_back(i % 2 == 0 ? 1 : 2);
  }
  const Estimate ratio = paired_ratio({a_blocks, a}, {b_blocks, b});
  EXPECT_DOUBLE_EQ(ratio.estimate, 4 / 1.5);
  // Distances of ln(4/3) and ln(2/1.5) below, and of ln(5/4) and ln(1.5) above.
  EXPECT_NEAR(ratio.low, 4 / 1.5 * std::exp(-std::hypot(std::log(4.0 / 3), std::log(2 / 1.5))),
              1e-9);
  EXPECT_NEAR(ratio.high, 4 / 1.5 * std::exp(std::hypot(std::log(5.0 / 4), std::log(1.5))), 1e-9);
}

/// Share of 95 % intervals that cover the truth where both are noisy like this.
double coverage(std::size_t samples, bool together) {
  std::mt19937 generator(4);
  std::lognormal_distribution<double> noise(0, 0.1);
  std::lognormal_distribution<double> machine(0, 0.3);
  const std::vector<double> blocks = numbered(samples);
  int covered = 0;
  constexpr int trials = 2000;
  for (int trial = 0; trial < trials; ++trial) {
    std::vector<double> a, b;
    for (std::size_t i = 0; i < samples; ++i) {
      const double speed = together ? machine(generator) : 1;
      a.push_back(1.2 * speed * noise(generator));
      b.push_back(speed * noise(generator));
    }
    const Estimate ratio = paired_ratio({blocks, a}, {blocks, b});
    covered += ratio.low <= 1.2 && 1.2 <= ratio.high ? 1 : 0;
  }
  return static_cast<double>(covered) / trials;
}

TEST(PairedRatio, HasAnIntervalThatCoversTheTruth) {
  for (const std::size_t samples : {12U, 30U, 60U}) {
    EXPECT_GE(coverage(samples, false), 0.94) << samples;
    EXPECT_GE(coverage(samples, true), 0.95) << samples;
  }
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

// ---- which is above the other ----

constexpr double error = 0.025;

/// The machine's speed drifts to three times what it was.
std::vector<double> drifting(std::size_t count, double factor) {
  std::vector<double> values;
  for (std::size_t i = 0; i < count; ++i)
    values.push_back(factor * (1 + 2 * static_cast<double>(i) / static_cast<double>(count)));
  return values;
}

TEST(UsuallyAbove, IsKnownWhereAnIntervalHasNoEnds) {
  const std::vector<double> blocks = numbered(18);
  const std::vector<double> twice = drifting(18, 2);
  const std::vector<double> once = drifting(18, 1);
  EXPECT_FALSE(paired_ratio({blocks, twice}, {blocks, once}).low > 1);
  EXPECT_TRUE(is_usually_above({blocks, twice}, {blocks, once}, error));
  EXPECT_FALSE(is_usually_above({blocks, once}, {blocks, twice}, error));
}

TEST(UsuallyAbove, TakesElevenBlocksThatBothHave) {
  const std::vector<double> twice = drifting(18, 2);
  const std::vector<double> once = drifting(18, 1);
  const std::vector<double> a = numbered(18);
  const std::vector<double> b = numbered(18, 8);
  EXPECT_FALSE(is_usually_above({a, twice}, {b, once}, error));
  const std::vector<double> nearer = numbered(18, 7);
  EXPECT_TRUE(is_usually_above({a, twice}, {nearer, once}, error));
}

TEST(UsuallyAbove, SaysNothingOfEquals) {
  const std::vector<double> blocks = numbered(100);
  const std::vector<double> same(100, 1);
  EXPECT_FALSE(is_usually_above({blocks, same}, {blocks, same}, error));
}

TEST(UsuallyAbove, IsSeldomWrongOfValuesThatAreAlike) {
  std::mt19937 random(7);
  std::lognormal_distribution<> noise(0, 0.2);
  const std::vector<double> blocks = numbered(40);
  int wrong = 0;
  constexpr int runs = 2000;
  for (int run = 0; run < runs; ++run) {
    std::vector<double> a, b;
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      a.push_back(noise(random));
      b.push_back(noise(random));
    }
    wrong += is_usually_above({blocks, a}, {blocks, b}, error) ? 1 : 0;
  }
  EXPECT_LE(wrong, error * runs);
}

}  // namespace
}  // namespace gilscale
