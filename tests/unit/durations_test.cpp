#include "gilscale/statistics/durations.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gilscale {
namespace {

TEST(DurationBins, AreContiguousAndRise) {
  std::size_t last = Durations::bin_of(0);
  EXPECT_EQ(last, 0U);
  for (std::int64_t ns = 1; ns < 100'000; ++ns) {
    const std::size_t bin = Durations::bin_of(ns);
    EXPECT_TRUE(bin == last || bin == last + 1) << ns;
    last = bin;
  }
}

TEST(DurationBins, AreExactTo1Point6Percent) {
  for (std::int64_t ns = 1; ns < std::int64_t{1} << 61; ns += 1 + ns / 7) {
    const double middle = Durations::seconds_of(Durations::bin_of(ns));
    EXPECT_NEAR(middle / (static_cast<double>(ns) * 1e-9), 1, 0.016) << ns;
  }
}

TEST(DurationBins, TakeTheLongestThereIs) {
  EXPECT_LT(Durations::bin_of(INT64_MAX), Durations::bins);
  EXPECT_EQ(Durations::bin_of(-5), 0U);
}

TEST(DurationQuantiles, AreOfAllThatWereAdded) {
  Durations durations;
  for (int ms = 1; ms <= 100; ++ms) durations.add(ms * 1e-3);
  EXPECT_EQ(durations.count(), 100U);
  EXPECT_NEAR(durations.quantile(0.5), 0.050, 0.001);
  EXPECT_NEAR(durations.quantile(0.99), 0.099, 0.002);
  EXPECT_EQ(durations.quantile(1), durations.longest_s()) << "no bin's middle beyond it";
  EXPECT_DOUBLE_EQ(durations.longest_s(), 0.1);
}

TEST(DurationQuantiles, AreNothingOfNone) { EXPECT_EQ(Durations().quantile(0.5), 0); }

TEST(DurationQuantiles, AreOfBothSidesOfASum) {
  Durations few;
  few.add(1e-6, 1);
  Durations many;
  many.add(1e-3, 99);
  few.add(many);
  EXPECT_EQ(few.count(), 100U);
  EXPECT_NEAR(few.quantile(0.01), 1e-6, 2e-8);
  EXPECT_NEAR(few.quantile(0.02), 1e-3, 2e-5);
  EXPECT_DOUBLE_EQ(few.longest_s(), 1e-3);
}

}  // namespace
}  // namespace gilscale
