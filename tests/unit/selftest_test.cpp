#include "gilscale/commands/selftest.hpp"

#include <gtest/gtest.h>

#include <string>

namespace gilscale {
namespace {

std::size_t first(std::size_t) { return 0; }
std::size_t last(std::size_t ready) { return ready - 1; }

/// With exact times.
double exact_s(const KnownWork& work, int threads) { return makespan_s(work, threads, {}, first); }

// Worked by hand, in seconds.

TEST(KnownMakespan, OfOneThreadIsTheSumOfItsCalls) { EXPECT_DOUBLE_EQ(exact_s({1, 3, 5}, 1), 20); }

TEST(KnownMakespan, OfWaitingAloneDoesNotDependOnTheThreads) {
  EXPECT_DOUBLE_EQ(exact_s({0, 3, 5}, 16), 15);
}

TEST(KnownMakespan, OfHoldingAloneAddsUp) { EXPECT_DOUBLE_EQ(exact_s({3, 0, 5}, 4), 60); }

TEST(KnownMakespan, OfThreadsThatFitBetweenEachOtherStartsStaggered) {
  // Threads 0 … 3 hold from 0, 1, 2, 3 on; then the GIL is free when they come back every 5 s.
  EXPECT_DOUBLE_EQ(exact_s({1, 4, 10}, 4), 3 + 50);
}

TEST(KnownMakespan, OfThreadsThatQueueIsTheTimeTheGilIsHeld) {
  // 8 threads, 10 calls, 1 s each: held for 80 s without a gap; the last one then waits 1 s.
  EXPECT_DOUBLE_EQ(exact_s({1, 1, 10}, 8), 81);
}

TEST(KnownMakespan, GrowsByTheDelays) {
  EXPECT_DOUBLE_EQ(makespan_s({1, 3, 5}, 1, {0.25, 0}, first), 5 * 4.5);
  // 2 threads hold in turns: 10 holds, 9 times passed on, and once more to return.
  EXPECT_DOUBLE_EQ(makespan_s({1, 0, 5}, 2, {0, 0.5}, first), 10 + 10 * 0.5);
}

TEST(KnownMakespan, DependsOnWhoGetsTheGil) {
  // Two threads keep the GIL busy in turns; with last come first served the third waits for them
  // and is then alone.
  const KnownWork work{1, 1, 4};
  EXPECT_DOUBLE_EQ(makespan_s(work, 3, {}, first), 13);
  EXPECT_GT(makespan_s(work, 3, {}, last), 13);
}

TEST(KnownSpeedup, TendsToTheSaturationBound) {
  for (const double serial : {0.1, 0.25, 0.5, 1.0}) {
    const KnownWork work{serial, 1 - serial, 2000};
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
