#include "gilscale/statistics/statistics.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <numeric>
#include <random>
#include <string>
#include <vector>

namespace gilscale {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

TEST(Median, OfAnOddNumberOfValuesIsTheMiddleOne) {
  EXPECT_EQ(median(std::vector{7.0}), 7);
  EXPECT_EQ(median(std::vector{9.0, 1.0, 4.0}), 4);
}

TEST(Median, OfAnEvenNumberOfValuesIsTheMeanOfTheTwoInTheMiddle) {
  EXPECT_EQ(median(std::vector{1.0, 2.0}), 1.5);
  EXPECT_EQ(median(std::vector{40.0, 10.0, 30.0, 20.0}), 25);
}

TEST(Median, DoesNotFeelHowFarAnOutlierLies) {
  EXPECT_EQ(median(std::vector{1.0, 2.0, 3.0, 4.0, 1e9}), 3);
}

TEST(Median, LeavesItsArgumentAsItWas) {
  const std::vector values{3.0, 1.0, 2.0};
  median(values);
  EXPECT_EQ(values, (std::vector{3.0, 1.0, 2.0}));
}

/// 1, 2, … n in some other order: the value at each rank is the rank itself.
std::vector<double> ranks(std::size_t n) {
  std::vector<double> values(n);
  std::iota(values.begin(), values.end(), 1.0);
  std::shuffle(values.begin(), values.end(), std::mt19937_64(n));
  return values;
}

/// 1, n, 2, n − 1, …: no value resembles its neighbours.
std::vector<double> alternating_ranks(std::size_t n) {
  std::vector<double> values;
  for (std::size_t i = 1; i <= n / 2; ++i) {
    values.push_back(static_cast<double>(i));
    values.push_back(static_cast<double>(n + 1 - i));
  }
  if (n % 2 == 1) values.push_back(static_cast<double>(n + 1) / 2);
  return values;
}

// ---- values that resemble their neighbours ----

TEST(EffectiveSize, IsTheNumberOfValuesThatDoNotResembleTheirNeighbours) {
  EXPECT_EQ(effective_size(alternating_ranks(12)), 12);
  EXPECT_EQ(effective_size(alternating_ranks(101)), 101);
}

TEST(EffectiveSize, FollowsFromTheSignsOfNeighbours) {
  // 24 values in runs of 3 below and 3 above: of 23 neighbours, 16 agree and 7 do not, so
  // ρ = 9/23 and 24·(1 − ρ)/(1 + ρ) = 24·14/32.
  std::vector<double> values;
  for (int i = 0; i < 24; ++i) values.push_back(i / 3 % 2 == 0 ? -1 : 1);
  EXPECT_DOUBLE_EQ(effective_size(values), 10.5);
}

TEST(EffectiveSize, OfTwoLevelsIsHardlyMoreThanOne) {
  std::vector<double> values(50, -1);
  std::fill(values.begin() + 25, values.end(), 1);
  EXPECT_NEAR(effective_size(values), 50 * 2.0 / 96, 1e-12);  // ρ = 47/49
}

TEST(EffectiveSize, AllowsForNoMoreThanIsGiven) {
  EXPECT_DOUBLE_EQ(effective_size(alternating_ranks(12), 0.2), 8);
  EXPECT_DOUBLE_EQ(effective_size(alternating_ranks(3), 0.2), 2);
}

TEST(EffectiveSize, OfAFewValuesIsTheirNumber) {
  EXPECT_EQ(effective_size(std::vector{1.0, 2.0, 3.0}), 3);
  EXPECT_EQ(effective_size(std::vector<double>{1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2}), 11);
}

TEST(EffectiveSize, OfEqualValuesIsTheirNumber) {
  EXPECT_EQ(effective_size(std::vector(30, 0.5)), 30);
}

TEST(MedianInterval, OfValuesInRunsIsThatOfFewerValues) {
  // As above: worth 10.5, hence 10 values, whose ends are ranks 2 and 9; 2/10.5 of 24 is 4.57.
  std::vector<double> values;
  for (int i = 0; i < 24; ++i) values.push_back(i / 3 % 2 == 0 ? i : 100 + i);
  std::vector<double> ordered = values;
  std::sort(ordered.begin(), ordered.end());
  const Estimate estimate = median_interval(values);
  EXPECT_EQ(estimate.low, ordered[4 - 1]);
  EXPECT_EQ(estimate.high, ordered[24 - 4]);
}

// ---- the interval ----

TEST(MedianInterval, HasNoEndsWhenTheValuesAreWorthFewerThanSix) {
  for (std::size_t n = 1; n < fewest_for_ends; ++n) {
    const Estimate estimate = median_interval(ranks(n));
    EXPECT_EQ(estimate.low, -infinity) << n;
    EXPECT_EQ(estimate.high, infinity) << n;
    EXPECT_EQ(estimate.estimate, (static_cast<double>(n) + 1) / 2) << n;
  }
}

/// n and the ranks of the ends, from tables of the binomial distribution with p = 1/2: the lower
/// rank k is the largest with P(B < k) ≤ 0.025, the upper one is n + 1 − k.
struct Ends {
  std::size_t n;
  double low;
  double high;
};

TEST(MedianInterval, EndsAtTheRanksOfTheBinomialTables) {
  // Of n·(1 − 0.2)/(1 + 0.2) = 2n/3 values, each end as far in as a share of n.
  const Ends table[] = {
      {9, 1, 9},      // of  6: P(B<1) = 1/64    = 0.0156, P(B<2) = 7/64     = 0.109
      {12, 1, 12},    // of  8: P(B<1) = 1/256   = 0.0039, P(B<2) = 9/256    = 0.0352
      {15, 3, 13},    // of 10: P(B<2) = 11/1024 = 0.0107, P(B<3) = 56/1024  = 0.0547
      {18, 4, 15},    // of 12: P(B<3) = 79/4096 = 0.0193, P(B<4) = 299/4096 = 0.0730
      {30, 9, 22},    // of 20: P(B<6) = 0.0207, P(B<7) = 0.0577
      {45, 15, 31},   // of 30: P(B<10) = 0.0214, P(B<11) = 0.0494
      {75, 27, 49},   // of 50: P(B<18) = 0.0164, P(B<19) = 0.0325
      {150, 60, 91},  // of 100: P(B<40) = 0.0176, P(B<41) = 0.0284
  };
  for (const Ends& row : table) {
    const Estimate estimate = median_interval(alternating_ranks(row.n));
    EXPECT_EQ(estimate.low, row.low) << row.n;
    EXPECT_EQ(estimate.high, row.high) << row.n;
  }
}

TEST(MedianInterval, ContainsItsMedianForAnyNumberOfValues) {
  for (std::size_t n = 1; n <= 300; ++n) {
    const Estimate estimate = median_interval(ranks(n));
    EXPECT_LE(estimate.low, estimate.estimate) << n;
    EXPECT_GE(estimate.high, estimate.estimate) << n;
  }
}

TEST(MedianInterval, OfEqualValuesHasNoWidth) {
  EXPECT_EQ(median_interval(std::vector(10, 0.5)), (Estimate{0.5, 0.5, 0.5}));
}

// ---- simulation ----
// The standard library's distributions differ from one implementation to the next; these do not.

double uniform(std::mt19937_64& random) {
  // 53 random bits, in (0, 1): a logarithm follows.
  return (static_cast<double>(random() >> 11) + 0.5) * 0x1p-53;
}

/// Box & Muller 1958.
double normal(std::mt19937_64& random) {
  const double radius = std::sqrt(-2 * std::log(uniform(random)));
  return radius * std::cos(2 * std::numbers::pi * uniform(random));
}

double exponential(std::mt19937_64& random) { return -std::log(uniform(random)); }

/// A machine that has a fast mode (3 of 5 rounds, at 1) and a slow one (at 2).
double bimodal(std::mt19937_64& random) {
  const double mode = uniform(random) < 0.6 ? 1 : 2;
  return mode + 0.05 * normal(random);
}

/// The share of many runs in which the interval of `n` draws contains the true median.
double coverage(const std::function<double(std::mt19937_64&)>& draw, double true_median,
                std::size_t n) {
  constexpr int runs = 4000;
  std::mt19937_64 random(20240229);
  std::vector<double> values(n);
  int covered = 0;
  for (int run = 0; run < runs; ++run) {
    for (double& value : values) value = draw(random);
    const Estimate estimate = median_interval(values);
    if (estimate.low <= true_median && true_median <= estimate.high) ++covered;
  }
  return static_cast<double>(covered) / runs;
}

/// Noise of which that share is left over from the value before, as on a machine whose load changes
/// slowly.
std::function<double(std::mt19937_64&)> lingering(double share) {
  return [share, before = 0.0](std::mt19937_64& random) mutable {
    before = share * before + std::sqrt(1 - share * share) * normal(random);
    return before;
  };
}

TEST(SimulatedMachine, IntervalOfLingeringNoiseIsAsGoodAsItPromisesWhileHalfIsLeftOver) {
  for (const double share : {0.0, 0.3, 0.5})
    for (const std::size_t n : {9U, 12U, 20U, 40U, 60U})
      EXPECT_GE(coverage(lingering(share), 0, n), 0.93) << share << ", " << n;
}

/// What the documents say of noise that lingers more.
TEST(SimulatedMachine, IntervalOfNoiseThatLingersMoreIsTooShort) {
  for (const double share : {0.7, 0.9})
    for (const std::size_t n : {12U, 20U, 40U, 60U}) {
      const double covered = coverage(lingering(share), 0, n);
      fmt::print("AR(1) {}, {} samples: the interval covers {:.0f} %\n", share, n, covered * 100);
      EXPECT_GE(covered, share < 0.8 ? 0.85 : 0.5);
      EXPECT_LT(covered, 0.95);
    }
}

struct Distribution {
  std::string name;
  std::function<double(std::mt19937_64&)> draw;
  double true_median;
};

class Simulated : public testing::TestWithParam<Distribution> {};

TEST_P(Simulated, IntervalContainsTheTrueMedianAsOftenAsItPromises) {
  for (const std::size_t n : {9U, 12U, 20U, 41U, 100U}) {
    const double share = coverage(GetParam().draw, GetParam().true_median, n);
    EXPECT_GE(share, 0.95) << n;
    EXPECT_TRUE(n <= 40 || share < 1) << n;
  }
}

INSTANTIATE_TEST_SUITE_P(Distributions, Simulated,
                         testing::Values(Distribution{"Normal", normal, 0},
                                         Distribution{"Skewed", exponential, std::numbers::ln2},
                                         // 0.6·Φ((m − 1)/0.05) = 0.5 gives Φ = 5/6 and m = 1 +
                                         // 0.05·0.967422; the mode at 2 lies 19 σ away.
                                         Distribution{"Bimodal", bimodal, 1.0483711}),
                         [](const auto& distribution) { return distribution.param.name; });

// ---- ratios, width ----

TEST(NormalQuantile, IsThatOfTheTables) {
  EXPECT_NEAR(normal_quantile(0.025), 1.959964, 1e-6);
  EXPECT_NEAR(normal_quantile(0.5), 0, 1e-12);
  EXPECT_NEAR(student_quantile(1, 0.025), 12.7062, 1e-4);
  EXPECT_NEAR(student_quantile(10, 0.025), 2.22814, 1e-5);
}

TEST(Ratios, AreTakenElementByElement) {
  EXPECT_EQ(ratios(std::vector{1.0, 9.0, 5.0}, std::vector{2.0, 3.0, 5.0}),
            (std::vector{0.5, 3.0, 1.0}));
  EXPECT_TRUE(ratios({}, {}).empty());
}

TEST(RelativeHalfWidth, IsHalfTheIntervalOverTheEstimate) {
  EXPECT_DOUBLE_EQ(relative_half_width({2, 1.5, 2.5}), 0.25);
  EXPECT_DOUBLE_EQ(relative_half_width({-2, -2.5, -1.5}), 0.25);
  EXPECT_EQ(relative_half_width({2, 2, 2}), 0);
}

TEST(RelativeHalfWidth, OfAnUnboundedIntervalIsInfinite) {
  EXPECT_EQ(relative_half_width({2, -infinity, infinity}), infinity);
}

}  // namespace
}  // namespace gilscale
