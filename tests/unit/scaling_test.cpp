#include "gilscale/statistics/scaling.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "random.hpp"

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

TEST(LeastAchievableSpeedup, IsTheMostForWhatOnlyComputesOrOnlyWaits) {
  EXPECT_DOUBLE_EQ(achievable_speedup_low(4, 2, 1), 2);
  EXPECT_NEAR(achievable_speedup_low(4, 2, 1e-9), 4, 1e-6);
}

TEST(LeastAchievableSpeedup, IsTheMostWhereNoCpuIsMissing) {
  EXPECT_DOUBLE_EQ(achievable_speedup_low(4, 4, 0.25), 4);
  EXPECT_DOUBLE_EQ(achievable_speedup_low(2, 2.1, 0.5), 2);
}

TEST(LeastAchievableSpeedup, IsLessWhereWhatWaitsAndWhatComputesTakeTurns) {
  // A quarter of a call computes and takes twice as long on half the CPUs: 4/(0.25·2 + 0.75).
  EXPECT_DOUBLE_EQ(achievable_speedup_low(4, 2, 0.25), 3.2);
}

/// Threads that compute and wait in turns, on CPUs that are shared evenly by those that compute:
/// when the last of them has made its calls. A call computes and waits for 1 in all on average.
double makespan(int threads, double cpus, double cpu_share, int calls, Random* random) {
  struct Thread {
    int calls;
    bool computes = true;
    double left = 0;
  };
  const auto length = [&](double mean) {
    return random ? -mean * std::log(random->uniform()) : mean;
  };
  std::vector<Thread> all(static_cast<std::size_t>(threads), Thread{calls});
  for (Thread& thread : all) thread.left = length(cpu_share);
  double now = 0;
  for (int open = threads; open > 0;) {
    int computing = 0;
    for (const Thread& thread : all) computing += thread.calls > 0 && thread.computes ? 1 : 0;
    const double speed = computing > cpus ? cpus / computing : 1;
    const auto until_end = [&](const Thread& thread) {
      return thread.left / (thread.computes ? speed : 1);
    };
    double step = HUGE_VAL;
    for (const Thread& thread : all)
      if (thread.calls > 0) step = std::min(step, until_end(thread));
    now += step;
    for (Thread& thread : all) {
      if (thread.calls == 0) continue;
      const bool ends = until_end(thread) <= step;
      thread.left -= step * (thread.computes ? speed : 1);
      if (!ends) continue;
      if (!thread.computes && --thread.calls == 0) --open;
      thread.computes = !thread.computes;
      thread.left = length(thread.computes ? cpu_share : 1 - cpu_share);
    }
  }
  return now;
}

TEST(LeastAchievableSpeedup, IsWhatQueuesForCpusReachAtLeast) {
  Random random(20261126);
  for (const int threads : {2, 3, 4, 8, 24})
    for (const double cpus : {1.0, 1.5, 2.0, 4.0})
      for (const double share : {0.05, 0.25, 0.5, 0.8, 0.95}) {
        const double low = achievable_speedup_low(threads, cpus, share);
        const double most = achievable_speedup(threads, cpus, share);
        EXPECT_LE(low, most + 1e-9);
        // In step, from the first call to the last: the worst that there is.
        EXPECT_NEAR(threads * 20 / makespan(threads, cpus, share, 20, nullptr), low, 1e-6)
            << threads << " on " << cpus << ", " << share;
        // By chance; the last of several sums of 400 is some percent longer than their mean.
        const double by_chance = threads * 400 / makespan(threads, cpus, share, 400, &random);
        EXPECT_GE(by_chance, low * 0.88) << threads << " on " << cpus << ", " << share;
        EXPECT_LE(by_chance, most * 1.1) << threads << " on " << cpus << ", " << share;
      }
}

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
