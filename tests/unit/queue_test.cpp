#include "gilscale/statistics/queue.hpp"

#include <gtest/gtest.h>

#include <random>

namespace gilscale {
namespace {

std::size_t last(std::size_t ready) { return ready - 1; }

/// With exact times.
double exact_s(const QueueingWork& work, int threads) { return makespan_s(work, threads); }

// Worked by hand, in seconds.

TEST(MakespanOfQueue, OfOneThreadIsTheSumOfItsCalls) {
  EXPECT_DOUBLE_EQ(exact_s({1, 3, 5}, 1), 20);
}

TEST(MakespanOfQueue, OfWaitingAloneDoesNotDependOnTheThreads) {
  EXPECT_DOUBLE_EQ(exact_s({0, 3, 5}, 16), 15);
}

TEST(MakespanOfQueue, OfHoldingAloneAddsUp) { EXPECT_DOUBLE_EQ(exact_s({3, 0, 5}, 4), 60); }

TEST(MakespanOfQueue, OfThreadsThatFitBetweenEachOtherStartsStaggered) {
  // Threads 0 … 3 hold from 0, 1, 2, 3 on; then the GIL is free when they come back every 5 s.
  EXPECT_DOUBLE_EQ(exact_s({1, 4, 10}, 4), 3 + 50);
}

TEST(MakespanOfQueue, OfThreadsThatQueueIsTheTimeTheGilIsHeld) {
  // 8 threads, 10 calls, 1 s each: held for 80 s without a gap; the last one then waits 1 s.
  EXPECT_DOUBLE_EQ(exact_s({1, 1, 10}, 8), 81);
}

TEST(MakespanOfQueue, GrowsByTheDelays) {
  EXPECT_DOUBLE_EQ(makespan_s({1, 3, 5}, 1, {{0.25, 0}}), 5 * 4.5);
  // 2 threads hold in turns: 10 holds, 9 times passed on, and once more to return.
  EXPECT_DOUBLE_EQ(makespan_s({1, 0, 5}, 2, {{0, 0.5}}), 10 + 10 * 0.5);
}

TEST(MakespanOfQueue, DependsOnWhoGetsTheGil) {
  // Two threads keep the GIL busy in turns; with last come first served the third waits for them
  // and is then alone.
  const QueueingWork work{1, 1, 4};
  EXPECT_DOUBLE_EQ(makespan_s(work, 3), 13);
  EXPECT_GT(makespan_s(work, 3, {.pick = last}), 13);
}

TEST(MakespanOfQueue, WithTwoLocksIsThatOfTwiceTheRoom) {
  const QueueingWork work{1, 0, 2000};
  EXPECT_DOUBLE_EQ(exact_s(work, 2), 4000);
  const double two_s = makespan_s(work, 2, {.locks = 2});
  // Of two threads that draw a lock each, every other time they draw the same. Then one of them
  // waits: three holds in two units of time.
  EXPECT_NEAR(two_s, 4000 / 1.5, 100);
  // Of eight, the more often both locks are wanted.
  const double of_eight = exact_s(work, 8) / makespan_s(work, 8, {.locks = 2});
  EXPECT_GT(of_eight, 1.7);
  EXPECT_LT(of_eight, 2);
}

TEST(MakespanOfQueue, DrawsWhatLastsSoLongOnAverage) {
  // Eight threads that want a lock for an eighth of their time. Just so long, they do not meet; as
  // in a closed queue of exponential times, it is held for 0.80 of the time (Erlang's loss formula
  // for a machine-repairman with 8 machines, 1/(1 + p0) of the states).
  std::mt19937 generator(1);
  const auto exponential = [&](double mean_s) {
    return std::exponential_distribution(1 / mean_s)(generator);
  };
  const QueueingWork work{1, 7, 4000};
  EXPECT_NEAR(makespan_s(work, 8), 8 * 4000, 8);
  const double held = 8 * 4000 / makespan_s(work, 8, {.draw = exponential});
  EXPECT_NEAR(held, 0.80, 0.02);
}

TEST(MakespanOfQueue, OfOneThreadDoesNotDependOnTheLocks) {
  EXPECT_DOUBLE_EQ(makespan_s({1, 3, 5}, 1, {.locks = 4}), 20);
}

}  // namespace
}  // namespace gilscale
