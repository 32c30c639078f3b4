#include "gilscale/statistics/scaling.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace gilscale {
namespace {

TEST(WeakSpeedup, IsNWhenNThreadsTakeAsLongAsOne) { EXPECT_EQ(weak_speedup(4, 0.5, 0.5), 4); }

TEST(WeakSpeedup, IsOneWhenThreadsTakeTurns) { EXPECT_EQ(weak_speedup(4, 0.5, 2), 1); }

TEST(WeakSpeedup, IsBelowOneWhenMoreThreadsAreSlower) { EXPECT_EQ(weak_speedup(2, 1, 8), 0.25); }

TEST(CpuShare, IsCpuTimeOverWallTime) { EXPECT_EQ(cpu_share(0.25, 0.5), 0.5); }

TEST(CpuShare, IsNeverMoreThanAllNorNothing) {
  EXPECT_EQ(cpu_share(1.01, 1), 1);
  EXPECT_GT(cpu_share(0, 1), 0);
  EXPECT_LT(cpu_share(0, 1), 1e-3);
}

TEST(CpuShare, LeavesOutTheTimeForWhichOtherProcessesHadTheCpu) {
  // 2 s on a CPU, 3 s ready but without one, 1 s asleep: 2 of the 3 s that were its own.
  EXPECT_DOUBLE_EQ(cpu_share(2, 6, 3), 2.0 / 3);
}

TEST(CpuShare, OfComputingOnABusyMachineIsAll) {
  EXPECT_EQ(cpu_share(2, 6, 4), 1);
  EXPECT_EQ(cpu_share(2, 6, 4.5), 1) << "the system's clocks disagree a little";
}

TEST(AchievableSpeedup, OfComputingIsTheCapacity) { EXPECT_EQ(achievable_speedup(4, 2.5, 1), 2.5); }

TEST(AchievableSpeedup, OfWaitingIsTheNumberOfThreads) {
  EXPECT_EQ(achievable_speedup(8, 1, 0.01), 8);
}

TEST(AchievableSpeedup, OfWorkThatComputesHalfTheTimeIsTwiceTheCapacity) {
  EXPECT_EQ(achievable_speedup(8, 2, 0.5), 4);
}

TEST(AchievableSpeedup, IsNeverMoreThanTheThreads) { EXPECT_EQ(achievable_speedup(2, 2.1, 1), 2); }

TEST(KarpFlatt, IsNothingForPerfectSpeedupAndOneForNone) {
  EXPECT_DOUBLE_EQ(karp_flatt(8, 8.0), 0);
  EXPECT_DOUBLE_EQ(karp_flatt(8, 1.0), 1);
}

TEST(KarpFlatt, FindsTheSerialFractionOfAmdahlsLaw) {
  // A serial fraction f gives S = 1/(f + (1 − f)/N); with f = 1/3 and N = 4: 1/(1/3 + 1/6) = 2.
  EXPECT_DOUBLE_EQ(karp_flatt(4, 2.0), 1.0 / 3);
}

TEST(Amdahl, IsWhatKarpAndFlattUndo) {
  EXPECT_DOUBLE_EQ(amdahl(4, 1.0 / 3), 2);
  EXPECT_DOUBLE_EQ(amdahl(8, 0), 8);
  EXPECT_DOUBLE_EQ(amdahl(8, 1), 1);
  EXPECT_DOUBLE_EQ(karp_flatt(8, amdahl(8, 0.3)), 0.3);
}

TEST(KarpFlatt, IsAboveOneWhenMoreThreadsAreSlower) {
  EXPECT_DOUBLE_EQ(karp_flatt(2, 0.5), 3);  // (2 − 1/2)/(1/2)
}

TEST(KarpFlatt, IsBelowNothingForSuperlinearSpeedup) {
  EXPECT_DOUBLE_EQ(karp_flatt(2, 4.0), -0.5);  // (1/4 − 1/2)/(1/2)
}

TEST(CallAtSpeed, IsCorrectedInTheShareThatComputes) {
  // The machine was half as fast as it is taken to be.
  EXPECT_DOUBLE_EQ(call_cost(8, 1, 2).at_speed(1), 4);
  EXPECT_DOUBLE_EQ(call_cost(8, 0, 2).at_speed(1), 8);
  EXPECT_DOUBLE_EQ(call_cost(8, 0.5, 2).at_speed(1), 6);
}

}  // namespace
}  // namespace gilscale
