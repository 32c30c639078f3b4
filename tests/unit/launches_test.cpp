#include "commands/launches.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "steady_point.hpp"

namespace gilscale {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::SizeIs;

CaseResult launched(double single_s, std::size_t samples) {
  CaseResult result;
  result.planned.threads = {1, 2};
  result.points = {steady_point(1, {.single_s = single_s}, samples),
                   steady_point(2, {.single_s = single_s}, samples)};
  for (Point& point : result.points) point.gil_demands = {single_s / 8};
  result.benchmarks = {{{"name", "f"}, {"repetitions", 2}, {"repetition_index", 0}},
                       {{"name", "f"}, {"repetitions", 2}, {"repetition_index", 1}}};
  return result;
}

TEST(MergedLaunches, HaveTheSamplesOfAllInTheOrderOfTime) {
  const CaseResult whole = merged({launched(1, 2), launched(2, 3), launched(3, 2)});
  ASSERT_THAT(whole.points, SizeIs(2));
  const Samples& samples = whole.points[1].samples;
  EXPECT_THAT(samples.single_s, ElementsAre(1, 2, 3, 1, 2, 3, 2));
  EXPECT_THAT(samples.block, ElementsAre(0, 0, 0, 1, 1, 1, 2));
  EXPECT_THAT(samples.launch, ElementsAre(0, 1, 2, 0, 1, 2, 1));
  EXPECT_EQ(whole.points[1].gil_demand, 2.0 / 8);
}

TEST(MergedLaunches, KeepTheirNumbersWhereOneHasNoSuchPoint) {
  CaseResult without = launched(1, 2);
  without.points.pop_back();
  const CaseResult whole = merged({without, launched(2, 1), launched(3, 1)});
  EXPECT_THAT(whole.points[1].samples.launch, ElementsAre(1, 2));
}

TEST(MergedLaunches, LeaveOutWhatHadOtherRounds) {
  CaseResult other = launched(2, 2);
  other.points[1].control_calls = 7;
  const CaseResult whole = merged({launched(1, 2), other, launched(3, 2)});
  EXPECT_THAT(whole.points[0].samples.single_s, ElementsAre(1, 2, 3, 1, 2, 3));
  EXPECT_THAT(whole.points[1].samples.single_s, ElementsAre(1, 3, 1, 3));
}

TEST(MergedLaunches, AreFurtherRepetitionsToGoogleBenchmark) {
  const CaseResult whole = merged({launched(1, 2), launched(2, 2)});
  std::vector<int> indices;
  for (const json& entry : whole.benchmarks) indices.push_back(entry.at("repetition_index"));
  EXPECT_THAT(indices, ElementsAre(0, 1, 2, 3));
  for (const json& entry : whole.benchmarks)
    EXPECT_EQ(entry.at("repetitions"), 2 * launches_of_a_version);
}

TEST(MergedLaunches, HaveFailedIfOneOfThemHas) {
  CaseResult failed = launched(2, 2);
  failed.points.pop_back();
  failed.failure = Failure{FailureKind::signal, "it crashed", ""};
  const CaseResult whole = merged({launched(1, 2), failed});
  ASSERT_TRUE(whole.failure);
  EXPECT_EQ(whole.failure->message, "it crashed");
  ASSERT_THAT(whole.points, SizeIs(2));
  EXPECT_EQ(whole.points[0].samples.size(), 4U);
  EXPECT_EQ(whole.points[1].samples.size(), 2U) << "what the other one measured";
}

TEST(MergedLaunches, AskAsOneThatStopsWhenAllWould) {
  Question first{steady_point(2, {}, 3), 1, StopReason::budget};
  Question second{steady_point(2, {}, 3), 2, StopReason::precision};
  const std::vector<const Question*> both{&first, &second};
  EXPECT_EQ(merged(both).point.samples.size(), 6U);
  EXPECT_DOUBLE_EQ(merged(both).spent_s, 3);
  EXPECT_EQ(merged(both).stop, StopReason::budget);
  second.stop.reset();
  EXPECT_FALSE(merged(both).stop);
}

TEST(LaunchOfACase, HasItsPartOfTheBudgetAndAnOrderOfItsOwn) {
  Case planned;
  planned.stop.budget_s = 3;
  planned.stop.at_least_s = 6;
  planned.stop.exactly = 10;
  planned.seed = 7;
  const Case first = launch_of(planned, 0);
  EXPECT_DOUBLE_EQ(first.stop.budget_s, 3.0 / launches_of_a_version);
  EXPECT_DOUBLE_EQ(first.stop.at_least_s, 6.0 / launches_of_a_version);
  EXPECT_EQ(first.stop.exactly, 4) << "10 in all, at least";
  EXPECT_EQ(first.seed, 7U);
  EXPECT_NE(launch_of(planned, 1).seed, launch_of(planned, 2).seed);
}

}  // namespace
}  // namespace gilscale
