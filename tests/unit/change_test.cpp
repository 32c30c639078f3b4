#include "gilscale/judge/change.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "gilscale/statistics/decision.hpp"
#include "steady_point.hpp"

namespace gilscale {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;

CaseResult result_of(std::vector<Point> points, const std::string& name = "f") {
  CaseResult result;
  result.planned.workload.name = name;
  for (const Point& point : points) result.planned.threads.push_back(point.threads);
  result.points = std::move(points);
  result.gil = {false, false, false};
  return result;
}

/// Two threads on two cores, whose calls take so much longer in all rounds.
Point costing(double cost, std::size_t samples = 20) {
  return steady_point(2, {.single_s = cost, .parallel_s = cost}, samples);
}

Change change(const CaseResult& before, const CaseResult& after, const ChangeRule& rule = {}) {
  return change_between({&before, &before.points.back()}, {&after, &after.points.back()}, rule);
}

Change change(const Point& before, const Point& after, const ChangeRule& rule = {}) {
  return change(result_of({before}), result_of({after}), rule);
}

ChangeVerdict verdict(const Point& before, const Point& after, const ChangeRule& rule = {}) {
  return change(before, after, rule).verdict;
}

const ChangeRule paired{.paired = true};

// ---- words ----

TEST(ChangedPoint, HasAWordForWhatACallCosts) {
  for (const ChangeRule& rule : {ChangeRule{}, paired}) {
    EXPECT_EQ(verdict(costing(1), costing(1.1), rule), ChangeVerdict::slower);
    EXPECT_EQ(verdict(costing(1), costing(0.9), rule), ChangeVerdict::faster);
    EXPECT_EQ(verdict(costing(1), costing(1.03), rule), ChangeVerdict::same);
  }
}

TEST(ChangedPoint, HasRatiosOfNewOverOld) {
  const Change seen = change(costing(1), costing(2));
  EXPECT_EQ(seen.name, "f@2");
  EXPECT_EQ(seen.threads, 2);
  EXPECT_EQ(seen.cost, (Estimate{2, 2, 2}));
  EXPECT_EQ(seen.call_s, (Estimate{2, 2, 2}));
  EXPECT_EQ(seen.throughput_per_s, (Estimate{0.5, 0.5, 0.5}));
  EXPECT_EQ(seen.speedup, (Estimate{1, 1, 1}));
  EXPECT_EQ(seen.relative_efficiency, (Estimate{1, 1, 1}));
  EXPECT_LT(seen.p, 1e-6);
  EXPECT_THAT(seen.why, IsEmpty());
}

TEST(ChangedPoint, OfOneThreadHasNoSpeedup) {
  const Change seen = change(steady_point(1, {}, 20), steady_point(1, {}, 20));
  EXPECT_EQ(seen.verdict, ChangeVerdict::same);
  EXPECT_FALSE(seen.speedup);
  EXPECT_FALSE(seen.relative_efficiency);
}

TEST(ChangedPoint, IsAsFarFromOneBothWaysRound) {
  // 1.0497 and its inverse are the same, 1.0503 and its inverse are not.
  EXPECT_EQ(verdict(costing(1), costing(1.0497)), ChangeVerdict::same);
  EXPECT_EQ(verdict(costing(1.0497), costing(1)), ChangeVerdict::same);
  EXPECT_EQ(verdict(costing(1), costing(1.0503)), ChangeVerdict::slower);
  EXPECT_EQ(verdict(costing(1.0503), costing(1)), ChangeVerdict::faster);
}

TEST(ChangedPoint, IsHeldAgainstTheThresholdThatIsGiven) {
  EXPECT_EQ(verdict(costing(1), costing(1.1), {.threshold = 0.2}), ChangeVerdict::same);
  EXPECT_EQ(verdict(costing(1), costing(1.03), {.threshold = 0.01}), ChangeVerdict::slower);
}

/// Calls that take 1 and 1.2 s in turn.
Point restless(std::size_t samples) {
  Point point = costing(1, 0);
  for (std::size_t i = 0; i < samples; ++i) {
    const double cost = i % 2 == 0 ? 1 : 1.2;
    add_sample(point, {.single_s = cost, .parallel_s = cost});
  }
  return point;
}

TEST(ChangedPoint, IsUnclearWhereTheIntervalReachesTheThreshold) {
  const Change seen = change(costing(1), restless(12));
  EXPECT_EQ(seen.verdict, ChangeVerdict::unclear);
  EXPECT_THAT(seen.why, EndsWith("an interval that spans the threshold of 5 %"));
}

TEST(UnclearChange, TellsWhichSideHasTooFewSamples) {
  EXPECT_THAT(change(restless(12), costing(1, 25)).why,
              EndsWith("; the old version has only 12 samples"));
  EXPECT_THAT(change(costing(1, 25), restless(12)).why,
              EndsWith("; the new version has only 12 samples"));
  EXPECT_THAT(change(costing(1, 24), restless(12)).why, EndsWith("of 5 %"));
}

TEST(ChangedPoint, OfTooFewSamplesIsUnclear) {
  const Change seen = change(costing(1, 3), costing(2, 3));
  EXPECT_EQ(seen.verdict, ChangeVerdict::unclear);
  EXPECT_EQ(seen.why, "the samples are too few, or too autocorrelated, for an interval");
  EXPECT_EQ(change(costing(1, 1), costing(2, 1)).verdict, ChangeVerdict::unclear);
}

TEST(ChangedPoint, CostsWhatItDoesAtOneSpeedOfTheMachine) {
  // The machine is half as fast now, for all.
  const Point after = steady_point(
      2, {.single_s = 2, .parallel_s = 2, .control_single_s = 2, .control_parallel_s = 2}, 20);
  const Change seen = change(costing(1), after);
  EXPECT_EQ(seen.verdict, ChangeVerdict::same);
  EXPECT_EQ(seen.cost.estimate, 1);
  EXPECT_EQ(seen.call_s->estimate, 2);
}

TEST(ChangedPoint, ThatWaitsCostsTheTimeThatPasses) {
  // Waiting does not take longer on a slow machine.
  const auto waiting = [](double control_s) {
    return steady_point(
        2,
        {.control_single_s = control_s, .control_parallel_s = control_s, .cpu_share = 1.0 / 1024},
        20);
  };
  EXPECT_EQ(verdict(waiting(1), waiting(2)), ChangeVerdict::same);
}

TEST(ChangedPoint, ThatScalesLessIsSlower) {
  const Point serial = steady_point(2, {.parallel_s = 2}, 20);
  const Change seen = change(costing(1), serial);
  EXPECT_EQ(seen.verdict, ChangeVerdict::slower);
  EXPECT_DOUBLE_EQ(seen.cost.estimate, 2);
  EXPECT_DOUBLE_EQ(seen.speedup->estimate, 0.5);
}

// ---- pairs ----

/// Both versions on a machine that is as slow as the numbers say, sample by sample.
Point on_restless_machine(double cost) {
  Point point;
  point.threads = 2;
  for (const double slow :
       {1.0, 1.7, 1.1, 3.0, 1.3, 2.0, 1.2, 1.6, 1.05, 2.5, 1.4, 1.9, 1.5, 2.2, 1.15}) {
    // The control does not feel it: a disturbance of the memory, say.
    add_sample(point, {.single_s = cost * slow, .parallel_s = cost * slow});
  }
  return point;
}

TEST(PairedSamples, AreComparedOneByOne) {
  EXPECT_EQ(verdict(on_restless_machine(1), on_restless_machine(1.1)), ChangeVerdict::unclear);
  const Change seen = change(on_restless_machine(1), on_restless_machine(1.1), paired);
  EXPECT_EQ(seen.verdict, ChangeVerdict::slower);
  EXPECT_NEAR(seen.cost.low, 1.1, 1e-12);
  EXPECT_NEAR(seen.cost.high, 1.1, 1e-12);
  EXPECT_DOUBLE_EQ(seen.p, 2.0 / 32768);  // the sign test: 15 of 15
}

TEST(PairedSamples, WithoutAPartnerAreLeftOut) {
  Point longer = on_restless_machine(1.1);
  for (int i = 0; i < 50; ++i) add_sample(longer, {.single_s = 9, .parallel_s = 9});
  EXPECT_NEAR(change(on_restless_machine(1), longer, paired).cost.high, 1.1, 1e-12);
}

TEST(PairedSamples, AreRightWhereOneWasDisturbed) {
  // Each of the versions loses a core once, at another time.
  Point before;
  Point after;
  before.threads = after.threads = 2;
  for (int i = 0; i < 24; ++i) {
    const double slow = 1 + i * 5 % 16;
    const double cores_before = i == 3 ? 1 : 2;
    const double cores_after = i == 8 ? 1 : 2;
    add_sample(before, {.single_s = slow,
                        .parallel_s = slow * 2 / cores_before,
                        .control_parallel_s = 2 / cores_before});
    add_sample(after, {.single_s = 1.1 * slow,
                       .parallel_s = 1.1 * slow * 2 / cores_after,
                       .control_parallel_s = 2 / cores_after});
  }
  const Change seen = change(before, after, paired);
  EXPECT_EQ(seen.verdict, ChangeVerdict::slower);
  EXPECT_NEAR(seen.cost.low, 1.1, 1e-12);
  EXPECT_NEAR(seen.cost.high, 1.1, 1e-12);
  EXPECT_NEAR(seen.call_s->low, 1.1, 1e-12);
  EXPECT_NEAR(seen.call_s->high, 1.1, 1e-12);
  EXPECT_GT(seen.p, 2.0 / (1 << 23)) << "one pair is on the other side";
  EXPECT_LT(seen.p, 2e-4);
}

TEST(PairedSamples, DoNotDependOnWhatTheControlHappenedToGet) {
  // Its rounds are short, and catch the machine in other moments than the workload's.
  Point before;
  Point after;
  before.threads = after.threads = 2;
  for (int i = 0; i < 20; ++i) {
    add_sample(before, {.control_parallel_s = i % 10 < 4 ? 2.0 : 1.0});
    add_sample(after, {.parallel_s = 1.1, .control_parallel_s = i % 10 < 6 ? 1.0 : 2.0});
  }
  const Change seen = change(before, after, paired);
  EXPECT_EQ(seen.verdict, ChangeVerdict::slower);
  EXPECT_NEAR(seen.cost.low, 1.1, 1e-12);
  EXPECT_NEAR(seen.cost.high, 1.1, 1e-12);
}

TEST(PairedSamples, ThatMostlyLackedCoresAreOnlyTheOthers) {
  // The new version takes turns; on one core the old one has to do so, too.
  Point before;
  Point after;
  before.threads = after.threads = 2;
  for (int i = 0; i < 60; ++i) {
    const double round_s = i % 5 < 2 ? 1 : 2;
    add_sample(before, {.parallel_s = round_s, .control_parallel_s = round_s});
    add_sample(after, {.parallel_s = 2, .control_parallel_s = round_s});
  }
  const Change seen = change(before, after, paired);
  EXPECT_EQ(seen.verdict, ChangeVerdict::slower);
  EXPECT_DOUBLE_EQ(seen.cost.low, 2);
}

TEST(PairedSamples, BesideBusyProcessesAreTakenWithoutTheDelay) {
  Point before;
  Point after;
  before.threads = after.threads = 2;
  for (int i = 0; i < 20; ++i) {
    const Rounds old_rounds{.parallel_s = 1.0 + i % 7,
                            .control_parallel_s = 1.1,
                            .parallel_delay_s = 0.0 + i % 7,
                            .control_delay_s = 0.1};
    Rounds new_rounds = old_rounds;
    new_rounds.parallel_s = 1.1 + i % 5;
    new_rounds.parallel_delay_s = i % 5;
    add_sample(before, old_rounds);
    add_sample(after, new_rounds);
  }
  const Change seen = change(before, after, paired);
  EXPECT_EQ(seen.verdict, ChangeVerdict::slower);
  EXPECT_NEAR(seen.cost.low, 1.1, 1e-9);
  EXPECT_NEAR(seen.cost.high, 1.1, 1e-9);
}

TEST(PairedSamples, AreTakenAsTheyAreWhereTheWorkloadKeepsItselfWaiting) {
  // The control had its CPUs: it is the new version's own threads that crowd one another out.
  const Point crowded = steady_point(2, {.parallel_s = 2, .parallel_delay_s = 1}, 20);
  EXPECT_DOUBLE_EQ(change(costing(1), crowded, paired).cost.estimate, 2);
}

TEST(PairedSamples, CompareWhateverTheCoresDoToWhatDoesNotScale) {
  // A lock of its own; both versions had the same machine.
  const auto locked = [](double cores, double cost) {
    return steady_point(2, {.parallel_s = 1.8 * cost, .control_parallel_s = 2 / cores}, 20);
  };
  EXPECT_EQ(verdict(locked(2, 1), locked(1.8, 1), paired), ChangeVerdict::same);
  EXPECT_EQ(verdict(locked(2, 1), locked(1.8, 1.1), paired), ChangeVerdict::slower);
}

// ---- looks ----

TEST(PairedSamples, AreDecidedByTheFirstOnesThatSuffice) {
  Point before = costing(1, 15);
  Point after = costing(1.2, 15);
  for (int i = 0; i < 200; ++i) {
    add_sample(before, {});
    add_sample(after, {});
  }
  EXPECT_EQ(verdict(before, after, paired), ChangeVerdict::slower);
}

TEST(PairedSamples, OfWhichThereAreTooFewShowTheirFigure) {
  const Change seen = change(costing(1, 14), costing(1.2, 14), paired);
  EXPECT_EQ(seen.verdict, ChangeVerdict::unclear);
  EXPECT_EQ(seen.why, "14 and 14 samples are too few to compare");
  EXPECT_NEAR(seen.cost.estimate, 1.2, 1e-6);
  EXPECT_EQ(verdict(costing(1, 15), costing(1.2, 15), paired), ChangeVerdict::slower);
}

TEST(PairedSamples, ThatDoNotAgreeAreUnclear) {
  Point before;
  Point after;
  before.threads = after.threads = 2;
  for (int i = 0; i < 100; ++i) {
    add_sample(before, {});
    add_sample(after, {.parallel_s = i % 2 == 0 ? 1.02 : 1.08});
  }
  const Change seen = change(before, after, paired);
  EXPECT_EQ(seen.verdict, ChangeVerdict::unclear);
  EXPECT_THAT(seen.why, testing::HasSubstr("the samples do not agree on whether it is within the "
                                           "threshold of 5 %"));
}

TEST(SequentialChange, NeedsTheSamplesOfTheFirstLook) {
  const Change seen = change(costing(1, 30), costing(1.2, 11), {.sequential = true});
  EXPECT_EQ(seen.verdict, ChangeVerdict::unclear);
  EXPECT_EQ(seen.why, "30 and 11 samples are too few to compare");
  EXPECT_NEAR(seen.cost.estimate, 1.2, 1e-6) << "there is a figure all the same";
  EXPECT_FALSE(std::isfinite(seen.cost.low) || std::isfinite(seen.cost.high));
  ASSERT_TRUE(seen.call_s);
  EXPECT_NEAR(seen.call_s->estimate, 1.2, 1e-6);
  EXPECT_EQ(verdict(costing(1, 30), costing(1.2, 12), {.sequential = true}), ChangeVerdict::slower);
}

TEST(SequentialChange, ThatIsUnclearShowsTheNarrowestInterval) {
  // The later looks of a wide machine see less, and would be no help.
  const auto wavering = [](std::size_t samples) {
    Point point;
    point.threads = 2;
    for (std::size_t i = 0; i < samples; ++i) {
      const double cost = i < 12 ? 1 + 0.01 * static_cast<double>(i * 7 % 12)
                                 : 1 + 0.3 * static_cast<double>(i * 7 % 12);
      add_sample(point, {.single_s = cost, .parallel_s = cost});
    }
    return point;
  };
  const ChangeRule rule{.sequential = true};
  const Change at_first = change(costing(1), wavering(12), rule);
  const Change later = change(costing(1), wavering(18), rule);
  EXPECT_EQ(later.verdict, ChangeVerdict::unclear);
  EXPECT_EQ(later.cost, at_first.cost);
}

TEST(ManyPoints, ShareTheError) {
  ChangeRule rule = paired;
  rule.points = 20;
  const std::size_t fewest = 1 + fewest_to_decide(gate_error / 20);
  EXPECT_GT(fewest, 1 + fewest_to_decide(gate_error));
  EXPECT_EQ(verdict(costing(1, fewest), costing(2, fewest), rule), ChangeVerdict::slower);
  rule.points = 200;
  EXPECT_EQ(verdict(costing(1, fewest), costing(2, fewest), rule), ChangeVerdict::unclear);
}

// ---- machines that differ ----

/// Two threads that take turns at the GIL, on a machine of so many cores.
CaseResult held(double cores, double cost = 1) {
  Point point = steady_point(
      2, {.single_s = cost, .parallel_s = 2 * cost, .control_parallel_s = 2 / cores}, 20);
  point.gil_demand = 1;
  CaseResult result = result_of({point});
  result.gil = {};
  return result;
}

TEST(ChangeBoundByTheGil, DoesNotDependOnTheCores) {
  EXPECT_EQ(change(held(2), held(1.6)).verdict, ChangeVerdict::same);
  EXPECT_EQ(change(held(1.6), held(2)).verdict, ChangeVerdict::same);
  EXPECT_EQ(change(held(2), held(1.6, 1.1)).verdict, ChangeVerdict::slower);
}

TEST(ChangeOnTooFewCores, IsUnclear) {
  const Point one_core = steady_point(2, {.parallel_s = 2, .control_parallel_s = 2}, 20);
  for (const auto& [before, after] : {std::pair(costing(1), one_core), {one_core, costing(1)}}) {
    const Change seen = change(before, after);
    EXPECT_EQ(seen.verdict, ChangeVerdict::unclear);
    EXPECT_THAT(seen.why, AllOf(HasSubstr("1.00"), HasSubstr("2.00"), HasSubstr("too few")));
  }
}

TEST(ChangeOfWhatDoesNotScale, IsUnclearWhereTheCoresDiffer) {
  // Neither cores nor the GIL bind it: a lock of its own. 1.8 cores say little about 2.
  const auto locked = [](double cores) {
    return steady_point(2, {.parallel_s = 1.8, .control_parallel_s = 2 / cores}, 20);
  };
  EXPECT_EQ(verdict(locked(2), locked(2)), ChangeVerdict::same);
  const Change seen = change(locked(2), locked(1.8));
  EXPECT_EQ(seen.verdict, ChangeVerdict::unclear);
  EXPECT_THAT(
      seen.why,
      HasSubstr("and the calls do not scale with the cores, so their costs cannot be compared"));
}

TEST(ChangeOfWhatScales, DoesNotMindThatTheCoresDiffer) {
  const Point fewer = steady_point(2, {.parallel_s = 1.25, .control_parallel_s = 1.25}, 20);
  EXPECT_EQ(verdict(costing(1), fewer), ChangeVerdict::same);
}

// ---- all points ----

TEST(AllChanges, AreOfThePointsThatBothHave) {
  const std::vector<CaseResult> before{result_of({costing(1)}, "f"),
                                       result_of({costing(1)}, "old")};
  const std::vector<CaseResult> after{result_of({steady_point(1, {}, 20), costing(2)}, "f"),
                                      result_of({costing(1)}, "new")};
  const Changes changes = changes_between(before, after, {});
  ASSERT_EQ(changes.points.size(), 1U);
  EXPECT_EQ(changes.points[0].name, "f@2");
  EXPECT_EQ(changes.points[0].verdict, ChangeVerdict::slower);
  EXPECT_DOUBLE_EQ(changes.threshold, 0.05);
  EXPECT_THAT(changes.only_before, ElementsAre("old@2"));
  EXPECT_THAT(changes.only_after, ElementsAre("f@1", "new@2"));
}

TEST(AllChanges, LeavePointsWithoutSamplesOut) {
  const std::vector<CaseResult> some{result_of({costing(1)})};
  const std::vector<CaseResult> none{result_of({costing(1, 0)})};
  EXPECT_THAT(changes_between(some, none, {}).points, IsEmpty());
  EXPECT_THAT(changes_between(none, some, {}).points, IsEmpty());
}

TEST(AllChanges, CorrectPForTheirNumber) {
  const auto versions = [](double cost) {
    std::vector<CaseResult> cases;
    for (const char* name : {"a", "b", "c"})
      cases.push_back(result_of({costing(name[0] == 'b' ? cost : 1)}, name));
    return cases;
  };
  const Changes changes = changes_between(versions(1), versions(2), {});
  const double alone = change(costing(1), costing(2)).p;
  ASSERT_EQ(changes.points.size(), 3U);
  EXPECT_DOUBLE_EQ(changes.points[1].corrected_p, 3 * alone);
  EXPECT_DOUBLE_EQ(changes.points[0].corrected_p, 1);
}

TEST(AllChanges, OfTheSameOnOtherExecutorsAreOfTheirOwn) {
  CaseResult pool = result_of({costing(2)});
  pool.planned.executor = "pool";
  const Changes changes = changes_between({result_of({costing(1)})}, {pool}, {});
  EXPECT_THAT(changes.points, IsEmpty());
  EXPECT_THAT(changes.only_after, ElementsAre("f (pool)@2"));
}

// ---- times of other programs ----

TEST(ChangedTimes, HaveAWordToo) {
  const std::vector<double> before{1, 1.01, 0.99, 1.02, 0.98, 1, 1.01, 0.99};
  std::vector<double> after;
  for (const double time : before) after.push_back(2 * time);
  const Change seen = change_of_times("BM_f", before, after, {});
  EXPECT_EQ(seen.name, "BM_f");
  EXPECT_FALSE(seen.threads);
  EXPECT_EQ(seen.verdict, ChangeVerdict::slower);
  EXPECT_DOUBLE_EQ(seen.cost.estimate, 2);
  EXPECT_EQ(seen.call_s, seen.cost);
  EXPECT_DOUBLE_EQ(seen.throughput_per_s->estimate, 0.5);
  EXPECT_FALSE(seen.speedup);
  EXPECT_LT(seen.p, 0.01);
  EXPECT_EQ(change_of_times("BM_f", before, before, {}).verdict, ChangeVerdict::same);
  EXPECT_EQ(change_of_times("BM_f", after, before, {}).verdict, ChangeVerdict::faster);
}

TEST(ChangedTimes, OfOneRepetitionAreUnclear) {
  const Change seen = change_of_times("BM_f", {1}, {2}, {});
  EXPECT_EQ(seen.verdict, ChangeVerdict::unclear);
  EXPECT_DOUBLE_EQ(seen.cost.estimate, 2);
  EXPECT_EQ(seen.p, 1);
}

TEST(Words, AreAsInTables) {
  EXPECT_EQ(to_string(ChangeVerdict::faster), "faster");
  EXPECT_EQ(to_string(ChangeVerdict::slower), "slower");
  EXPECT_EQ(to_string(ChangeVerdict::same), "same");
  EXPECT_EQ(to_string(ChangeVerdict::unclear), "unclear");
}

// ---- launches ----

/// Three launches, interleaved by blocks, of calls that cost as much as these.
Point launched(const std::vector<double>& costs, std::size_t blocks = 12) {
  Point point;
  point.threads = 2;
  for (std::size_t block = 0; block < blocks; ++block)
    for (std::size_t number = 0; number < costs.size(); ++number) {
      add_sample(point, {.single_s = costs[number], .parallel_s = costs[number]});
      point.samples.block.back() = static_cast<double>(block);
      point.samples.launch.back() = static_cast<double>(number);
    }
  return point;
}

TEST(LaunchedPoint, IsSlowerOrFasterWhereAllLaunchesAgree) {
  const Point before = launched({1, 1.1, 0.9});
  EXPECT_EQ(verdict(before, launched({1.1, 1.21, 0.99}), paired), ChangeVerdict::slower);
  EXPECT_EQ(verdict(before, launched({0.9, 0.99, 0.81}), paired), ChangeVerdict::faster);
  EXPECT_EQ(verdict(before, before, paired), ChangeVerdict::same);
}

TEST(LaunchedPoint, IsUnclearWhereOneLaunchSaysOtherwise) {
  // Nine tenths of the samples say slower: of a single process that would be enough.
  std::vector<double> costs(10, 1.2);
  costs[3] = 1.01;
  const Change seen = change(launched(std::vector<double>(10, 1.0)), launched(costs), paired);
  EXPECT_EQ(seen.verdict, ChangeVerdict::unclear);
  EXPECT_THAT(seen.why,
              AllOf(HasSubstr("processes in which the versions were measured disagree"),
                    HasSubstr("1.200, 1.200, 1.200, 1.010, 1.200"), HasSubstr("layout of memory")));
}

TEST(LaunchedPoint, IsComparedByWhatWasTakenBesideEachOther) {
  // A launch of the new version lacks its first blocks, in which everything took three times as
  // long.
  Point before = launched({1, 1, 1});
  Point after = launched({1.2, 1.2, 1.2});
  for (std::size_t i = 0; i < 9; ++i)
    for (Point* point : {&before, &after}) {
      point->samples.parallel_s[i] *= 3;
      point->samples.single_s[i] *= 3;
    }
  Point shorter = after;
  shorter.samples = {};
  for (std::size_t i = 0; i < after.samples.size(); ++i)
    if (after.samples.launch[i] != 1 || after.samples.block[i] >= 3)
      Samples::for_each_member(
          [&](auto member) { (shorter.samples.*member).push_back((after.samples.*member)[i]); });
  const Change seen = change(before, shorter, paired);
  EXPECT_EQ(seen.verdict, ChangeVerdict::slower);
  EXPECT_NEAR(seen.cost.estimate, 1.2, 1e-9);
  EXPECT_NEAR(seen.cost.high, 1.2, 1e-9);
}

}  // namespace
}  // namespace gilscale
