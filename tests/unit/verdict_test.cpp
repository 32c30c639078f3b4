#include "gilscale/judge/verdict.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>
#include <utility>

#include "gilscale/judge/judged_case.hpp"
#include "steady_point.hpp"

namespace gilscale {
namespace {

using testing::StartsWith;

CaseResult result_of(std::vector<Point> points) {
  CaseResult result;
  result.points = std::move(points);
  return result;
}

Judgement judge(const CaseResult& result) { return JudgedCase(result).judgement; }

Judgement judged(const Point& point) { return judge(result_of({point})); }

/// Computing on as many cores as threads, with that relative efficiency.
Point efficient(int threads, double efficiency) {
  return steady_point(threads, {.single_s = efficiency, .parallel_s = 1}, 12);
}

/// The same, holding the GIL for that share of a call.
Point held(int threads, double speedup, std::optional<double> gil_demand) {
  Point point = efficient(threads, speedup / threads);
  point.gil_demand = gil_demand;
  return point;
}

/// Every other sample has the one speedup, the others the other one.
Point between(int threads, double one_speedup, double other_speedup) {
  Point point;
  point.threads = threads;
  for (int i = 0; i < 20; ++i) {
    add_sample(point, {.single_s = one_speedup / threads, .parallel_s = 1});
    add_sample(point, {.single_s = other_speedup / threads, .parallel_s = 1});
  }
  return point;
}

// ---- threads of the workload's own ----

/// Three quarters of what is possible, beside a control that gets little more, with other threads
/// that use so many CPUs meanwhile.
Point beside_own_threads(double cpus) {
  Point point =
      steady_point(2, {.single_s = 0.75, .parallel_s = 1, .control_parallel_s = 1.25}, 20);
  point.control_other_cpus = cpus;
  return point;
}

TEST(OwnThreads, ExcuseNothingThoughTheControlIsSlowedByThem) {
  const Judgement with = judged(beside_own_threads(1));
  EXPECT_EQ(with.verdict, Verdict::partial) << with.why;
  EXPECT_THAT(with.why, testing::HasSubstr("threads of its own keep 1.0 CPUs busy"));
  EXPECT_NE(judged(beside_own_threads(0.1)).verdict, Verdict::partial) << "else it is the machine";
}

// ---- parallel ----

TEST(Parallel, IsWhatReachesTheAchievable) {
  const Judgement judgement = judged(efficient(4, 1));
  EXPECT_EQ(judgement.verdict, Verdict::parallel);
  EXPECT_EQ(judgement.why, "4 threads do 4.00 times the work of one; 4.00 was achievable");
}

TEST(Parallel, BeginsAtARelativeEfficiencyOf90Percent) {
  EXPECT_EQ(judged(efficient(2, 0.9)).verdict, Verdict::parallel);
  EXPECT_NE(judged(efficient(2, 0.89)).verdict, Verdict::parallel);
}

TEST(Parallel, IsWaitingThatThreadsDoTogetherOnOneCore) {
  const Judgement judgement =
      judged(steady_point(8, {.control_parallel_s = 8, .cpu_share = 1.0 / 64}));
  EXPECT_EQ(judgement.verdict, Verdict::parallel);
  EXPECT_EQ(judgement.why, "8 threads do 8.00 times the work of one; 7.21 to 8.00 was achievable");
}

TEST(Parallel, AllowsTheMachineToLackAQuarterOfTheCores) {
  // 3 of 4 cores: the control's 4 threads take 4/3 times as long, and so does the workload.
  EXPECT_EQ(
      judged(
          steady_point(
              4, {.single_s = 3, .parallel_s = 4, .control_single_s = 3, .control_parallel_s = 4}))
          .verdict,
      Verdict::parallel);
}

// ---- the machine ----

TEST(MachineLimited, IsWhatUsesAllThatTooSmallAMachineGave) {
  const Judgement judgement = judged(steady_point(4, {.parallel_s = 2, .control_parallel_s = 2}));
  EXPECT_EQ(judgement.verdict, Verdict::machine_limited);
  EXPECT_EQ(judgement.why, "4 threads do 2.00 times the work of one; 2.00 was achievable");
}

/// Four threads on two cores that compute for a quarter of a call: 3.2 to 4 times the work of one
/// is what code without any fault does there.
Point queueing_for_cpus(double speedup, double wavering = 0) {
  Point point;
  point.threads = 4;
  for (int i = 0; i < 40; ++i)
    add_sample(point, {.parallel_s = 4 / (speedup + (i % 2 == 0 ? wavering : -wavering)),
                       .control_parallel_s = 2,
                       .cpu_share = 0.25});
  return point;
}

TEST(MachineLimited, IsWhatMayHaveQueuedForCpus) {
  EXPECT_EQ(judged(queueing_for_cpus(3.7)).verdict, Verdict::parallel);
  const Judgement judgement = judged(queueing_for_cpus(3.25));
  EXPECT_EQ(judgement.verdict, Verdict::machine_limited);
  EXPECT_EQ(
      judgement.why,
      "4 threads do 3.25 times the work of one; 3.20 to 4.00 was achievable; the calls lacked "
      "CPUs");
  EXPECT_EQ(judged(queueing_for_cpus(2.5)).verdict, Verdict::partial) << "0.78 of the least";
}

TEST(Inconclusive, IsWhatMayOrMayNotHaveQueuedForCpus) {
  const Judgement judgement = judged(queueing_for_cpus(2.9, 0.2));  // 0.84 to 0.97 of the least
  EXPECT_EQ(judgement.verdict, Verdict::inconclusive);
  EXPECT_THAT(judgement.why,
              testing::HasSubstr("the samples do not agree on whether that is enough"));
}

TEST(Inconclusive, IsAMachineThatGaveOneCore) {
  for (const double parallel_s : {2.0, 4.0, 20.0}) {
    const Judgement judgement =
        judged(steady_point(2, {.parallel_s = parallel_s, .control_parallel_s = 2}));
    EXPECT_EQ(judgement.verdict, Verdict::inconclusive) << parallel_s;
    EXPECT_EQ(judgement.why, "the machine gave 2 threads 1.00 cores, too few to tell");
  }
}

// ---- intervals that say nothing ----

/// Two threads of work that computes, on 1.4 cores, with half of that as their speedup.
Point short_of_cores(double gil_demand) {
  Point point = steady_point(2, {.single_s = 0.35, .parallel_s = 1, .control_parallel_s = 2 / 1.4});
  point.gil_demand = gil_demand;
  return point;
}

TEST(Inconclusive, IsALackOfSpeedupOnAMachineThatLackedCores) {
  const Judgement judgement = judged(short_of_cores(0.1));
  EXPECT_EQ(judgement.verdict, Verdict::inconclusive);
  EXPECT_THAT(judgement.why, testing::HasSubstr("1.40 was achievable; the machine gave too few"));
}

TEST(Inconclusive, IsNotTheGilThatWasMeasuredToBeHeld) {
  Point point = short_of_cores(0.95);
  point.samples.single_s.assign(point.samples.size(), 0.5);
  EXPECT_EQ(judged(point).verdict, Verdict::gil_bound);
}

/// Two threads on one core, in so many samples, beside exact figures of the GIL.
Point on_one_core(double speedup, std::size_t samples, std::vector<double> demands) {
  Point point =
      steady_point(2, {.single_s = speedup / 2, .parallel_s = 1, .control_parallel_s = 2}, samples);
  point.gil_demand = demands.front();
  point.gil_demand_is = Seen::exact;
  point.gil_demands = std::move(demands);
  return point;
}

TEST(GilBound, IsSeenInTheGilAloneWhateverTheMachineGives) {
  const std::vector<double> demands(6, 0.97);
  EXPECT_EQ(judged(on_one_core(1, 3, demands)).verdict, Verdict::gil_bound);
  EXPECT_EQ(judged(on_one_core(1.15, 20, demands)).verdict, Verdict::gil_bound);
  EXPECT_NE(judged(on_one_core(1.2, 20, demands)).verdict, Verdict::gil_bound)
      << "contradicts what is seen";
  EXPECT_NE(judged(on_one_core(0.8, 20, demands)).verdict, Verdict::gil_bound)
      << "more threads are slower: that takes more than the GIL";
}

TEST(GilBound, TellsWhatTheGilWouldAllowWhereTheMachineAllowedNoMore) {
  EXPECT_EQ(judged(on_one_core(1, 20, std::vector<double>(20, 0.97))).why,
            "2 threads do 1.00 times the work of one: the GIL is held for 97 % of a call, which "
            "allows a speedup of 1.03 on any machine");
}

TEST(GilBound, SaysNothingOfOtherMachinesWhereTheGilWasNotMeasured) {
  for (const auto& demand : {std::optional<double>(), std::optional(0.97)}) {
    Point point =
        steady_point(2, {.single_s = 1.14 / 2, .parallel_s = 1, .control_parallel_s = 1.55}, 40);
    point.gil_demand = demand;
    point.gil_demand_is = Seen::estimate;
    EXPECT_THAT(judged(point).why, testing::Not(testing::HasSubstr("any machine")));
  }
}

TEST(GilBound, IsNotSeenInTheGilAloneWhereItIsNotHeldOrNotKnown) {
  EXPECT_NE(judged(on_one_core(1, 20, {0.97, 0.97, 0.97, 0.97, 0.97})).verdict, Verdict::gil_bound)
      << "seen too seldom";
  EXPECT_NE(judged(on_one_core(1, 20, std::vector<double>(20, 0.8))).verdict, Verdict::gil_bound);
  std::vector<double> at_times(9, 0.97);
  at_times.resize(15, 0.5);
  EXPECT_NE(judged(on_one_core(1, 20, at_times)).verdict, Verdict::gil_bound);
  Point guessed = on_one_core(1, 20, std::vector<double>(20, 0.97));
  guessed.gil_demand_is = Seen::estimate;
  EXPECT_NE(judged(guessed).verdict, Verdict::gil_bound);
}

TEST(Judgement, NamesTheModulesThatSwitchedTheGilOn) {
  CaseResult result = result_of({held(2, 1, 1)});
  result.gil = {false, true, true, true, {{"a", "/x/a.so", "A 1.2"}}};
  EXPECT_THAT(judge(result).why,
              testing::EndsWith("; Python switched its GIL on for a (A 1.2), which "
                                "does not declare Py_MOD_GIL_NOT_USED"));
  result.gil.modules.push_back({"b", "/x/b.so", ""});
  EXPECT_THAT(judge(result).why,
              testing::EndsWith("; Python switched its GIL on for a (A 1.2) and 1 "
                                "other module, which do not declare "
                                "Py_MOD_GIL_NOT_USED"));
  result.gil.after_run = false;
  EXPECT_THAT(judge(result).why, testing::Not(testing::HasSubstr("switched")));
  result.gil.at_start = result.gil.after_run = true;
  EXPECT_THAT(judge(result).why, testing::Not(testing::HasSubstr("switched"))) << "PYTHON_GIL=1";
}

TEST(Inconclusive, IsAnEfficiencyOnBothSidesOfTheBound) {
  const Judgement judgement = judged(between(2, 1.6, 2));
  EXPECT_EQ(judgement.verdict, Verdict::inconclusive);
  EXPECT_EQ(judgement.why,
            "2 threads do 1.80 times the work of one; 2.00 was achievable, but the samples do not "
            "agree on whether that is enough; longer rounds (--calls) may tell, as a larger "
            "--budget hardly does");
}

TEST(Inconclusive, SaysHowFarMoreSamplesWouldHelp) {
  Point point;
  point.threads = 2;
  for (int i = 0; i < 16; ++i)
    add_sample(point, {.single_s = i % 5 == 3 ? 0.7 : 1, .parallel_s = 1});
  EXPECT_THAT(judged(point).why, testing::ContainsRegex("raise --budget, to about [0-9.]+ times"));
}

TEST(Inconclusive, NamesTheOptionThatTakesMoreSamples) {
  Point point = steady_point(2, {}, 5);
  EXPECT_THAT(judged(point).why, testing::HasSubstr("it takes at least 12: raise --budget, or"));
  point.stopped = StopReason::requested;
  EXPECT_THAT(judged(point).why,
              testing::HasSubstr("it takes at least 12: raise --benchmark_min_time, or"));
}

TEST(Inconclusive, SaysWhatStoodInTheWay) {
  Point point = between(2, 1.6, 2);
  point.samples.parallel_wall_s.assign(40, 2);
  point.samples.parallel_cpu_s.assign(40, 1.1);
  point.samples.parallel_runnable_s.assign(40, 0.9);
  EXPECT_THAT(judged(point).why,
              testing::HasSubstr("; its threads were ready but without a CPU for 45 % of"));
}

TEST(Inconclusive, AdvisesToTryAgainWhereTheMachineWasBusy) {
  // Three samples of four are disturbed, one by one, and the others lie on both sides.
  Point point;
  point.threads = 2;
  for (int i = 0; i < 40; ++i)
    add_sample(point, {.single_s = i % 8 == 0 ? 0.8 : 1,
                       .parallel_s = 1,
                       .control_parallel_s = i % 4 == 0 ? 1.0 : 1.9});
  const Judgement judgement = judged(point);
  EXPECT_EQ(judgement.verdict, Verdict::inconclusive);
  EXPECT_THAT(judgement.why, testing::ContainsRegex("try again when the machine is less busy; the "
                                                    "machine was disturbed in [23]. of [34]."));
}

TEST(Sentences, TellTheEfficiencyWhereItIsNotThatOfTheMedians) {
  Point point;
  point.threads = 2;
  constexpr std::array<std::pair<double, double>, 3> speedups_and_cores{
      {{1.5, 2}, {1.5, 1.7}, {1.8, 1.85}}};
  for (int i = 0; i < 30; ++i) {
    const auto& [speedup, cores] = speedups_and_cores[static_cast<std::size_t>(i % 3)];
    add_sample(point, {.single_s = speedup / 2, .parallel_s = 1, .control_parallel_s = 2 / cores});
  }
  EXPECT_THAT(judged(point).why, testing::HasSubstr("1.50 times the work of one; 1.85 was "
                                                    "achievable; sample by sample, the relative "
                                                    "efficiency is 0.88"));
}

TEST(Sentences, SpeakOfProcessesWhereThereAreNoThreads) {
  CaseResult result = result_of({efficient(4, 1)});
  result.planned.executor = "processes";
  EXPECT_EQ(judge(result).why, "4 processes do 4.00 times the work of one; 4.00 was achievable");
  result.points = {efficient(4, 0.125)};
  EXPECT_THAT(judge(result).why, StartsWith("4 processes do 0.50 times the work of one: more "
                                            "processes are slower"));
}

TEST(Inconclusive, IsAPointOfTooFewSamples) {
  EXPECT_EQ(judged(steady_point(2, {}, 5)).verdict, Verdict::inconclusive);
  EXPECT_EQ(judged(steady_point(2, {.parallel_s = 2}, 5)).verdict, Verdict::inconclusive);
}

TEST(Inconclusive, IsASpeedupThatMayOrMayNotBeOneWhereTheGilDoesNotExplainIt) {
  Point point = between(4, 1.0, 1.6);
  point.gil_demand = 0.2;
  const Judgement judgement = judged(point);
  EXPECT_EQ(judgement.verdict, Verdict::inconclusive);
  EXPECT_EQ(
      judgement.why,
      "4 threads do 1.30 times the work of one; 4.00 was achievable, but the samples do not agree "
      "on whether that is more than one; longer rounds (--calls) may tell, as a larger --budget "
      "hardly does");
}

TEST(Inconclusive, IsACaseOfOneThreadOnly) {
  const Judgement judgement = judged(steady_point(1, {}));
  EXPECT_EQ(judgement.verdict, Verdict::inconclusive);
  EXPECT_EQ(judgement.why,
            "only one thread was measured; add more with --threads to see how it scales");
  EXPECT_EQ(judge(CaseResult{}).verdict, Verdict::inconclusive);
}

// ---- the GIL ----

TEST(GilBound, IsASpeedupOfOneWithTheGilHeldAllTheTime) {
  const Judgement judgement = judged(held(4, 1, 0.99));
  EXPECT_EQ(judgement.verdict, Verdict::gil_bound);
  EXPECT_EQ(judgement.why,
            "4 threads do 1.00 times the work of one; 4.00 was achievable, but the GIL is held");
}

TEST(GilBound, IsAssumedWhereTheDemandCouldNotBeMeasured) {
  EXPECT_EQ(judged(held(4, 1, std::nullopt)).verdict, Verdict::gil_bound);
}

TEST(GilBound, IsNothingThatReleasesTheGil) {
  EXPECT_EQ(judged(held(4, 1, 0.5)).verdict, Verdict::partial);
}

TEST(GilBound, IsNothingThatRunsWithoutAGil) {
  CaseResult result = result_of({held(4, 1, std::nullopt)});
  result.gil = {true, false, false};
  EXPECT_EQ(judge(result).verdict, Verdict::partial);
}

TEST(GilBound, IsNothingWhoseThreadsShareNoGil) {
  CaseResult result = result_of({held(4, 1, std::nullopt)});
  result.gil.shared = false;
  EXPECT_EQ(judge(result).verdict, Verdict::partial);
}

TEST(GilBound, EndsWhereThreadsSurelyGain) {
  EXPECT_EQ(judged(held(4, 1.15, 1)).verdict, Verdict::gil_bound);
  EXPECT_EQ(judged(held(4, 1.17, 1)).verdict, Verdict::partial);
}

TEST(Unavailable, IsWhatThisPythonCannotRun) {
  CaseResult result = result_of({});
  result.failure = Failure{FailureKind::unavailable, "it takes a newer one", ""};
  EXPECT_EQ(judge(result).verdict, Verdict::unavailable);
  EXPECT_EQ(judge(result).why, "it takes a newer one");
  EXPECT_EQ(to_string(Verdict::unavailable), "unavailable");
}

TEST(Contended, IsSlowerWithMoreThreads) {
  const Judgement judgement = judged(held(4, 0.5, 1));
  EXPECT_EQ(judgement.verdict, Verdict::contended);
  EXPECT_EQ(judgement.why, "4 threads do 0.50 times the work of one: more threads are slower");
}

TEST(Contended, BeginsWhereThreadsSurelyLose) {
  EXPECT_EQ(judged(held(4, 0.89, 1)).verdict, Verdict::contended);
  EXPECT_EQ(judged(held(4, 0.91, 1)).verdict, Verdict::gil_bound);
}

// ---- partial ----

TEST(Partial, NamesTheGilWhenItsDemandBoundsTheSpeedup) {
  const Judgement judgement = judged(held(4, 1.9, 0.5));
  EXPECT_EQ(judgement.verdict, Verdict::partial);
  EXPECT_EQ(
      judgement.why,
      "4 threads do 1.90 times the work of one; 4.00 was achievable; the GIL is held for 50 % "
      "of a call, which allows a speedup of 2.00");
}

TEST(Partial, NamesTheSerialFractionWhenTheGilIsNotIt) {
  // e = (1/2 − 1/4)/(1 − 1/4) = 1/3; a demand of 0.2 allows 5, and 4 are achievable.
  for (const std::optional<double> demand : {std::optional(0.2), std::optional<double>()}) {
    const Judgement judgement = judged(held(4, 2, demand));
    EXPECT_EQ(judgement.verdict, Verdict::partial);
    EXPECT_EQ(
        judgement.why,
        "4 threads do 2.00 times the work of one; 4.00 was achievable; the GIL does not explain "
        "this; the serial fraction is 0.33 (Karp-Flatt)");
  }
}

TEST(Partial, DoesNotSpeakOfAGilThatIsNotThere) {
  CaseResult result = result_of({held(4, 2, {})});
  result.gil.at_start = result.gil.after_import = result.gil.after_run = false;
  EXPECT_EQ(judge(result).why,
            "4 threads do 2.00 times the work of one; 4.00 was achievable; no cause was seen; "
            "the serial fraction is 0.33 (Karp-Flatt)");
}

TEST(Partial, IsNotExcusedTwiceByCpusThatOtherProcessesHad) {
  // Without what it waited for a CPU, the control did twice the work of one, and the workload, half
  // of which computes, 1.6 times: no CPU is missing any more.
  const Point point = steady_point(2, {.parallel_s = 1.5,
                                       .control_parallel_s = 4.0 / 3,
                                       .cpu_share = 0.5,
                                       .parallel_delay_s = 0.25,
                                       .control_delay_s = 1.0 / 3});
  EXPECT_EQ(judged(point).verdict, Verdict::partial);
}

// ---- which point decides ----

TEST(Decision, IsMadeAtTheMostThreadsForWhichThereWereCores) {
  // Two cores: 4 threads cannot do more, and are no reason for "machine-limited".
  const Point on_two_cores = steady_point(4, {.parallel_s = 2, .control_parallel_s = 2});
  const Judgement judgement = judge(result_of({efficient(1, 1), efficient(2, 1), on_two_cores}));
  EXPECT_EQ(judgement.verdict, Verdict::parallel);
  EXPECT_THAT(judgement.why, StartsWith("2 threads do 2.00 times"));
}

TEST(Decision, IsMadeWhereNothingCanHaveQueuedForCpusIfThereIsSuchAPoint) {
  const Point two = steady_point(2, {.cpu_share = 0.25}, 12);
  const Judgement judgement = judge(result_of({two, queueing_for_cpus(2.5)}));
  EXPECT_EQ(judgement.verdict, Verdict::partial) << "3.2 is three quarters of four";
  Point eight = steady_point(8, {.parallel_s = 2, .control_parallel_s = 4, .cpu_share = 0.25}, 12);
  EXPECT_EQ(judge(result_of({two, eight})).verdict, Verdict::parallel) << "at two: 4.57 is not";
}

TEST(Decision, IsMadeAtTheMostThreadsWhenAllHadCores) {
  const Judgement judgement = judge(result_of({efficient(2, 1), efficient(8, 0.25)}));
  EXPECT_EQ(judgement.verdict, Verdict::partial);
  EXPECT_THAT(judgement.why, StartsWith("8 threads do 2.00 times"));
}

TEST(Decision, IsMadeAtTheMostThreadsWhenNoneHadCores) {
  const Judgement judgement = judge(result_of({
      steady_point(3, {.parallel_s = 2, .control_parallel_s = 2}),
      steady_point(6, {.parallel_s = 4, .control_parallel_s = 4}),
  }));
  EXPECT_EQ(judgement.verdict, Verdict::machine_limited);
  EXPECT_THAT(judgement.why, StartsWith("6 threads do 1.50 times"));
}

TEST(Decision, LeavesOutPointsWithoutSamples) {
  Point empty;
  empty.threads = 8;
  EXPECT_THAT(judge(result_of({efficient(2, 1), empty})).why, StartsWith("2 threads"));
}

// ---- failure ----

TEST(Failed, IsACaseThatFailedWhateverItMeasuredBefore) {
  CaseResult result = result_of({efficient(2, 1)});
  result.failure = Failure{FailureKind::signal, "the worker was ended", ""};
  EXPECT_EQ(judge(result).verdict, Verdict::failed);
  EXPECT_EQ(judge(result).why, "the worker was ended");
}

TEST(Failed, IsNotACaseThatTheUserInterrupted) {
  CaseResult result = result_of({});
  result.failure = Failure{FailureKind::interrupted, "interrupted before it was finished", ""};
  EXPECT_EQ(judge(result).verdict, Verdict::inconclusive);
  EXPECT_EQ(judge(result).why, "interrupted before it was finished");
}

TEST(Verdicts, HaveTheWordsOfTheResultsFile) {
  EXPECT_EQ(to_string(Verdict::parallel), "parallel");
  EXPECT_EQ(to_string(Verdict::gil_bound), "gil-bound");
  EXPECT_EQ(to_string(Verdict::partial), "partial");
  EXPECT_EQ(to_string(Verdict::contended), "contended");
  EXPECT_EQ(to_string(Verdict::machine_limited), "machine-limited");
  EXPECT_EQ(to_string(Verdict::inconclusive), "inconclusive");
  EXPECT_EQ(to_string(Verdict::failed), "failed");
}

}  // namespace
}  // namespace gilscale
