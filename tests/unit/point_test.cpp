#include "gilscale/measure/point.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include <cmath>
#include <numbers>
#include <random>
#include <utility>
#include <vector>

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

// ---- beside busy processes ----

TEST(DelayedRounds, AreComparedWithoutWhatTheyWaitedForACpu) {
  // Another process took the CPU of one thread for 1 s of the workload's round, and for half a
  // second of the control's: luck, which says nothing about how the workload scales.
  const PointFigures figures = figures_of(steady_point(
      2,
      {.parallel_s = 2, .control_parallel_s = 1.5, .parallel_delay_s = 1, .control_delay_s = 0.5}));
  EXPECT_DOUBLE_EQ(figures.relative_efficiency.estimate, 1);
  EXPECT_DOUBLE_EQ(figures.speedup.estimate, 1);  // what was measured stays
  EXPECT_DOUBLE_EQ(figures.capacity.estimate, 2 / 1.5);
}

TEST(DelayedRounds, StillShowThreadsThatTakeTurns) {
  const PointFigures figures = figures_of(steady_point(2, {.parallel_s = 2.5,
                                                           .control_parallel_s = 1.5,
                                                           .parallel_delay_s = 0.5,
                                                           .control_delay_s = 0.5}));
  EXPECT_DOUBLE_EQ(figures.relative_efficiency.estimate, 0.5);
}

TEST(DelayedRounds, AreTheWorkloadsOwnDoingWhereTheControlHadItsCpus) {
  // Threads that wake one another on one CPU wait for it; the control, which wakes nobody, did not.
  const PointFigures figures = figures_of(
      steady_point(2, {.parallel_s = 2, .parallel_delay_s = 1, .control_delay_s = 0.01}));
  EXPECT_DOUBLE_EQ(figures.relative_efficiency.estimate, 0.5);
}

TEST(DelayedRounds, AreWhatMoreThreadsThanCpusHaveToExpect) {
  Point point = steady_point(
      4, {.parallel_s = 3, .control_parallel_s = 2, .parallel_delay_s = 2, .control_delay_s = 1});
  point.oversubscribed = true;
  EXPECT_DOUBLE_EQ(figures_of(point).relative_efficiency.estimate, 2.0 / 3);
}

TEST(DelayedRounds, OfWorkThatWaitsAreMeasuredByTheThreads) {
  const PointFigures figures = figures_of(steady_point(
      2, {.parallel_s = 2, .control_parallel_s = 1.5, .cpu_share = 0.01, .control_delay_s = 0.5}));
  EXPECT_DOUBLE_EQ(figures.relative_efficiency.estimate, 0.5);
}

TEST(CpuShare, IsTakenSampleBySample) {
  // In one of them another process had the CPU for 2 of 3 s. The medians of wall, CPU and waiting
  // time, 2, 1 and 0 s, do not belong to one another.
  Point point;
  point.threads = 2;
  add_sample(point, {.single_s = 1});
  add_sample(point, {.single_s = 2});
  add_sample(point, {.single_s = 3, .cpu_share = 1.0 / 3, .runnable_s = 2});
  EXPECT_DOUBLE_EQ(figures_of(point).cpu_share, 1);
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
  for (const double slow : {1.0, 1.7, 1.1, 3.0, 1.0, 2.0, 1.3, 2.2, 1.2, 1.6}) {
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
  for (int i = 0; i < 6; ++i) {
    add_sample(point, {});
    add_sample(point, {.parallel_s = 2, .control_parallel_s = 2});
  }
  const PointFigures figures = figures_of(point);
  EXPECT_LT(figures.capacity.low, figures.capacity.high);
  EXPECT_DOUBLE_EQ(figures.relative_efficiency.low, 1);
  EXPECT_DOUBLE_EQ(figures.relative_efficiency.high, 1);
}

TEST(Figures, DoNotTakeStolenTimeForWaiting) {
  // The hypervisor takes 30 % of a CPU, from the control as from the workload.
  Point point = steady_point(2, {.cpu_share = 0.7});
  for (double& cpu_s : point.samples.control_cpu_s) cpu_s *= 0.7;
  EXPECT_DOUBLE_EQ(figures_of(point).cpu_share, 1);
  EXPECT_DOUBLE_EQ(figures_of(point).single_cost.at_speed(figures_of(point).control_call_s), 1);
  for (double& cpu_s : point.samples.single_cpu_s) cpu_s *= 0.5;
  EXPECT_DOUBLE_EQ(figures_of(point).cpu_share, 0.5);
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

// ---- a machine that others use too, simulated ----

double normal(std::mt19937_64& random) {
  // Box & Muller 1958; the standard library's distributions differ between implementations.
  const auto uniform = [&] { return (static_cast<double>(random() >> 11) + 0.5) * 0x1p-53; };
  const double radius = std::sqrt(-2 * std::log(uniform()));
  return radius * std::cos(2 * std::numbers::pi * uniform());
}

bool with_probability(double probability, std::mt19937_64& random) {
  return static_cast<double>(random() >> 11) * 0x1p-53 < probability;
}

struct SimulatedMachine {
  double noise = 0.05;      ///< of each round: skewed, since disturbances only ever slow it down
  double drift = 0;         ///< of the speed from one round to the next: a random walk
  double disturbed = 0;     ///< share of samples in which two threads get one core
  double true_speedup = 2;  ///< of the workload on two cores

  [[nodiscard]] Point measured(std::size_t samples, std::mt19937_64& random) const {
    Point point;
    point.threads = 2;
    double speed = 1;
    const auto round = [&](double undisturbed_s) {
      speed *= std::exp(drift * normal(random));
      return undisturbed_s * speed * (1 + noise * std::abs(normal(random)));
    };
    for (std::size_t i = 0; i < samples; ++i) {
      const double cores = with_probability(disturbed, random) ? 1 : 2;
      const double workload_s = 2 / std::min(cores, true_speedup);
      const double control_s = 2 / cores;
      Rounds rounds;
      if (i % 2 == 0) {
        rounds.control_single_s = round(1);
        rounds.single_s = round(1);
        rounds.control_parallel_s = round(control_s);
        rounds.parallel_s = round(workload_s);
      } else {
        rounds.parallel_s = round(workload_s);
        rounds.control_parallel_s = round(control_s);
        rounds.single_s = round(1);
        rounds.control_single_s = round(1);
      }
      add_sample(point, rounds);
    }
    return point;
  }

  /// The mean estimate of a figure, and how often its interval holds the truth.
  [[nodiscard]] std::pair<double, double> found(Estimate PointFigures::* figure, double truth,
                                                std::size_t samples) const {
    constexpr int runs = 1500;
    std::mt19937_64 random(20261122);
    double sum = 0;
    int covered = 0;
    for (int run = 0; run < runs; ++run) {
      const Estimate estimate = figures_of(measured(samples, random)).*figure;
      sum += estimate.estimate;
      covered += estimate.low <= truth && truth <= estimate.high;
    }
    return {sum / runs, static_cast<double>(covered) / runs};
  }
  [[nodiscard]] double efficiency(std::size_t samples) const {
    return found(&PointFigures::relative_efficiency, true_speedup / 2, samples).first;
  }
};

TEST(OnASimulatedMachine, TheIntervalHoldsTheTruthAsOftenAsItPromises) {
  for (const double drift : {0.0, 0.01, 0.03}) {
    const SimulatedMachine machine{.drift = drift};
    for (const std::size_t samples : {20U, 40U}) {
      const auto [speedup, holds] = machine.found(&PointFigures::speedup, 2, samples);
      EXPECT_NEAR(speedup, 2, 0.02) << drift;
      EXPECT_GE(holds, 0.93) << drift << ", " << samples;
      EXPECT_LT(holds, 1) << drift << ", " << samples;
      // No more than N is achievable: where noise pretends so, that widens this interval.
      EXPECT_GE(machine.found(&PointFigures::relative_efficiency, 1, samples).second, 0.93);
    }
  }
}

TEST(OnASimulatedMachine, LeavingDisturbedSamplesOutDoesNotBiasAQuietOne) {
  for (const double noise : {0.01, 0.05, 0.1, 0.2}) {
    EXPECT_NEAR((SimulatedMachine{.noise = noise}.efficiency(30)), 1, 0.01) << noise;
    EXPECT_NEAR((SimulatedMachine{.noise = noise, .true_speedup = 1}.efficiency(30)), 0.5, 0.005)
        << noise;
  }
}

TEST(OnASimulatedMachine, CoresThatComeAndGoMoveNoFigure) {
  for (const double disturbed : {0.1, 0.3, 0.5}) {
    const SimulatedMachine scales{.disturbed = disturbed};
    EXPECT_NEAR(scales.efficiency(40), 1, 0.01) << disturbed;
    // With all samples, half of them disturbed, this would read 0.75.
    const SimulatedMachine serial{.disturbed = disturbed, .true_speedup = 1};
    EXPECT_NEAR(serial.efficiency(40), 0.5, 0.01) << disturbed;
  }
}

TEST(DisturbedSamples, AreThoseWhoseCapacityIsFarBelowThatOfTheBestQuarter) {
  Point point;
  point.threads = 2;
  for (const double capacity : {2.0, 1.9, 1.5, 1.4, 1.0, 2.0, 2.1, 1.8})
    add_sample(point, {.control_parallel_s = 2 / capacity});
  // Sorted: 1.0 1.4 1.5 1.8 1.9 2.0 2.0 2.1; a quarter reach 2.0, and 0.75 of that is 1.5.
  EXPECT_EQ(disturbed_samples(point),
            (std::vector{false, false, false, true, true, false, false, false}));
  EXPECT_TRUE(disturbed_samples(Point{}).empty());
}

TEST(DisturbedSamples, AreLeftOutOnlyWhileEnoughOthersRemain) {
  Point point;
  point.threads = 2;
  for (int i = 0; i < 5; ++i) add_sample(point, {});
  for (int i = 0; i < 5; ++i) add_sample(point, {.parallel_s = 2, .control_parallel_s = 2});
  EXPECT_DOUBLE_EQ(figures_of(point).capacity.estimate, 1.5) << "five are too few for an interval";
  add_sample(point, {});
  EXPECT_DOUBLE_EQ(figures_of(point).capacity.estimate, 2);
}

TEST(DisturbedSamples, StayWhereCoresAreNotTheBound) {
  Point point;
  point.threads = 2;
  for (int i = 0; i < 6; ++i) add_sample(point, {.cpu_share = 0.01});
  for (int i = 0; i < 3; ++i)
    add_sample(point, {.parallel_s = 3, .control_parallel_s = 2, .cpu_share = 0.01});
  EXPECT_DOUBLE_EQ(figures_of(point).makespan_s.high, 3);
}

// ---- strong scaling ----

TEST(StrongScaling, ComparesTheSameCallsInAll) {
  Point point = steady_point(4, {.single_s = 11, .parallel_s = 3.5});
  point.scaling = Scaling::strong;
  point.calls = 2;
  point.extra_calls = 3;  // 11 calls: 3, 3, 3 and 2
  const PointFigures figures = figures_of(point);
  EXPECT_DOUBLE_EQ(figures.speedup.estimate, 11 / 3.5);
  EXPECT_DOUBLE_EQ(figures.call_s.estimate, 3.5 / 3);
  EXPECT_DOUBLE_EQ(figures.single_call_s.estimate, 1);
  EXPECT_DOUBLE_EQ(figures.throughput_per_s.estimate, 11 / 3.5);
}

TEST(CallShare, IsAsEvenAsItCanBe) {
  const CallShare share = share_out(11, 4);
  EXPECT_EQ(share, (CallShare{2, 3}));
  EXPECT_EQ(share.of(0), 3);
  EXPECT_EQ(share.of(3), 2);
  EXPECT_EQ(share.most(), 3);
  EXPECT_EQ(share.total(4), 11);
  EXPECT_EQ(share_out(2, 4), (CallShare{0, 2}));
}

// ---- where the time went ----

TEST(TimeShares, AddUp) {
  Point point = steady_point(2, {});  // 2 threads of 1 s each, on a CPU for 2 s in all
  for (double& cpu_s : point.samples.parallel_cpu_s) cpu_s = 0.5;
  for (double& runnable_s : point.samples.parallel_runnable_s) runnable_s = 0.25;
  const TimeShares time = figures_of(point).time;
  EXPECT_DOUBLE_EQ(time.cpu, 0.25);
  EXPECT_DOUBLE_EQ(time.runnable, 0.125);
  EXPECT_DOUBLE_EQ(time.blocked, 0.625);
}

TEST(TimeShares, AreNeverNegative) {
  Point point = steady_point(2, {});
  for (double& cpu_s : point.samples.parallel_cpu_s) cpu_s = 2.5;  // clocks disagree
  EXPECT_DOUBLE_EQ(figures_of(point).time.cpu, 1);
  EXPECT_DOUBLE_EQ(figures_of(point).time.blocked, 0);
}

// ---- looks at one point ----

TEST(AppendedPoint, HasTheEarlierSamplesFirstAndIsElseAsItIsNow) {
  Point point = steady_point(2, {.single_s = 3}, 2);
  point.gil_demands = {0.25};
  Point later = steady_point(2, {.single_s = 4}, 1);
  later.gil_demands = {0.75};
  later.memory_bytes = 77;
  later.stopped = StopReason::budget;
  append(point, later);
  EXPECT_THAT(point.samples.single_s, testing::ElementsAre(3, 3, 4));
  Samples::for_each_member([&](auto member) { EXPECT_EQ((point.samples.*member).size(), 3U); });
  EXPECT_THAT(point.gil_demands, testing::ElementsAre(0.25, 0.75));
  EXPECT_EQ(point.gil_demand, 0.5);
  EXPECT_EQ(point.memory_bytes, 77);
  EXPECT_EQ(point.stopped, StopReason::budget);
}

TEST(SamplesAtPlaces, AreInTheirOrder) {
  Samples samples = steady_point(2, {}, 4).samples;
  const Samples chosen = samples_at(samples, std::array<std::size_t, 3>{3, 0, 3});
  EXPECT_THAT(chosen.block, testing::ElementsAre(3, 0, 3));
  Samples::for_each_member([&](auto member) { EXPECT_EQ((chosen.*member).size(), 3U); });
}

}  // namespace
}  // namespace gilscale
