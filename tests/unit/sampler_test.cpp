#include "gilscale/measure/sampler.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>

#include "fake_executor.hpp"
#include "gilscale/statistics/statistics.hpp"
#include "gilscale/text/error.hpp"

namespace gilscale {
namespace {

using testing::ElementsAre;
using testing::MatchesRegex;
using testing::UnorderedElementsAre;

/// A round that was on a CPU all the time.
RoundTimes computing(double makespan_s) {
  return {.makespan_s = makespan_s, .cpu_s = makespan_s, .undelayed_s = makespan_s};
}

/// Every round takes so long.
FakeExecutor::Script taking(double makespan_s) {
  return [=](const AskedRound&, std::size_t) { return computing(makespan_s); };
}

/// A call takes so long, and threads do not hinder each other.
FakeExecutor::Script taking_per_call(double call_s) {
  return [=](const AskedRound& round, std::size_t) {
    const double makespan_s = call_s * static_cast<double>(round.calls);
    return computing(makespan_s);
  };
}

StopRule within(double budget_s, double precision = 0.02, double at_least_s = 0) {
  StopRule rule;
  rule.budget_s = budget_s;
  rule.precision = precision;
  rule.at_least_s = at_least_s;
  return rule;
}

class Sampling : public testing::Test {
 protected:
  /// A sampler of a point with that many threads; `point` receives its samples.
  Sampler sampler_of(int threads, FakeExecutor::Script workload, FakeExecutor::Script control,
                     const StopRule& rule = {}) {
    point.threads = threads;
    tested.emplace("T", journal, std::move(workload));
    beside.emplace("C", journal, std::move(control));
    return {*tested, *beside, point, rule};
  }

  Journal journal;
  Point point;
  std::optional<FakeExecutor> tested;
  std::optional<FakeExecutor> beside;
};

// ---- one sample ----

TEST_F(Sampling, TakesEachRoundBesideItsControlInEveryOrderAsOften) {
  Sampler sampler = sampler_of(4, taking(1), taking(1));
  constexpr int count = 800;
  for (int i = 0; i < count; ++i) sampler.take();
  std::map<std::string, int> orders;
  for (std::size_t k = 0; k < journal.size(); k += 4)
    ++orders[order_of(Journal(journal.begin() + static_cast<std::ptrdiff_t>(k),
                              journal.begin() + static_cast<std::ptrdiff_t>(k + 4)))];
  std::vector<std::string> seen;
  for (const auto& [order, times] : orders) {
    seen.push_back(order);
    // Binomial(800, 1/8): a mean of 100 and a standard deviation of 9.4.
    EXPECT_NEAR(times, count / 8, 4 * 9.4) << order;
  }
  EXPECT_THAT(seen,
              UnorderedElementsAre("C1 T1 CN TN", "T1 C1 CN TN", "C1 T1 TN CN", "T1 C1 TN CN",
                                   "CN TN C1 T1", "CN TN T1 C1", "TN CN C1 T1", "TN CN T1 C1"));
}

TEST_F(Sampling, HasTheOrderOfItsSeed) {
  const auto order_with = [&](std::uint64_t seed) {
    journal.clear();
    Point own;
    own.threads = 4;
    FakeExecutor workload("T", journal, taking(1));
    FakeExecutor control("C", journal, taking(1));
    Sampler sampler(workload, control, own, {}, {.seed = seed});
    for (int i = 0; i < 20; ++i) sampler.take();
    return order_of(journal);
  };
  EXPECT_EQ(order_with(1), order_with(1));
  EXPECT_NE(order_with(1), order_with(2));
}

TEST_F(Sampling, AsksForThePointsThreadsAndCalls) {
  Sampler sampler = sampler_of(4, taking(1), taking(1));
  point.calls = 10;
  point.control_calls = 300;
  sampler.take();
  EXPECT_THAT(journal, UnorderedElementsAre(AskedRound{"C", 1, 300}, AskedRound{"T", 1, 10},
                                            AskedRound{"C", 4, 300}, AskedRound{"T", 4, 10}));
}

TEST_F(Sampling, GivesTheControlTheThreadsOfThePoint) {
  Sampler sampler = sampler_of(64, taking(1), taking(1));
  point.control_threads = 5;
  sampler.take();
  std::set<int> asked;
  for (const AskedRound& round : journal)
    if (round.executor == "C") asked.insert(round.threads);
  EXPECT_THAT(asked, UnorderedElementsAre(1, 5));
}

TEST_F(Sampling, RecordsWhatEachRoundOfASampleTook) {
  const auto script = [](const AskedRound& round, std::size_t) {
    const std::string kind = order_of({round});
    const double s = kind == "C1" ? 1 : kind == "T1" ? 2 : kind == "CN" ? 4 : 8;
    return RoundTimes{.makespan_s = s,
                      .spread_s = s / 32,
                      .wall_s = s * 2,
                      .cpu_s = s / 4,
                      .runnable_s = s / 16,
                      .undelayed_s = s / 64,
                      .handover_s = s / 8};
  };
  Sampler sampler = sampler_of(2, script, script);
  sampler.take();
  EXPECT_THAT(point.samples.control_single_s, ElementsAre(1));
  EXPECT_THAT(point.samples.control_cpu_s, ElementsAre(1.0 / 4));
  EXPECT_THAT(point.samples.single_s, ElementsAre(2));
  EXPECT_THAT(point.samples.single_cpu_s, ElementsAre(2.0 / 4));
  EXPECT_THAT(point.samples.single_runnable_s, ElementsAre(2.0 / 16));
  EXPECT_THAT(point.samples.control_parallel_s, ElementsAre(4));
  EXPECT_THAT(point.samples.parallel_s, ElementsAre(8));
  EXPECT_THAT(point.samples.parallel_wall_s, ElementsAre(16));
  EXPECT_THAT(point.samples.parallel_cpu_s, ElementsAre(8.0 / 4));
  EXPECT_THAT(point.samples.parallel_runnable_s, ElementsAre(8.0 / 16));
  EXPECT_THAT(point.samples.control_single_undelayed_s, ElementsAre(1.0 / 64));
  EXPECT_THAT(point.samples.single_undelayed_s, ElementsAre(2.0 / 64));
  EXPECT_THAT(point.samples.control_parallel_undelayed_s, ElementsAre(4.0 / 64));
  EXPECT_THAT(point.samples.parallel_undelayed_s, ElementsAre(8.0 / 64));
  EXPECT_THAT(point.samples.spread_s, ElementsAre(8.0 / 32));
  EXPECT_THAT(point.samples.handover_s, ElementsAre(8.0 / 8));
}

TEST_F(Sampling, FillsEveryColumnOfTheSamples) {
  Sampler sampler = sampler_of(2, taking(1), taking(1));
  for (int i = 0; i < 3; ++i) sampler.take();
  Samples::for_each_member([&](auto member) { EXPECT_EQ((point.samples.*member).size(), 3U); });
}

TEST_F(Sampling, AlsoSubmitsTasksToAPoolWithAndWithoutCalls) {
  Sampler sampler = sampler_of(
      4, [](const AskedRound& round, std::size_t) { return computing(round.calls > 0 ? 1 : 0.5); },
      taking(1));
  tested->be_a_pool();
  point.calls = 10;
  sampler.take();
  ASSERT_EQ(journal.size(), 6U);
  EXPECT_EQ(journal[4], (AskedRound{"DT", 4, 10}));
  EXPECT_EQ(journal[5], (AskedRound{"DT", 4, 0}));
  EXPECT_THAT(point.samples.dispatched_s, ElementsAre(1));
  EXPECT_THAT(point.samples.dispatch_s, ElementsAre(0.5 / 4)) << "for each task";
  EXPECT_DOUBLE_EQ(sampler.spent_s(), 4 + 1.5);
}

TEST_F(Sampling, NumbersItsBlocks) {
  Sampler sampler = sampler_of(2, taking(1), taking(1));
  sampler.take();
  sampler.take(7);
  sampler.take();
  EXPECT_THAT(point.samples.block, ElementsAre(0, 7, 8));
}

// ---- what the thread counts of a case have in common ----

class SamplingInCommon : public Sampling {
 protected:
  /// Another count of the same case, whose workload and control are those of sampler_of().
  Sampler other_of(Point& its_point, int threads) {
    its_point.threads = threads;
    return {*tested, *beside, its_point, {}, {}, 0, &common};
  }
  /// Rounds of so many seconds; the first count is made of 2 threads.
  Sampler first_of(double round_s) {
    tested.emplace("T", journal, taking(round_s));
    beside.emplace("C", journal, taking(round_s));
    return other_of(point, 2);
  }

  CommonRounds common;
  Point other;
};

TEST_F(SamplingInCommon, AreTheRoundsOfOneThreadInABlock) {
  Sampler two = first_of(0.25);
  Sampler four = other_of(other, 4);
  two.take(3);
  journal.clear();
  four.take(3);
  EXPECT_THAT(order_of(journal), MatchesRegex("CN TN|TN CN"));
  EXPECT_EQ(other.samples.single_s, point.samples.single_s);
  EXPECT_EQ(other.samples.control_single_s, point.samples.control_single_s);
  EXPECT_THAT(other.samples.block, ElementsAre(3));
  EXPECT_DOUBLE_EQ(four.spent_s(), two.spent_s()) << "they count for both";
  four.take(4);
  EXPECT_EQ(journal.size(), 2U + 4U) << "another block has its own";
}

TEST_F(SamplingInCommon, AreAllOfASampleOfOneThread) {
  Sampler two = first_of(0.25);
  Sampler one = other_of(other, 1);
  two.take(0);
  journal.clear();
  one.take(0);
  EXPECT_TRUE(journal.empty());
  EXPECT_EQ(other.samples.parallel_s, point.samples.single_s);
  EXPECT_DOUBLE_EQ(one.spent_s(), 2 * 0.25) << "so that it ends";
}

TEST_F(SamplingInCommon, AreFreshForTwoSecondsOfRounds) {
  Sampler two = first_of(0.25);
  Sampler four = other_of(other, 4);
  two.take(0);
  EXPECT_LE(common.singles->age_s, 0.5) << "two rounds, if any";
  common.singles->age_s = 2;
  journal.clear();
  four.take(0);
  EXPECT_EQ(journal.size(), 2U);
  EXPECT_DOUBLE_EQ(common.singles->age_s, 2.5) << "these two have taken their time";
  four.take(0);
  EXPECT_EQ(journal.size(), 2U + 4U);
  EXPECT_LE(common.singles->age_s, 0.5) << "they are new";
}

TEST_F(SamplingInCommon, IsTheCalibrationOfTheControl) {
  Sampler two = first_of(0.25);
  Sampler four = other_of(other, 4);
  two.warm_up();
  EXPECT_GT(common.control_calls, 0);
  journal.clear();
  four.warm_up();
  EXPECT_THAT(order_of(journal), "TN CN");
  EXPECT_EQ(other.control_calls, point.control_calls);
}

// ---- the GIL demand ----

TEST_F(Sampling, TellsTheGilDemandByShortRounds) {
  Sampler sampler = sampler_of(4, taking_per_call(1.0 / 64), taking(1), within(100));
  tested->hold_the_gil_for({0.25, 1, 0.125});
  point.calls = 64;
  for (int i = 0; i < 3; ++i) sampler.take();
  EXPECT_THAT(order_of(journal),
              MatchesRegex("([CT][1N] ){4}GT1 ([CT][1N] ){4}GT1 ([CT][1N] ){4}GT1"));
  EXPECT_EQ(journal[4], (AskedRound{"GT", 1, 8}));
  EXPECT_THAT(point.gil_demands, ElementsAre(0.25, 1, 0.125));
  EXPECT_EQ(point.gil_demand, 0.25) << "their median";
  EXPECT_DOUBLE_EQ(sampler.spent_s(), 3 * (4 + 1.0 / 8)) << "these rounds count, too";
}

TEST_F(Sampling, TellsTheGilDemandByOneCallAtLeast) {
  Sampler sampler = sampler_of(1, taking(1), taking(1));
  tested->hold_the_gil_for({1});
  sampler.take();
  EXPECT_EQ(journal.back(), (AskedRound{"GT", 1, 1}));
}

TEST_F(Sampling, DoesNotSpendMuchOnTheGilDemandOfLongCalls) {
  Sampler sampler = sampler_of(2, taking(1), taking(1), within(1000));
  tested->hold_the_gil_for({1});
  for (int i = 0; i < 40; ++i) sampler.take();
  EXPECT_LE(static_cast<double>(point.gil_demands.size()), sampler.spent_s() / 8 + 1);
  EXPECT_GE(static_cast<double>(point.gil_demands.size()), sampler.spent_s() / 8 - 1);
}

TEST_F(Sampling, TellsTheGilDemandOfLongCallsOnceBeforeThereIsAnInterval) {
  Sampler sampler = sampler_of(2, taking(1), taking(1), within(1000));
  tested->hold_the_gil_for({1});
  for (int i = 0; i < 7; ++i) sampler.take();
  EXPECT_EQ(point.gil_demands.size(), 1U);
  for (int i = 0; i < 2; ++i) sampler.take();
  EXPECT_GT(point.gil_demands.size(), 1U);
}

// ---- why it does not scale ----

/// Rounds on N threads take twice as long.
RoundTimes taking_turns(const AskedRound& asked, std::size_t /*place*/) {
  const double seconds = asked.threads > 1 ? 2 : 1;
  return {.makespan_s = seconds, .wall_s = seconds * asked.threads};
}

TEST_F(Sampling, AsksWhyWhereThreadsDoNotSeemToScale) {
  Sampler sampler = sampler_of(2, taking_turns, taking(1), within(1000));
  tested->keep_books();
  point.calls = 6;
  for (int i = 0; i < 2; ++i) sampler.take();
  EXPECT_FALSE(point.ledger_parallel) << "too early to tell";
  sampler.take();
  EXPECT_EQ(journal[12], (AskedRound{"GT", 1, 6}));
  EXPECT_EQ(journal[13], (AskedRound{"GT", 2, 6}));
  ASSERT_TRUE(point.ledger_parallel);
  EXPECT_EQ(point.ledger_single->calls, 6);
  EXPECT_EQ(point.ledger_parallel->calls, 12);
  EXPECT_EQ(point.ledger_parallel->makespan_s, 2);
  EXPECT_EQ(point.ledger_samples.size(), 1U);
}

TEST_F(Sampling, SpendsAFifthOfItsTimeOnAskingWhy) {
  Sampler sampler = sampler_of(2, taking_turns, taking(1), within(1000));
  tested->keep_books();
  for (int i = 0; i < 60; ++i) sampler.take();
  EXPECT_NEAR(3 * static_cast<double>(point.ledger_parallel->rounds), sampler.spent_s() / 5, 4);
}

TEST_F(Sampling, DoesNotAskWhyWhereThreadsScale) {
  Sampler sampler = sampler_of(2, taking(1), taking(1), within(1000));
  tested->keep_books();
  for (int i = 0; i < 10; ++i) sampler.take();
  EXPECT_FALSE(point.ledger_parallel);
}

TEST_F(Sampling, AsksWhyAlwaysOrNeverWhereItIsTold) {
  for (const Why why : {Why::always, Why::never}) {
    Point own;
    own.threads = 2;
    FakeExecutor workload("T", journal, why == Why::always ? taking(1) : taking_turns);
    FakeExecutor control("C", journal, taking(1));
    workload.keep_books();
    Sampler sampler(workload, control, own, within(1000), {.why = why});
    for (int i = 0; i < 10; ++i) sampler.take();
    EXPECT_EQ(own.ledger_parallel.has_value(), why == Why::always);
  }
}

TEST_F(Sampling, AsksWhyOnOneThreadOnlyIfItIsTold) {
  Point own;
  FakeExecutor workload("T", journal, taking(1));
  FakeExecutor control("C", journal, taking(1));
  workload.keep_books();
  Sampler sampler(workload, control, own, within(1000), {.why = Why::always});
  sampler.take();
  EXPECT_TRUE(own.ledger_single);
  EXPECT_FALSE(own.ledger_parallel);
  EXPECT_EQ(own.ledger_samples.size(), 1U);
}

/// Two threads at once take twice the CPU time for each call, and all of it on CPUs.
RoundTimes slower_on_cpu(const AskedRound& round, std::size_t /*place*/) {
  const double each_s = round.threads;
  return {.makespan_s = each_s, .wall_s = round.threads * each_s, .cpu_s = round.threads * each_s};
}

/// In processes they take half as much again.
RoundTimes less_slow(const AskedRound& round, std::size_t /*place*/) {
  return {.makespan_s = 1, .wall_s = 1, .cpu_s = round.threads == 1 ? 1.0 : 3.0};
}

/// Samples of two threads that are asked why, with the same calls in processes to be asked too.
class SamplingBesideProcesses : public Sampling {
 protected:
  void sample(const FakeExecutor::Script& workload, const FakeExecutor::Script& in_processes) {
    point.threads = 2;
    tested.emplace("T", journal, workload);
    tested->keep_books();
    beside.emplace("C", journal, taking(1));
    FakeExecutor processes("P", journal, in_processes);
    CommonRounds common;
    common.in_processes = &processes;
    common.triad = [this](int) {
      ++triads;
      return triad;
    };
    Sampler sampler(*tested, *beside, point, within(1000), {.why = Why::always}, 0, &common);
    for (int i = 0; i < 40; ++i) sampler.take();
  }
  [[nodiscard]] std::int64_t rounds_in_processes() const {
    return std::count_if(journal.begin(), journal.end(),
                         [](const AskedRound& round) { return round.executor == "P"; });
  }

  std::optional<double> triad = 1.25;
  int triads = 0;
};

TEST_F(SamplingBesideProcesses, AsksThemWhereCallsTakeMoreCpuTime) {
  sample(slower_on_cpu, less_slow);
  ASSERT_GE(point.ledger_samples.process_slowdown.size(), 2U);
  EXPECT_THAT(point.ledger_samples.process_slowdown, testing::Each(1.5));
  EXPECT_EQ(triads, 0);
}

TEST_F(SamplingBesideProcesses, DoesNotAskThemWhereThreadsLackCpus) {
  point.oversubscribed = true;
  sample(slower_on_cpu, less_slow);
  EXPECT_EQ(rounds_in_processes(), 0);
}

TEST_F(SamplingBesideProcesses, DoesNotAskThemWhereTimeGoesElsewhere) {
  sample(taking_turns, less_slow);
  EXPECT_EQ(rounds_in_processes(), 0);
  EXPECT_TRUE(point.ledger_parallel);
}

RoundTimes failing(const AskedRound&, std::size_t) {
  throw WorkloadError("it is used by another process");
}

TEST_F(SamplingBesideProcesses, AsksATriadInPlaceOfThoseThatFail) {
  sample(slower_on_cpu, failing);
  EXPECT_EQ(rounds_in_processes(), 1) << "they are not asked again";
  EXPECT_TRUE(point.ledger_samples.process_slowdown.empty());
  EXPECT_GE(point.ledger_samples.triad_slowdown.size(), 2U);
  EXPECT_THAT(point.ledger_samples.triad_slowdown, testing::Each(1.25));
  EXPECT_EQ(point.samples.size(), 40U);
}

TEST_F(SamplingBesideProcesses, DoesWithoutATriadThatHasNoMemory) {
  triad.reset();
  sample(slower_on_cpu, failing);
  EXPECT_EQ(triads, 1) << "it is not asked again";
  EXPECT_TRUE(point.ledger_samples.triad_slowdown.empty());
  EXPECT_EQ(point.samples.size(), 40U);
}

TEST_F(Sampling, LetsABystanderWaitIfItIsAsked) {
  for (const bool latency : {true, false}) {
    Point own;
    own.threads = 2;
    own.calls = 3;
    FakeExecutor workload("T", journal, taking(0.03));
    FakeExecutor control("C", journal, taking(0.03));
    workload.let_wait(0.25);
    Sampler sampler(workload, control, own, within(1000), {.latency = latency});
    for (int i = 0; i < 40; ++i) sampler.take();
    ASSERT_EQ(own.bystander_waits.has_value(), latency);
    if (!latency) continue;
    EXPECT_THAT(own.ledger_samples.bystander_p99_s, testing::Each(0.25));
    const auto rounds = static_cast<double>(own.bystander_waits->count());
    EXPECT_NEAR(0.03 * rounds, sampler.spent_s() / 5, 0.03 * 2);
  }
  const auto round = std::find_if(journal.begin(), journal.end(),
                                  [](const AskedRound& each) { return each.executor == "BT"; });
  EXPECT_EQ(round->calls, 12) << "four times those of a round of 0.03 s: 0.1 s at least";
}

TEST_F(Sampling, KnowsNoGilDemandWithoutAGil) {
  Sampler sampler = sampler_of(2, taking(1), taking(1));
  sampler.take();
  EXPECT_EQ(journal.size(), 4U);
  EXPECT_TRUE(point.gil_demands.empty());
  EXPECT_EQ(point.gil_demand, std::nullopt);
}

TEST_F(Sampling, OfOneThreadMeasuresEachRoundOnlyAsSingle) {
  Sampler sampler = sampler_of(1, taking(0.5), taking(0.25));
  sampler.take();
  sampler.take();
  EXPECT_THAT(order_of(journal), MatchesRegex("(C1 T1|T1 C1) (C1 T1|T1 C1)"));
  EXPECT_EQ(point.samples.size(), 2U);
  EXPECT_EQ(point.samples.parallel_s, point.samples.single_s);
  EXPECT_EQ(point.samples.control_parallel_s, point.samples.control_single_s);
  EXPECT_EQ(point.samples.parallel_cpu_s, point.samples.single_cpu_s);
}

TEST_F(Sampling, OfStrongScalingSharesTheSameCallsOut) {
  Sampler sampler = sampler_of(4, taking(1), taking(1));
  point.scaling = Scaling::strong;
  point.calls = 2;
  point.extra_calls = 3;  // 11 in all
  sampler.take();
  EXPECT_THAT(journal, UnorderedElementsAre(AskedRound{"C", 1, 1}, AskedRound{"T", 1, 11},
                                            AskedRound{"C", 4, 1}, AskedRound{"T", 4, 2, 3}));
}

TEST_F(Sampling, OnAMachineThatGetsSteadilySlowerGivesTheSameFigures) {
  // T(1) = 10 ms and T(2) = 20 ms, C(1) = C(2) = 5 ms, each 0.1 % slower than the round before:
  // a factor of 2 in 1000 rounds.
  const auto drifting = [](double single_s, double parallel_s) {
    return [=](const AskedRound& round, std::size_t place) {
      const double undisturbed_s = round.threads == 1 ? single_s : parallel_s;
      return computing(undisturbed_s * std::pow(1.001, static_cast<double>(place)));
    };
  };
  Sampler sampler = sampler_of(2, drifting(0.01, 0.02), drifting(0.005, 0.005));
  for (int i = 0; i < 250; ++i) sampler.take();
  const PointFigures figures = figures_of(point);
  // A sample sees less than 0.4 % of it, to either side with the same chance.
  EXPECT_NEAR(figures.relative_efficiency.estimate, 0.5, 0.002);
  EXPECT_NEAR(figures.speedup.estimate, 1.0, 0.004);
  EXPECT_NEAR(figures.capacity.estimate, 2.0, 0.008);
}

TEST_F(Sampling, OnAMachineWithARhythmOfItsOwnIsNotLedAstray) {
  // Every fourth round takes twice as long. In a fixed order that is always the same kind.
  const auto rhythm = [](const AskedRound&, std::size_t place) {
    return computing(place % 4 == 3 ? 0.02 : 0.01);
  };
  Sampler sampler = sampler_of(2, rhythm, rhythm);
  for (int i = 0; i < 400; ++i) sampler.take();
  int low = 0;
  int high = 0;
  for (const double efficiency : values_of_all_samples(point).relative_efficiency) {
    low += efficiency < 0.9 ? 1 : 0;
    high += efficiency > 1.1 ? 1 : 0;
  }
  EXPECT_NEAR(low, high, 4 * std::sqrt(low + high)) << "of " << point.samples.size();
  EXPECT_GT(low + high, 100);
}

// ---- warm-up ----

TEST_F(Sampling, WarmsUpWithEveryKindOfRoundAndRecordsNothing) {
  Sampler sampler = sampler_of(4, taking(0.01), taking(1));
  sampler.warm_up();
  // The control's rounds on one thread find its calls.
  EXPECT_THAT(order_of(journal), MatchesRegex("T1( C1)+ TN CN"));
  EXPECT_EQ(point.samples.size(), 0U);
}

TEST_F(Sampling, OfOneThreadWarmsUpWithoutMore) {
  Sampler sampler = sampler_of(1, taking(0.01), taking(1));
  sampler.warm_up();
  EXPECT_THAT(order_of(journal), MatchesRegex("T1( C1)+"));
}

TEST_F(Sampling, MakesTheControlsRoundsAsLongAsTheWorkloads) {
  Sampler sampler = sampler_of(2, taking(1.0 / 64), taking_per_call(1.0 / 1024));
  sampler.warm_up();
  EXPECT_GE(point.control_calls, 16);  // 16/1024 = 1/64
  EXPECT_LE(point.control_calls, 18);
}

TEST_F(Sampling, GivesTheControlOfComputingThreadsAsMany) {
  point.threads = 64;
  FakeExecutor workload("T", journal, taking(0.01));
  FakeExecutor control("C", journal, taking(1));
  Sampler(workload, control, point, {}, {.cpus = 2}).warm_up();
  EXPECT_EQ(point.control_threads, 64);
}

TEST_F(Sampling, GivesTheControlOfWaitingThreadsOnlyTheCpus) {
  point.threads = 64;
  const auto waiting = [](const AskedRound&, std::size_t) {
    return RoundTimes{.makespan_s = 0.01, .cpu_s = 0.0001, .undelayed_s = 0.01};
  };
  FakeExecutor workload("T", journal, waiting);
  FakeExecutor control("C", journal, taking(1));
  Sampler(workload, control, point, {}, {.cpus = 2}).warm_up();
  EXPECT_EQ(point.control_threads, 2);
}

TEST(ControlThreads, AreThoseThatComputeAtOnceAndTheCpusAtLeast) {
  EXPECT_EQ(control_threads_beside(2, 8, 1), 2);
  EXPECT_EQ(control_threads_beside(8, 2, 1), 8);
  EXPECT_EQ(control_threads_beside(8, 2, 0.3), 3);
  EXPECT_EQ(control_threads_beside(256, 2, 1e-6), 2);
}

TEST(ControlTarget, IsTheWorkloadsRoundUpTo200Milliseconds) {
  EXPECT_DOUBLE_EQ(control_target_s(0.001), 0.005);
  EXPECT_DOUBLE_EQ(control_target_s(0.15), 0.15);
  EXPECT_DOUBLE_EQ(control_target_s(10), 0.2);
}

TEST(ControlTarget, SpansTwoPeriodsOfAQuotaAndIsThenNeverShorterThanTheWorkloads) {
  EXPECT_DOUBLE_EQ(control_target_s(0.02, 0.1), 0.2);
  EXPECT_DOUBLE_EQ(control_target_s(10, 0.1), 10);
  EXPECT_DOUBLE_EQ(round_target_s(5e-3), 0.02);
  EXPECT_DOUBLE_EQ(round_target_s(5e-3, 0.1), 0.2);
}

TEST_F(Sampling, CountsItsWarmUpIntoTheBudget) {
  double round_s = 0.7;
  const auto script = [&](const AskedRound&, std::size_t) { return computing(round_s); };
  Sampler sampler = sampler_of(2, script, script, within(2));
  sampler.warm_up();
  round_s = 1e-3;
  sampler.take();
  EXPECT_EQ(sampler.stop_reason(), StopReason::budget) << "T1, C1, TN and CN have taken 2.8 s";
}

TEST_F(Sampling, CountsWhatWasSpentBeforeIntoTheBudget) {
  point.threads = 2;
  FakeExecutor workload("T", journal, taking(1e-3));
  FakeExecutor control("C", journal, taking(1e-3));
  Sampler fresh(workload, control, point, within(2, -1));
  fresh.take();
  EXPECT_EQ(fresh.stop_reason(), std::nullopt);
  Sampler late(workload, control, point, within(2, -1), {}, 2.5);
  late.take();
  EXPECT_EQ(late.stop_reason(), StopReason::budget);
}

TEST_F(Sampling, CountsStartingAndCollectingRoundsIntoTheBudget) {
  const auto script = [](const AskedRound&, std::size_t) {
    return RoundTimes{.makespan_s = 1e-3, .cpu_s = 1e-3, .handover_s = 0.999};
  };
  Sampler sampler = sampler_of(2, script, script, within(2));
  sampler.take();
  EXPECT_EQ(sampler.stop_reason(), StopReason::budget) << "4 rounds have taken 4 s";
}

// ---- when to stop ----

/// Takes until the rule says why to stop, but not for ever: then there is no reason.
std::optional<StopReason> reason_after(Sampler&& sampler, const Point& point) {
  while (point.samples.size() < 1000) {
    if (const auto reason = sampler.stop_reason()) return reason;
    sampler.take();
  }
  return std::nullopt;
}

/// The N-thread rounds (or, at one thread, all of them) alternate between 1 and 2 times `s`, from
/// one sample to the next: no number of samples makes that precise.
FakeExecutor::Script restless(int threads, double s) {
  return [=](const AskedRound& round, std::size_t place) {
    const bool second = place / (threads == 1 ? 2 : 4) % 2 == 1;
    return computing(round.threads == threads && second ? 2 * s : s);
  };
}

TEST_F(Sampling, WithoutASampleHasNoReasonToStop) {
  StopRule rule;
  rule.exactly = 1;
  rule.budget_s = 0;
  EXPECT_EQ(sampler_of(2, taking(1), taking(1), rule).stop_reason(), std::nullopt);
}

TEST_F(Sampling, StopsAfterExactlyAsManySamplesAsRequestedWhateverTheySay) {
  for (const std::int64_t count : {1, 3, 20}) {
    StopRule rule;  // the rounds are precise, and over any budget
    rule.exactly = count;
    point = Point{};
    EXPECT_EQ(reason_after(sampler_of(2, taking(100), taking(100), rule), point),
              StopReason::requested);
    EXPECT_EQ(point.samples.size(), static_cast<std::size_t>(count));
  }
}

TEST_F(Sampling, StopsWhenPreciseButNotBeforeTheTwelfthSample) {
  EXPECT_EQ(reason_after(sampler_of(2, taking(1e-3), taking(1e-3)), point), StopReason::precision);
  EXPECT_EQ(point.samples.size(), 12U);
}

TEST_F(Sampling, StopsWhenTheBudgetIsSpent) {
  // A sample is 4 rounds of 10 ms, or, every other time, a TN of 20: 40 to 50 ms.
  EXPECT_EQ(reason_after(sampler_of(2, restless(2, 0.01), taking(0.01), within(2)), point),
            StopReason::budget);
  EXPECT_GE(point.samples.size(), 2 / 0.05);
  EXPECT_LE(point.samples.size(), 2 / 0.04 + 1);
}

TEST_F(Sampling, KeepsTheBudgetToHalfASample) {
  for (const double budget_s : {1.0, 1.3, 1.7, 2.0}) {
    point = Point{};
    // A sample takes 0.1 s.
    EXPECT_EQ(
        reason_after(sampler_of(2, taking(0.025), taking(0.025), within(budget_s, -1)), point),
        StopReason::budget);
    EXPECT_NEAR(static_cast<double>(point.samples.size()) * 0.1, budget_s, 0.05 + 1e-9);
  }
}

TEST_F(Sampling, ExceedsTheBudgetByAFifthAtMostWhereAnIntervalIsInReach) {
  // A sample takes 1 s.
  EXPECT_EQ(reason_after(sampler_of(2, taking(0.25), taking(0.25), within(5.1, -1)), point),
            StopReason::budget);
  EXPECT_EQ(point.samples.size(), 6U);
  point = Point{};
  EXPECT_EQ(reason_after(sampler_of(2, taking(0.25), taking(0.25), within(4.5, -1)), point),
            StopReason::budget);
  EXPECT_EQ(point.samples.size(), 5U);
}

TEST_F(Sampling, TakesOneSampleEvenIfThatIsOverTheBudget) {
  EXPECT_EQ(reason_after(sampler_of(2, taking(10), taking(10), within(2)), point),
            StopReason::budget);
  EXPECT_EQ(point.samples.size(), 1U);
}

TEST_F(Sampling, StopsWhenMoreSamplesDoNotNarrowTheInterval) {
  // The first 16 samples differ little, all later ones much.
  const auto script = [](const AskedRound& round, std::size_t place) {
    const std::size_t sample = place / 4;
    const double size = sample < 16 ? 0.1 : 1;
    const bool longer = round.threads > 1 && sample % 4 < 2;
    return computing(1e-3 * (longer ? 1 + size : 1));
  };
  EXPECT_EQ(reason_after(sampler_of(2, script, taking(1e-3), within(1e9)), point),
            StopReason::no_improvement);
  EXPECT_EQ(point.samples.size(), 64U);
}

TEST_F(Sampling, GoesOnWhileMoreSamplesNarrowTheInterval) {
  std::mt19937 generator(7);
  std::normal_distribution<double> noise(1, 0.2);
  const auto script = [&](const AskedRound&, std::size_t) {
    return computing(1e-3 * noise(generator));
  };
  EXPECT_EQ(reason_after(sampler_of(2, script, taking(1e-3), within(1e9, 0.001)), point),
            std::nullopt);
}

TEST_F(Sampling, GoesOnUntilParallelRoundsAddUpToTheMinimumTime) {
  EXPECT_EQ(reason_after(sampler_of(2, taking(0.125), taking(0.125), within(20, 0.02, 2)), point),
            StopReason::precision);
  EXPECT_EQ(point.samples.size(), 16U);
}

TEST_F(Sampling, GoesOnBeyondTheBudgetForTheMinimumTime) {
  reason_after(sampler_of(2, taking(0.125), taking(0.125), within(0.5, 0, 2.5)), point);
  EXPECT_EQ(point.samples.size(), 20U);
}

TEST_F(Sampling, OfOneThreadStopsWhenItsCallIsKnownPrecisely) {
  EXPECT_EQ(reason_after(sampler_of(1, taking(1e-3), taking(1e-3)), point), StopReason::precision);
  point = Point{};
  journal.clear();
  EXPECT_EQ(reason_after(sampler_of(1, restless(1, 0.01), taking(0.01), within(1)), point),
            StopReason::budget);
}

// ---- calls of a round ----

std::int64_t calibrated(FakeExecutor::Script script, double target_s, Journal* rounds = nullptr) {
  Journal journal;
  FakeExecutor executor("T", journal, std::move(script));
  const std::int64_t calls = calibrate_calls(executor, target_s);
  if (rounds) *rounds = journal;
  return calls;
}

TEST(CalibratedCalls, MakeARoundLastTheTargetOrLittleLonger) {
  for (const double call_s : {1e-7, 3e-6, 1e-4, 7e-3}) {
    const double round_s = call_s * static_cast<double>(calibrated(taking_per_call(call_s), 0.02));
    EXPECT_GE(round_s, 0.02 * (1 - 1e-9)) << call_s;
    EXPECT_LE(round_s, 0.02 * 1.05 + call_s) << call_s;
  }
}

TEST(CalibratedCalls, AreOneWhenASingleCallIsLong) {
  EXPECT_EQ(calibrated(taking_per_call(0.02), 0.02), 1);
  EXPECT_EQ(calibrated(taking_per_call(10), 0.02), 1);
}

TEST(CalibratedCalls, DoNotBelieveTheFirstCall) {
  // It takes 0.1 s, all others 1 ms.
  const auto script = [](const AskedRound& round, std::size_t place) {
    return computing(place == 0 ? 0.1 : 1e-3 * static_cast<double>(round.calls));
  };
  EXPECT_GE(calibrated(script, 0.02), 20);
}

TEST(CalibratedCalls, BelieveAFirstCallThatIsLongBeyondDoubt) {
  Journal rounds;
  EXPECT_EQ(calibrated(taking_per_call(60), 0.02, &rounds), 1);
  EXPECT_EQ(rounds.size(), 1U) << "a minute each";
}

TEST(CalibratedCalls, DoNotBelieveARoundThatWasDisturbed) {
  // A call takes 1 ms, but the first round of 10 calls 30 ms.
  bool disturbed = false;
  const auto script = [&](const AskedRound& round, std::size_t) {
    if (round.calls == 10 && !std::exchange(disturbed, true)) return computing(0.03);
    return computing(1e-3 * static_cast<double>(round.calls));
  };
  EXPECT_GE(calibrated(script, 0.02), 20);
  EXPECT_TRUE(disturbed);
}

TEST(CalibratedCalls, GrowTenfoldAtMost) {
  Journal rounds;
  calibrated(taking_per_call(1e-7), 0.02, &rounds);
  for (std::size_t i = 1; i < rounds.size(); ++i) {
    EXPECT_EQ(rounds[i].threads, 1);
    EXPECT_LE(rounds[i].calls, 10 * rounds[i - 1].calls);
  }
}

TEST(CalibratedCalls, GrowEvenWhenTheClockSeesNothing) {
  const auto script = [](const AskedRound& round, std::size_t) {
    return computing(round.calls < 1000 ? 0 : 1.0);
  };
  EXPECT_EQ(calibrated(script, 0.02), 1000);
}

// ---- how long rounds are ----

TEST(GrowthOfRounds, KeepsWhatStartingThreadsTakesSmall) {
  EXPECT_EQ(growth_of_rounds(0, 0.02), 1);
  EXPECT_EQ(growth_of_rounds(0.03 * 0.02, 0.02), 1) << "let pass";
  EXPECT_EQ(growth_of_rounds(0.001, 0.02), 5) << "5 % of a round, 1 % of five";
  EXPECT_EQ(growth_of_rounds(0.0021, 0.02), 11);
  EXPECT_EQ(growth_of_rounds(1, 0.02), 16) << "not beyond all measure";
}

TEST(RoundTarget, IsLongAgainstTheSwitchIntervalAndTheClock) {
  EXPECT_DOUBLE_EQ(round_target_s(5e-3), 20e-3);
  EXPECT_DOUBLE_EQ(round_target_s(0.1), 0.4);
  EXPECT_DOUBLE_EQ(round_target_s(1e-6), 5e-3);
}

}  // namespace
}  // namespace gilscale
