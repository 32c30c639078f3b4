#include "gilscale/point.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "steady_point.hpp"

namespace gilscale {
namespace {

/// Two threads, two samples; makespans chosen so that every figure is a round number.
TEST(Figures, FollowFromMakespansCallsAndThreads) {
  Point point = steady_point(2, {.single_s = 0.5, .parallel_s = 0.5});
  point.calls = 10;
  const PointFigures figures = figures_of(point);
  EXPECT_DOUBLE_EQ(figures.makespan_s.estimate, 0.5);
  EXPECT_DOUBLE_EQ(figures.call_s.estimate, 0.05);          // 0.5 s for 10 calls in a row
  EXPECT_DOUBLE_EQ(figures.throughput_per_s.estimate, 40);  // 2 · 10 calls in 0.5 s
  EXPECT_DOUBLE_EQ(figures.speedup.estimate, 2);            // 2 · 0.5/0.5
}

TEST(Figures, OfComputingThatGetsItsCoresHaveFullEfficiency) {
  const PointFigures figures = figures_of(steady_point(2, {}));
  EXPECT_DOUBLE_EQ(figures.speedup.estimate, 2);
  EXPECT_DOUBLE_EQ(figures.capacity.estimate, 2);
  EXPECT_DOUBLE_EQ(figures.achievable, 2);
  EXPECT_DOUBLE_EQ(figures.relative_efficiency.estimate, 1);
  ASSERT_TRUE(figures.serial_fraction);
  EXPECT_DOUBLE_EQ(figures.serial_fraction->estimate, 0);
}

TEST(Figures, OfComputingOnTooFewCoresAreMeasuredByTheCores) {
  // 4 threads on what turned out to be 2 cores: both take twice as long.
  const PointFigures figures =
      figures_of(steady_point(4, {.parallel_s = 2, .control_parallel_s = 2}));
  EXPECT_DOUBLE_EQ(figures.speedup.estimate, 2);
  EXPECT_DOUBLE_EQ(figures.capacity.estimate, 2);
  EXPECT_DOUBLE_EQ(figures.achievable, 2);
  EXPECT_DOUBLE_EQ(figures.relative_efficiency.estimate, 1);
}

TEST(Figures, OfThreadsThatTakeTurnsShowIt) {
  const PointFigures figures = figures_of(steady_point(4, {.parallel_s = 4}));
  EXPECT_DOUBLE_EQ(figures.speedup.estimate, 1);
  EXPECT_DOUBLE_EQ(figures.capacity.estimate, 4);
  EXPECT_DOUBLE_EQ(figures.relative_efficiency.estimate, 0.25);
  EXPECT_DOUBLE_EQ(figures.serial_fraction->estimate, 1);
}

TEST(Figures, OfWaitingAreMeasuredByTheThreadsAndNotByTheCores) {
  // One core: the control's 4 threads take 4 times as long; threads that wait do not.
  const PointFigures figures =
      figures_of(steady_point(4, {.control_parallel_s = 4, .cpu_share = 1.0 / 64}));
  EXPECT_DOUBLE_EQ(figures.capacity.estimate, 1);
  EXPECT_DOUBLE_EQ(figures.cpu_share, 1.0 / 64);
  EXPECT_DOUBLE_EQ(figures.achievable, 4);
  EXPECT_DOUBLE_EQ(figures.relative_efficiency.estimate, 1);
}

TEST(Figures, OfWaitingWithTheGilHeldHaveTheEfficiencyOfOneThread) {
  const PointFigures figures = figures_of(
      steady_point(4, {.parallel_s = 4, .control_parallel_s = 4, .cpu_share = 1.0 / 64}));
  EXPECT_DOUBLE_EQ(figures.speedup.estimate, 1);
  EXPECT_DOUBLE_EQ(figures.relative_efficiency.estimate, 0.25);
}

TEST(Figures, OfWorkThatComputesPartOfTheTimeAreBoundByCoresOverThatPart) {
  // One core, half the time computing: 2 of 8 threads' work is achievable; 8 threads do 1.5 times.
  const PointFigures figures = figures_of(
      steady_point(8, {.parallel_s = 16.0 / 3, .control_parallel_s = 8, .cpu_share = 0.5}));
  EXPECT_DOUBLE_EQ(figures.achievable, 2);
  EXPECT_DOUBLE_EQ(figures.speedup.estimate, 1.5);
  EXPECT_DOUBLE_EQ(figures.relative_efficiency.estimate, 0.75);
}

TEST(Figures, OfComputingThatOftenHadToWaitForACpuAreStillBoundByTheCores) {
  // Half of the 1-thread round's time another process had the CPU: no waiting of the workload's
  // own.
  const PointFigures figures = figures_of(steady_point(
      2, {.parallel_s = 2, .control_parallel_s = 2, .cpu_share = 0.5, .runnable_s = 0.5}));
  EXPECT_DOUBLE_EQ(figures.cpu_share, 1);
  EXPECT_TRUE(figures.bound_by_cpus);
  EXPECT_DOUBLE_EQ(figures.relative_efficiency.estimate, 1);
}

TEST(Figures, SayWhetherFewerCoresWouldBeSlower) {
  EXPECT_TRUE(figures_of(steady_point(2, {})).bound_by_cpus);
  EXPECT_FALSE(figures_of(steady_point(2, {.cpu_share = 0.5})).bound_by_cpus);
  // Threads that take turns at the GIL leave a core to spare only if a call leaves one: it does
  // not.
  EXPECT_TRUE(figures_of(steady_point(2, {.parallel_s = 2})).bound_by_cpus);
}

TEST(Figures, OfOneCallComeFromTheSingleRounds) {
  Point point = steady_point(4, {.single_s = 0.5, .parallel_s = 2, .control_single_s = 0.25});
  point.calls = 100;
  point.control_calls = 1000;
  const PointFigures figures = figures_of(point);
  EXPECT_DOUBLE_EQ(figures.single_call_s.estimate, 0.005);  // 0.5 s / 100
  EXPECT_DOUBLE_EQ(figures.control_call_s, 0.00025);        // 0.25 s / 1000
  EXPECT_DOUBLE_EQ(figures.relative_call.estimate, 20);     // 0.005 / 0.00025
}

TEST(Figures, AreMediansOfRatiosAndNotRatiosOfMedians) {
  // T(1)/T(2) is 1, 2 and 1/2: median 1, so S = 2. The medians alone, 2 and 1, would give 4.
  Point point;
  point.threads = 2;
  add_sample(point, {.single_s = 1, .parallel_s = 1});
  add_sample(point, {.single_s = 2, .parallel_s = 1});
  add_sample(point, {.single_s = 3, .parallel_s = 6});
  EXPECT_DOUBLE_EQ(figures_of(point).speedup.estimate, 2);
}

TEST(Figures, DoNotFeelAMachineThatChangesItsSpeedFromSampleToSample) {
  Point point;
  point.threads = 2;
  for (const double slow : {1.0, 1.7, 1.1, 3.0, 1.0, 2.0, 1.3}) {
    add_sample(point, {slow, slow * 2, slow, slow});
  }
  const PointFigures figures = figures_of(point);
  for (const Estimate& steady : {figures.speedup, figures.capacity}) {
    EXPECT_NEAR(steady.low, steady.estimate, 1e-12);
    EXPECT_NEAR(steady.high, steady.estimate, 1e-12);
  }
  EXPECT_NEAR(figures.relative_efficiency.low, 0.5, 1e-12);
  EXPECT_NEAR(figures.relative_efficiency.high, 0.5, 1e-12);
  EXPECT_GT(figures.makespan_s.high, figures.makespan_s.low);
}

TEST(Figures, DivideByTheCapacityOfTheSameSample) {
  // Every other sample gets one core instead of two, in the workload's rounds and the control's.
  Point point;
  point.threads = 2;
  for (int i = 0; i < 4; ++i) {
    add_sample(point, {});
    add_sample(point, {.parallel_s = 2, .control_parallel_s = 2});
  }
  const PointFigures figures = figures_of(point);
  EXPECT_LT(figures.capacity.low, figures.capacity.high);
  EXPECT_DOUBLE_EQ(figures.relative_efficiency.low, 1);
  EXPECT_DOUBLE_EQ(figures.relative_efficiency.high, 1);
}

TEST(Figures, OfFewerThanSixSamplesHaveNoEnds) {
  const PointFigures figures = figures_of(steady_point(2, {}, 5));
  EXPECT_DOUBLE_EQ(figures.speedup.estimate, 2);
  EXPECT_TRUE(std::isinf(figures.speedup.low));
  EXPECT_TRUE(std::isinf(figures.speedup.high));
  EXPECT_TRUE(std::isinf(figures.serial_fraction->high));
}

TEST(Figures, OfOneThreadAreTheUnitAndHaveNoSerialFraction) {
  for (const double share : {1.0, 0.5, 1.0 / 64}) {
    const PointFigures figures = figures_of(steady_point(1, {.cpu_share = share}));
    EXPECT_DOUBLE_EQ(figures.speedup.estimate, 1) << share;
    EXPECT_DOUBLE_EQ(figures.capacity.estimate, 1) << share;
    EXPECT_DOUBLE_EQ(figures.achievable, 1) << share;
    EXPECT_DOUBLE_EQ(figures.relative_efficiency.estimate, 1) << share;
    EXPECT_FALSE(figures.serial_fraction) << share;
  }
}

}  // namespace
}  // namespace gilscale
