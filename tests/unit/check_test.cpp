#include "gilscale/judge/check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "gilscale/judge/metric.hpp"
#include "gilscale/statistics/decision.hpp"
#include "steady_point.hpp"

namespace gilscale {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

CaseResult result_of(std::vector<Point> points) {
  CaseResult result;
  result.planned.workload.name = "f";
  for (const Point& point : points) result.planned.threads.push_back(point.threads);
  result.points = std::move(points);
  result.gil = {false, false, false};  // nothing is held
  return result;
}

/// With the GIL on for the whole case.
CaseResult with_gil(Point point) {
  CaseResult result = result_of({std::move(point)});
  result.gil = {};
  return result;
}

Check checked(const std::string& text, const CaseResult& result) {
  return check_point(parse_expectation(text), result, result.points.back());
}

Check checked(const std::string& text, const Point& point) {
  return checked(text, result_of({point}));
}

/// One learns what the machine allows, the others decide.
const std::size_t enough = 1 + fewest_to_decide(gate_error);

/// Two threads with that relative efficiency on two cores.
Point efficient(double efficiency, std::size_t samples = enough) {
  return steady_point(2, {.single_s = efficiency, .parallel_s = 1}, samples);
}

/// Samples that alternate between the two.
Point wavering(double one, double other, std::size_t samples) {
  Point point;
  point.threads = 2;
  for (std::size_t i = 0; i < samples; ++i)
    add_sample(point, {.single_s = i % 2 == 0 ? one : other, .parallel_s = 1});
  return point;
}

/// Two threads on one core: all takes twice as long.
Point on_one_core(double parallel_s) {
  return steady_point(2, {.parallel_s = parallel_s, .control_parallel_s = 2}, enough);
}

// ---- the interval decides ----

TEST(CheckedPoint, PassesWhereTheWholeIntervalIsOnTheRightSide) {
  const Check check = checked("f@2 relative_efficiency >= 0.9", efficient(0.95));
  EXPECT_EQ(check.outcome, Outcome::passed);
  EXPECT_EQ(check.label, "f");
  EXPECT_EQ(check.threads, 2);
  ASSERT_TRUE(check.seen);
  EXPECT_DOUBLE_EQ(check.seen->low, 0.95);
  EXPECT_EQ(check.why, "relative_efficiency is 0.95 [0.95, 0.95]");
}

TEST(CheckedPoint, FailsWhereTheWholeIntervalIsOnTheWrongSide) {
  const Check check = checked("f@2 relative_efficiency >= 0.9", efficient(0.85));
  EXPECT_EQ(check.outcome, Outcome::failed);
  EXPECT_EQ(check.why, "relative_efficiency is 0.85 [0.85, 0.85]");
}

TEST(CheckedPoint, IsInconclusiveWhereTheBoundIsInside) {
  const Check check = checked("f@2 relative_efficiency >= 0.9", wavering(0.85, 0.95, 100));
  EXPECT_EQ(check.outcome, Outcome::inconclusive);
  EXPECT_THAT(check.why, HasSubstr("but the samples do not agree on which side of 0.9 it is; raise "
                                   "--max-budget"));
}

TEST(CheckedPoint, OnTheBoundDependsOnTheRelation) {
  const Point point = efficient(0.5);
  EXPECT_EQ(checked("f relative_efficiency >= 0.5", point).outcome, Outcome::passed);
  EXPECT_EQ(checked("f relative_efficiency > 0.5", point).outcome, Outcome::failed);
  EXPECT_EQ(checked("f relative_efficiency <= 0.5", point).outcome, Outcome::passed);
  EXPECT_EQ(checked("f relative_efficiency < 0.5", point).outcome, Outcome::failed);
}

TEST(CheckedPoint, NeedsAFewSamples) {
  const Check check = checked("f@2 relative_efficiency >= 0.9", efficient(1, 14));
  EXPECT_EQ(check.outcome, Outcome::inconclusive);
  EXPECT_FALSE(check.seen);
  EXPECT_EQ(check.why, "too few samples to decide: 14; it takes at least 15: raise --max-budget");
}

TEST(CheckedPoint, NeedsMoreOfThemWhereMoreIsDecided) {
  Expectation expectation = parse_expectation("f@2 relative_efficiency >= 0.9");
  expectation.decisions = 10;
  const CaseResult result = result_of({efficient(1, 15)});
  const Check check = check_point(expectation, result, result.points.back());
  EXPECT_EQ(check.outcome, Outcome::inconclusive);
  EXPECT_EQ(check.why, "too few samples to decide: 15; it takes at least 20: raise --max-budget");
}

TEST(CheckedPoint, StaysWithTheFirstSampleThatDecided) {
  // It had passed; it is settled whatever comes then.
  Point point = efficient(1, 15);
  for (int i = 0; i < 100; ++i) add_sample(point, {.single_s = 0.5, .parallel_s = 1});
  const Check check = checked("f@2 relative_efficiency >= 0.9", point);
  EXPECT_EQ(check.outcome, Outcome::passed);
  EXPECT_DOUBLE_EQ(check.seen->estimate, 1);
}

TEST(CheckedPoint, IsDecidedByEachSampleThatComes) {
  // One of the other side costs some more.
  Point point = efficient(1, 15);
  point.samples.single_s[3] = 0.5;
  EXPECT_EQ(checked("f relative_efficiency >= 0.9", point).outcome, Outcome::inconclusive);
  for (int i = 0; i < 8; ++i) add_sample(point, {});
  EXPECT_EQ(checked("f relative_efficiency >= 0.9", point).outcome, Outcome::passed);
}

TEST(CheckedPoint, DoesNotJudgeASampleByABarThatItSetsItself) {
  // What the machine allows is learnt from the samples before: the first one is compared with
  // nothing.
  Point point = efficient(1, 15);
  point.samples.single_s[0] = 0.5;
  EXPECT_EQ(checked("f relative_efficiency >= 0.9", point).outcome, Outcome::passed);
  point.samples.single_s[1] = 0.5;
  EXPECT_EQ(checked("f relative_efficiency >= 0.9", point).outcome, Outcome::inconclusive);
}

TEST(CheckedPoint, MayBeOfOneThread) {
  const Check check = checked("f@1 call_s < 2", steady_point(1, {}, enough));
  EXPECT_EQ(check.outcome, Outcome::passed);
}

TEST(CheckedPoint, CanBeAskedEveryMetric) {
  Point point = efficient(1);
  LedgerSamples::for_each_member(
      [&](auto member) { (point.ledger_samples.*member).assign(point.samples.size(), 0.25); });
  point.gil_demands.assign(point.samples.size(), 0.25);
  point.memory_bytes = 1000;
  point.samples.dispatched_s.assign(point.samples.size(), 1);
  point.samples.dispatch_s.assign(point.samples.size(), 1e-5);
  for (const Metric& metric : point_metrics()) {
    const Check check = checked("f@2 " + std::string(metric.name) + " >= -1", point);
    EXPECT_EQ(check.outcome, Outcome::passed) << metric.name << ": " << check.why;
    EXPECT_TRUE(check.seen) << metric.name;
  }
}

// ---- the machine ----

TEST(CheckOnTooFewCores, DoesNotBlameTheWorkload) {
  // One core; threads that hold a lock when they lose it keep the other waiting.
  const Check check = checked("f@2 relative_efficiency >= 0.9", on_one_core(4));
  EXPECT_EQ(check.outcome, Outcome::inconclusive);
  EXPECT_THAT(check.why, AllOf(HasSubstr("relative_efficiency is 0.5 [0.5, 0.5], but"),
                               HasSubstr("the machine gave 2 threads 1.00 cores"),
                               HasSubstr("too few to attribute this to the workload")));
}

TEST(CheckOnTooFewCores, BlamesAHeldGil) {
  // 1.4 cores, and still no speedup at all.
  Point point = steady_point(2, {.parallel_s = 2, .control_parallel_s = 1.4375}, enough);
  point.gil_demand = 1;
  EXPECT_EQ(checked("f@2 relative_efficiency >= 0.9", with_gil(point)).outcome, Outcome::failed);
}

TEST(CheckOnTooFewCores, DoesNotTakeTheGilDemandOfOneThreadForAFact) {
  // A speedup refutes the demand, and with one core nothing confirms it.
  Point point = steady_point(2, {.parallel_s = 1.5, .control_parallel_s = 1.4375}, enough);
  point.gil_demand = 1;
  EXPECT_EQ(checked("f@2 serial_fraction <= 0.3", with_gil(point)).outcome, Outcome::inconclusive);
  point = on_one_core(2);
  point.gil_demand = 1;
  EXPECT_EQ(checked("f@2 serial_fraction <= 0.3", with_gil(point)).outcome, Outcome::inconclusive);
}

TEST(CheckOnTooFewCores, DoesNotPraiseCodeThatTakesTurns) {
  // Two threads on one core do the work of one; so does serial code.
  const Check check = checked("f@2 relative_efficiency >= 0.9", on_one_core(2));
  EXPECT_EQ(check.outcome, Outcome::inconclusive);
  EXPECT_THAT(check.why, HasSubstr("too few to tell this from code whose threads take turns"));
}

TEST(CheckOnTooFewCores, PassesABoundThatSerialCodeMeetsAnyway) {
  EXPECT_EQ(checked("f@2 relative_efficiency >= 0.5", on_one_core(2)).outcome, Outcome::passed);
}

TEST(CheckOnTooFewCores, DoesNotExpectASpeedupThatTheyDoNotAllow) {
  // 1.6 of 2 cores: enough to judge by, but nobody gets 1.9 out of them.
  const Point point = steady_point(2, {.parallel_s = 1.25, .control_parallel_s = 1.25}, enough);
  const Check check = checked("f@2 speedup >= 1.9", point);
  EXPECT_EQ(check.outcome, Outcome::inconclusive);
  EXPECT_THAT(check.why, HasSubstr("1.60 cores, too few for a speedup of 1.9"));
}

TEST(CheckOnTooFewCores, StillFailsASpeedupThatIsLowForThem) {
  // 1.9 of 2 would be 1.52 of these 1.6.
  const Point point = steady_point(2, {.parallel_s = 1.6, .control_parallel_s = 1.25}, enough);
  EXPECT_EQ(checked("f@2 speedup >= 1.9", point).outcome, Outcome::failed);
}

TEST(CheckOnTooFewCores, DoesNotTakeCoresThatAreMissingForASerialFraction) {
  // Perfect code on 1.6 of 2 cores: (1/1.6 - 1/2)/(1 - 1/2) = 0.25.
  const Point perfect = steady_point(2, {.parallel_s = 1.25, .control_parallel_s = 1.25}, enough);
  const Check check = checked("f@2 serial_fraction <= 0.2", perfect);
  EXPECT_EQ(check.outcome, Outcome::inconclusive);
  EXPECT_THAT(check.why, HasSubstr("1.60 cores, and the missing cores raise the serial fraction"));
  // A speedup of 1.28 there is one of 1.6 on two cores, and a serial fraction of 0.25.
  const Point serial = steady_point(2, {.parallel_s = 1.5625, .control_parallel_s = 1.25}, enough);
  EXPECT_EQ(checked("f@2 serial_fraction <= 0.2", serial).outcome, Outcome::failed);
  EXPECT_EQ(checked("f@2 serial_fraction <= 0.3", serial).outcome, Outcome::inconclusive);
}

TEST(CheckOnTooFewCores, DoesNotBlameCallsThatTheyMakeLonger) {
  EXPECT_EQ(checked("f@2 call_s <= 1.5", on_one_core(2)).outcome, Outcome::inconclusive);
  EXPECT_EQ(checked("f@2 call_s <= 2.5", on_one_core(2)).outcome, Outcome::passed);
}

TEST(CheckOnTooFewCores, DoesNotTakeALowFigureForTheWorkloads) {
  // That it is low was expected, but the machine made it so.
  EXPECT_EQ(checked("f@2 relative_efficiency <= 0.6", on_one_core(4)).outcome,
            Outcome::inconclusive);
}

TEST(CheckOnTooFewCores, JudgesWorkThatWaitsAllTheSame) {
  const auto waiting = [](double parallel_s) {
    return steady_point(
        2, {.parallel_s = parallel_s, .control_parallel_s = 2, .cpu_share = 1.0 / 64}, enough);
  };
  EXPECT_EQ(checked("f@2 relative_efficiency >= 0.9", waiting(1)).outcome, Outcome::passed);
  EXPECT_EQ(checked("f@2 relative_efficiency >= 0.9", waiting(2)).outcome, Outcome::failed);
}

TEST(CheckOnTooFewCores, DecidesOnceTheyAreThere) {
  // One core for 12 samples, then two: a later look sees enough of them.
  Point point = on_one_core(2);
  for (int i = 0; i < 60; ++i) add_sample(point, {.single_s = 0.5});
  EXPECT_EQ(checked("f@2 relative_efficiency >= 0.9", point).outcome, Outcome::failed);
}

// ---- figures that are measured once ----

TEST(CheckedOnce, NeedNoManySamples) {
  Point point = steady_point(2, {}, 1);
  point.memory_bytes = 1000;
  const Check check = checked("f@2 memory_bytes < 2000", point);
  EXPECT_EQ(check.outcome, Outcome::passed);
  EXPECT_EQ(check.why, "memory_bytes is 1000");
  EXPECT_EQ(checked("f@2 memory_bytes < 1000", point).outcome, Outcome::failed);
}

TEST(CheckedGilDemand, IsNotThatOfARoundThatWasDisturbed) {
  Point point = steady_point(2, {}, enough);
  point.gil_demands.assign(27, 0.01);
  point.gil_demands.front() = 0.9;
  const Check check = checked("f@2 gil_demand <= 0.1", point);
  EXPECT_EQ(check.outcome, Outcome::passed) << check.why;
  point.gil_demands.assign(27, 0.9);
  EXPECT_EQ(checked("f@2 gil_demand <= 0.1", point).outcome, Outcome::failed);
}

TEST(CheckedGilDemand, IsDecidedByHowOftenItWasMeasuredItself) {
  Point point = steady_point(2, {}, 100);
  point.gil_demands.assign(13, 0.01);
  const Check check = checked("f@2 gil_demand <= 0.1", point);
  EXPECT_EQ(check.outcome, Outcome::inconclusive);
  EXPECT_EQ(check.why, "too few samples to decide: 13; it takes at least 14: raise --max-budget");
  point.gil_demands.push_back(0.01);
  EXPECT_EQ(checked("f@2 gil_demand <= 0.1", point).outcome, Outcome::passed);
}

TEST(CheckedGilDemand, IsNotDecidedOnAnEstimate) {
  Point point = steady_point(2, {}, 100);
  point.gil_demands.assign(27, 0.02);
  point.gil_demand_is = Seen::estimate;
  const Check check = checked("f@2 gil_demand <= 0.1", point);
  EXPECT_EQ(check.outcome, Outcome::inconclusive);
  EXPECT_THAT(check.why, testing::StartsWith("gil_demand is about 0.02, an estimate"));
  point.gil_demand_is = Seen::exact;
  EXPECT_EQ(checked("f@2 gil_demand <= 0.1", point).outcome, Outcome::passed);
}

TEST(CheckedOnce, AreInconclusiveWhereTheyCouldNotBeMeasured) {
  const Check check = checked("f@2 gil_demand < 0.1", steady_point(2, {}, enough));
  EXPECT_EQ(check.outcome, Outcome::inconclusive);
  EXPECT_FALSE(check.seen);
  EXPECT_EQ(check.why, "gil_demand could not be measured here");
}

// ---- calls that compute and wait ----

/// Four threads on two cores that compute for a quarter of a call: code without any fault does 3.2
/// to 4 times the work of one there.
Point queueing_for_cpus(double speedup) {
  return steady_point(4, {.parallel_s = 4 / speedup, .control_parallel_s = 2, .cpu_share = 0.25},
                      enough);
}

TEST(Efficiency, FailsOnlyBelowWhatCodeWithoutFaultMayDo) {
  const std::string text = "f relative_efficiency >= 0.9";
  EXPECT_EQ(checked(text, queueing_for_cpus(3.7)).outcome, Outcome::passed);
  const Check open = checked(text, queueing_for_cpus(3.25));
  EXPECT_EQ(open.outcome, Outcome::inconclusive);
  EXPECT_THAT(open.why, AllOf(HasSubstr("relative_efficiency is 0.8125"),
                              HasSubstr("the machine gave 4 threads 2.00 cores"),
                              HasSubstr("as little as 3.20 times the work of one there")));
  EXPECT_EQ(checked(text, queueing_for_cpus(2.5)).outcome, Outcome::failed);
}

TEST(Efficiency, PassesAsAtMostOnlyWhereThatIsNotTheCpusFault) {
  EXPECT_EQ(checked("f relative_efficiency <= 0.7", efficient(0.5)).outcome, Outcome::passed);
  const Point low = queueing_for_cpus(2.5);  // 0.62 of the most, 0.78 of the least
  EXPECT_EQ(checked("f relative_efficiency <= 0.7", low).outcome, Outcome::inconclusive);
  EXPECT_EQ(checked("f relative_efficiency <= 0.8", low).outcome, Outcome::passed);
}

TEST(Speedup, DoesNotFailWhereCodeWithoutFaultWouldHaveItWithAllCpus) {
  EXPECT_EQ(checked("f speedup >= 3.5", queueing_for_cpus(3.25)).outcome, Outcome::inconclusive);
  EXPECT_EQ(checked("f speedup >= 3.5", queueing_for_cpus(2)).outcome, Outcome::failed);
}

// ---- all of them ----

std::vector<Check> checks_of(const std::string& text, const CaseResult& result) {
  return checks_of(std::vector{parse_expectation(text)}, result);
}

std::vector<Outcome> outcomes(const std::string& text, const CaseResult& result) {
  std::vector<Outcome> outcomes;
  for (const Check& check : checks_of(text, result)) outcomes.push_back(check.outcome);
  return outcomes;
}

TEST(AllChecks, AreOfEveryPointThatIsMeant) {
  const CaseResult result = result_of({steady_point(1, {}, enough), efficient(1), efficient(0.5)});
  EXPECT_THAT(outcomes("f call_s < 2", result),
              ElementsAre(Outcome::passed, Outcome::passed, Outcome::passed));
  EXPECT_THAT(outcomes("g call_s < 2", result), IsEmpty());
}

TEST(AllChecks, OfScalingLeaveOneThreadOut) {
  const auto checks = checks_of("f relative_efficiency >= 0.9",
                                result_of({steady_point(1, {}, enough), efficient(1)}));
  ASSERT_EQ(checks.size(), 1U);
  EXPECT_EQ(checks[0].threads, 2);
}

TEST(AllChecks, OfAFailedCaseFailWhereItHasNoPoint) {
  CaseResult result = result_of({steady_point(1, {}, enough)});
  result.planned.threads = {1, 2};
  result.failure = Failure{FailureKind::signal, "it crashed", ""};
  const auto checks = checks_of("f call_s < 2", result);
  ASSERT_EQ(checks.size(), 2U);
  EXPECT_EQ(checks[0].outcome, Outcome::passed);
  EXPECT_EQ(checks[1].outcome, Outcome::failed);
  EXPECT_EQ(checks[1].threads, 2);
  EXPECT_EQ(checks[1].why, "it crashed");
}

TEST(AllChecks, OfWhatIsNotToBeHadAreInconclusive) {
  for (const FailureKind kind : {FailureKind::unavailable, FailureKind::interrupted}) {
    CaseResult result = result_of({});
    result.planned.threads = {2};
    result.failure = Failure{kind, "sorry", ""};
    EXPECT_THAT(outcomes("f call_s < 2", result), ElementsAre(Outcome::inconclusive))
        << to_string(kind);
  }
}

TEST(AllChecks, OfWhatWasNotMeasuredAreInconclusive) {
  CaseResult result = result_of({});
  result.planned.threads = {2};
  const auto checks = checks_of("f call_s < 2", result);
  ASSERT_EQ(checks.size(), 1U);
  EXPECT_EQ(checks[0].outcome, Outcome::inconclusive);
  EXPECT_EQ(checks[0].why, "it was not measured");
}

/// N threads on as many cores, serial for that share: Amdahl's law.
Point amdahl(int threads, double serial) {
  return steady_point(threads, {.parallel_s = 1 - serial + serial * threads}, enough);
}

TEST(CaseChecks, AreOfTheLawThatFits) {
  const CaseResult result =
      result_of({amdahl(1, 0.1), amdahl(2, 0.1), amdahl(4, 0.1), amdahl(8, 0.1)});
  EXPECT_THAT(outcomes("f contention < 0.11", result), ElementsAre(Outcome::passed));
  EXPECT_THAT(outcomes("f contention < 0.09", result), ElementsAre(Outcome::failed));
  const auto checks = checks_of("f contention < 0.11", result);
  EXPECT_FALSE(checks[0].threads);
}

TEST(CaseChecks, AreInconclusiveWhereTheIntervalSpansTheBound) {
  std::vector<Point> points;
  for (const int n : {1, 2, 4, 8}) {
    Point point;
    point.threads = n;
    for (int i = 0; i < 12; ++i)
      add_sample(point, {.parallel_s = (0.9 + 0.1 * n) * (i % 2 == 0 ? 0.97 : 1.03)});
    points.push_back(std::move(point));
  }
  const auto checks = checks_of("f contention < 0.1", result_of(points));
  ASSERT_EQ(checks.size(), 1U);
  EXPECT_EQ(checks[0].outcome, Outcome::inconclusive);
  ASSERT_TRUE(checks[0].seen);
  EXPECT_LT(checks[0].seen->low, 0.1);
  EXPECT_GT(checks[0].seen->high, 0.1);
  EXPECT_THAT(checks[0].why, HasSubstr("an interval that spans 0.1; measure more thread counts"));
  EXPECT_THAT(outcomes("f contention < 0.5", result_of(points)), ElementsAre(Outcome::passed));
  EXPECT_THAT(outcomes("f contention > 0.5", result_of(points)), ElementsAre(Outcome::failed));
}

TEST(CaseChecks, AreInconclusiveWhereThereIsNoLaw) {
  const auto checks = checks_of("f contention < 1", result_of({efficient(1)}));
  ASSERT_EQ(checks.size(), 1U);
  EXPECT_EQ(checks[0].outcome, Outcome::inconclusive);
  EXPECT_EQ(checks[0].why, "contention could not be measured here");
}

TEST(CaseChecks, OfAFailedCaseFail) {
  CaseResult result = result_of({amdahl(2, 0), amdahl(4, 0), amdahl(8, 0)});
  result.failure = Failure{FailureKind::exception, "it raised", ""};
  EXPECT_THAT(outcomes("f contention < 1", result), ElementsAre(Outcome::failed));
}

TEST(Outcomes, HaveWords) {
  EXPECT_EQ(to_string(Outcome::passed), "passed");
  EXPECT_EQ(to_string(Outcome::failed), "failed");
  EXPECT_EQ(to_string(Outcome::inconclusive), "inconclusive");
}

}  // namespace
}  // namespace gilscale
