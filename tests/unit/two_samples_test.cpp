#include "gilscale/statistics/two_samples.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numbers>
#include <numeric>
#include <random>

namespace gilscale {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;
using testing::IsEmpty;

using Values = std::vector<double>;

/// The numbers from `first` on.
Values numbers(double first, std::size_t count) {
  Values values(count);
  std::iota(values.begin(), values.end(), first);
  return values;
}

// ---- Mann & Whitney ----

/// In how many of the orders of n and m different values U is u: how many ways there are to write u
/// as a sum of n numbers from 0 to m, in ascending order (Mann & Whitney 1947, their recurrence).
std::vector<double> orders_with_u(std::size_t n, std::size_t m) {
  const auto at = [](const std::vector<double>& counts, std::size_t u) {
    return u < counts.size() ? counts[u] : 0;
  };
  if (n == 0 || m == 0) return {1};
  const auto largest_of_first = orders_with_u(n - 1, m);
  const auto largest_of_second = orders_with_u(n, m - 1);
  std::vector<double> counts;
  for (std::size_t u = 0; u <= n * m; ++u)
    counts.push_back((u >= m ? at(largest_of_first, u - m) : 0) + at(largest_of_second, u));
  return counts;
}

/// P(U <= u).
double exact_tail(const std::vector<double>& counts, std::size_t u) {
  const auto end = counts.begin() + static_cast<std::ptrdiff_t>(u) + 1;
  return std::accumulate(counts.begin(), end, 0.0) /
         std::accumulate(counts.begin(), counts.end(), 0.0);
}

/// Two sides, n and m different values with that U: `after` has so many wins.
std::pair<Values, Values> sides_with_u(std::size_t n, std::size_t m, std::size_t u) {
  const Values before = numbers(1, n);
  Values after;
  for (std::size_t i = 0; i < m; ++i) {
    const std::size_t wins = std::min(u, n);
    u -= wins;
    after.push_back(static_cast<double>(wins) + 0.5 + 0.01 * static_cast<double>(i));
  }
  return {before, after};
}

TEST(ExactDistribution, IsThatOfTheTables) {
  EXPECT_THAT(orders_with_u(2, 2), ElementsAre(1, 1, 2, 1, 1));
  EXPECT_DOUBLE_EQ(exact_tail(orders_with_u(4, 4), 0), 1.0 / 70);
  EXPECT_DOUBLE_EQ(exact_tail(orders_with_u(5, 5), 2), 4.0 / 252);
}

TEST(MannWhitney, IsNearTheExactTest) {
  for (const auto& [n, m] : {std::pair(4U, 4U), {5, 7}, {8, 8}, {6, 11}, {11, 11}}) {
    const auto counts = orders_with_u(n, m);
    for (std::size_t u = 0; u <= n * m / 2; ++u) {
      const auto [before, after] = sides_with_u(n, m, u);
      const double exact = std::min(1.0, 2 * exact_tail(counts, u));
      EXPECT_NEAR(mann_whitney_p(before, after), exact, 0.035) << n << ", " << m << ": " << u;
    }
  }
}

TEST(MannWhitney, IsCarefulWhereItMatters) {
  // Far out, the normal distribution's tail is longer than the exact one: never less than 0.9 of
  // it.
  for (const auto& [n, m] : {std::pair(6U, 6U), {8, 8}, {6, 11}, {11, 11}}) {
    const auto counts = orders_with_u(n, m);
    for (std::size_t u = 0; u < n * m / 2; ++u) {
      const double exact = 2 * exact_tail(counts, u);
      if (exact > 0.05) break;
      const auto [before, after] = sides_with_u(n, m, u);
      EXPECT_GT(mann_whitney_p(before, after), 0.9 * exact) << n << ", " << m << ": " << u;
    }
  }
}

TEST(MannWhitney, OfFourAgainstFourIsAsByHand) {
  // U = 0 of 16: (8 − 0.5)/√(16·9/12) = 2.1651, of which both tails have 0.03038.
  EXPECT_NEAR(mann_whitney_p(numbers(1, 4), numbers(5, 4)), 0.03038, 1e-5);
}

TEST(MannWhitney, HasNoSides) {
  const Values low{1, 2, 4, 6, 7};
  const Values high{3, 5, 8, 9};
  EXPECT_DOUBLE_EQ(mann_whitney_p(low, high), mann_whitney_p(high, low));
}

TEST(MannWhitney, CountsTiesHalfAndCorrectsTheVarianceForThem) {
  // U = ½ + ½ of 9, in the middle 4.5; variance 9/12·(7 − (3³ − 3)/(6·5)) = 4.65:
  // z = (3.5 − 0.5)/√4.65 = 1.3912.
  EXPECT_NEAR(mann_whitney_p(Values{2, 3, 4}, Values{1, 2, 2}), 0.164160, 1e-5);
}

TEST(MannWhitney, OfTheSameValuesIsOne) {
  EXPECT_EQ(mann_whitney_p(Values(20, 3.0), Values(20, 3.0)), 1);
  EXPECT_EQ(mann_whitney_p(numbers(1, 9), numbers(1, 9)), 1);
}

TEST(MannWhitney, OfTooFewValuesIsOne) {
  EXPECT_EQ(mann_whitney_p(Values{}, numbers(1, 9)), 1);
  EXPECT_EQ(mann_whitney_p(Values{1}, numbers(5, 9)), 1);
  EXPECT_EQ(mann_whitney_p(numbers(5, 9), Values{1}), 1);
}

TEST(MannWhitney, TrustsValuesLessThatResembleTheirNeighbours) {
  Values before;
  Values after;
  for (int i = 0; i < 16; ++i) {
    before.push_back(10 + i * 7 % 16);
    after.push_back(14 + i * 7 % 16);
  }
  const double in_any_order = mann_whitney_p(before, after);
  std::sort(before.begin(), before.end());
  std::sort(after.begin(), after.end());
  EXPECT_GT(mann_whitney_p(before, after), in_any_order);
}

// ---- the ratio ----

TEST(RatioOfIndependent, IsTheMedianOfAllRatios) {
  // 4, 6, 9 over 1, 2: the ratios are 2, 3, 4, 4.5, 6, 9.
  const Estimate ratio = ratio_of_independent(Values{1, 2}, Values{4, 6, 9}, 0.025);
  EXPECT_DOUBLE_EQ(ratio.estimate, 4.25);
}

TEST(RatioOfIndependent, HasTheIntervalOfTheTest) {
  // Seven against seven: 24.5 − 1.96·√(49·15/12) = 9.16, so the 9th of 49 ratios from either end.
  const Values before{1, 1, 1, 1, 1, 1, 1};
  const Estimate flat = ratio_of_independent(before, numbers(1, 7), 0.025);
  // Each of 1 to 7 stands there seven times.
  EXPECT_DOUBLE_EQ(flat.low, 2);
  EXPECT_DOUBLE_EQ(flat.estimate, 4);
  EXPECT_DOUBLE_EQ(flat.high, 6);
}

TEST(RatioOfIndependent, IsOpenWhereValuesAreTooFew) {
  const Estimate ratio = ratio_of_independent(Values{1, 1, 1}, Values{2, 2, 2}, 0.0025);
  EXPECT_DOUBLE_EQ(ratio.estimate, 2);
  EXPECT_TRUE(std::isinf(ratio.low) && ratio.low < 0);
  EXPECT_TRUE(std::isinf(ratio.high) && ratio.high > 0);
}

TEST(RatioOfIndependent, OfNothingIsUnknown) {
  const Estimate ratio = ratio_of_independent(Values{}, Values{1}, 0.025);
  EXPECT_TRUE(std::isnan(ratio.estimate));
  EXPECT_TRUE(std::isinf(ratio.low));
}

TEST(RatioOfIndependent, IsTheInverseTheOtherWayRound) {
  const Values before{3, 1, 4, 1.5, 5, 9, 2, 6, 5.5};
  const Values after{2, 7, 1.8, 2.8, 1.9, 8, 4.5, 9.5};
  const Estimate there = ratio_of_independent(before, after, 0.025);
  const Estimate back = ratio_of_independent(after, before, 0.025);
  EXPECT_NEAR(there.low, 1 / back.high, 1e-12);
  EXPECT_NEAR(there.high, 1 / back.low, 1e-12);
}

TEST(RatioOfIndependent, IsExactWhateverTheSize) {
  // Against all ratios in order.
  const Values before = numbers(3, 11);
  const Values after{0.001, 17, 1e9, 5, 5, 5, 2, 40, 1e-9, 8, 3};
  Values all;
  for (const double old_value : before)
    for (const double new_value : after) all.push_back(new_value / old_value);
  std::sort(all.begin(), all.end());
  const Estimate ratio = ratio_of_independent(before, after, 0.025);
  // 60.5 − 1.95996·√(121·23/12) = 30.65; the new values do not resemble their neighbours.
  EXPECT_EQ(ratio.low, all[29]);
  EXPECT_EQ(ratio.estimate, all[60]);
  EXPECT_EQ(ratio.high, all[91]);
}

double normal(std::mt19937_64& random) {
  const auto uniform = [&] { return (static_cast<double>(random() >> 11) + 0.5) * 0x1p-53; };
  const double radius = std::sqrt(-2 * std::log(uniform()));
  return radius * std::cos(2 * std::numbers::pi * uniform());
}

TEST(RatioOfIndependent, MissesTheTruthAsSeldomAsItPromises) {
  std::mt19937_64 random(7);
  for (const std::size_t count : {8U, 20U, 40U}) {
    constexpr int runs = 3000;
    int below = 0;
    int above = 0;
    for (int run = 0; run < runs; ++run) {
      Values before;
      Values after;
      for (std::size_t i = 0; i < count; ++i) before.push_back(std::exp(0.1 * normal(random)));
      for (std::size_t i = 0; i < count; ++i) after.push_back(1.5 * std::exp(0.1 * normal(random)));
      const Estimate ratio = ratio_of_independent(before, after, 0.025);
      below += ratio.high < 1.5;
      above += ratio.low > 1.5;
    }
    // 75 are expected, with a deviation of 8.6; effective_size() only ever widens the interval.
    EXPECT_LE(below, 110) << count;
    EXPECT_LE(above, 110) << count;
    EXPECT_GE(below + above, 15) << count;
  }
}

TEST(RatioOfIndependent, OfThousandsOfValuesTakesNeitherTimeNorRoom) {
  // All ratios of 100 000 to 100 000 values would take 80 GB.
  Values before;
  Values after;
  std::mt19937_64 random(7);
  for (int i = 0; i < 100000; ++i) {
    before.push_back(std::exp(0.1 * normal(random)));
    after.push_back(2 * std::exp(0.1 * normal(random)));
  }
  const auto began = std::chrono::steady_clock::now();
  const Estimate ratio = ratio_of_independent(before, after, 0.0025);
  EXPECT_LT(mann_whitney_p(before, after), 1e-9);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(30));
  EXPECT_NEAR(ratio.estimate, 2, 0.01);
  EXPECT_NEAR(ratio.low, ratio.high, 0.02);
}

// ---- pairs ----

TEST(SignTest, CountsWhoIsAboveOne) {
  // 1 of 8 below: 2·(1 + 8)/256.
  EXPECT_DOUBLE_EQ(sign_test_p(Values{2, 3, 0.5, 4, 1.1, 1.2, 1.3, 1.4}), 18.0 / 256);
  EXPECT_DOUBLE_EQ(sign_test_p(Values{0.5, 0.2, 2, 0.9, 0.8, 0.7, 0.6, 0.5}), 18.0 / 256);
  EXPECT_DOUBLE_EQ(sign_test_p(Values{2, 3, 0.5, 0.4}), 1);
}

TEST(SignTest, LeavesRatiosOfOneOut) {
  EXPECT_DOUBLE_EQ(sign_test_p(Values{1, 2, 1, 2, 1, 2, 2, 2, 1}), 2.0 / 32);
  EXPECT_DOUBLE_EQ(sign_test_p(Values(9, 1.0)), 1);
  EXPECT_DOUBLE_EQ(sign_test_p(Values{}), 1);
}

// ---- many tests ----

TEST(Holm, CorrectsTheSmallestMost) {
  // Smallest first: 0.01·4, 0.02·3, 0.03·2 and not below the one before, 0.5.
  EXPECT_THAT(holm_corrected(Values{0.03, 0.01, 0.5, 0.02}),
              ElementsAre(DoubleEq(0.06), DoubleEq(0.04), DoubleEq(0.5), DoubleEq(0.06)));
}

TEST(Holm, LeavesOneAloneAndExceedsNoCertainty) {
  EXPECT_THAT(holm_corrected(Values{0.2}), ElementsAre(0.2));
  EXPECT_THAT(holm_corrected(Values{0.6, 0.7}), ElementsAre(1, 1));
  EXPECT_THAT(holm_corrected(Values{}), IsEmpty());
}

}  // namespace
}  // namespace gilscale
