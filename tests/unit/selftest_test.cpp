#include "gilscale/commands/selftest.hpp"

#include <gtest/gtest.h>

#include <string>

namespace gilscale {
namespace {

TEST(KnownSpeedup, TendsToTheSaturationBound) {
  for (const double serial : {0.1, 0.25, 0.5, 1.0}) {
    const QueueingWork work{serial, 1 - serial, 2000};
    const Range speedup = true_speedup(work, 16, {});
    EXPECT_NEAR(speedup.high, std::min(16.0, 1 / serial), 0.02 / serial) << serial;
    EXPECT_LE(speedup.low, speedup.high);
  }
}

TEST(KnownSpeedup, OfWaitingAloneIsTheNumberOfThreads) {
  const Range speedup = true_speedup({0, 1, 20}, 8, {});
  EXPECT_DOUBLE_EQ(speedup.low, 8);
  EXPECT_DOUBLE_EQ(speedup.high, 8);
}

TEST(KnownSpeedup, HasARangeAsWideAsTheDelays) {
  const Range speedup = true_speedup({0.01, 0, 20}, 4, {0.0001, 0.0002});
  EXPECT_LT(speedup.low, 1);
  EXPECT_GE(speedup.low, 0.95);
  EXPECT_GE(speedup.high, 1);
  EXPECT_LE(speedup.high, 1.02);
}

}  // namespace
}  // namespace gilscale
