#include "gilscale/judge/bounds.hpp"

#include <gtest/gtest.h>

namespace gilscale {
namespace {

Point with_demand(std::optional<double> demand) {
  Point point;
  point.threads = 2;
  point.gil_demand = demand;
  return point;
}

const GilState shared{true, true, true, true};
const GilState off{false, false, false, true};
const GilState own_each{true, true, true, false};

TEST(Cores, WereThereFromThreeQuartersOfThemOn) {
  EXPECT_TRUE(had_its_cores(1.5, 2));
  EXPECT_FALSE(had_its_cores(1.49, 2));
  EXPECT_TRUE(had_its_cores(1, 1));
}

TEST(Efficiency, IsLargerOverTheLeastThanOverTheMost) {
  EXPECT_EQ(efficiency_over_least({0.8, 0.75, 0.875}, 4, 2), (Estimate{1.6, 1.5, 1.75}));
  EXPECT_EQ(efficiency_over_least({0.8, 0.75, 0.875}, 2, 2), (Estimate{0.8, 0.75, 0.875}));
}

TEST(GilDemand, CountsOnlyWhereThreadsShareAGil) {
  EXPECT_EQ(shared_gil_demand(with_demand(0.5), shared), 0.5);
  EXPECT_EQ(shared_gil_demand(with_demand(0.5), off), 0);
  EXPECT_EQ(shared_gil_demand(with_demand(0.5), own_each), 0);
}

TEST(GilDemand, ThatCouldNotBeMeasuredCountsAsAllOfTheCall) {
  EXPECT_EQ(shared_gil_demand(with_demand(std::nullopt), shared), 1);
  EXPECT_EQ(shared_gil_demand(with_demand(std::nullopt), off), 0);
}

TEST(Gil, ExplainsASpeedupOfAboutOneWhereItIsHeldNearlyThroughout) {
  EXPECT_TRUE(gil_explains_no_speedup(with_demand(0.99), shared, 1.0, 2));
  EXPECT_TRUE(gil_explains_no_speedup(with_demand(std::nullopt), shared, 1.0, 2));
  EXPECT_FALSE(gil_explains_no_speedup(with_demand(0.8), shared, 1.0, 2)) << "1.25 are allowed";
  EXPECT_FALSE(gil_explains_no_speedup(with_demand(0.99), shared, 1.3, 2)) << "there is a speedup";
  EXPECT_FALSE(gil_explains_no_speedup(with_demand(0.99), shared, 1.0, 1.1)) << "one core";
  EXPECT_FALSE(gil_explains_no_speedup(with_demand(0.99), off, 1.0, 2)) << "there is no GIL";
}

TEST(Gil, AllowsLessThanTheCoresByTheUtilisationLaw) {
  EXPECT_TRUE(gil_allows_less(with_demand(0.8), shared, 1.2, 2));
  EXPECT_FALSE(gil_allows_less(with_demand(0.4), shared, 1.2, 2)) << "2.5 are allowed";
  EXPECT_FALSE(gil_allows_less(with_demand(0.8), off, 1.2, 2));
}

TEST(Gil, IsNotBlamedWhereTheSpeedupIsMoreThanItWouldAllow) {
  EXPECT_TRUE(gil_allows_less(with_demand(1), shared, 1.1, 2));
  EXPECT_FALSE(gil_allows_less(with_demand(1), shared, 1.2, 2));
}

TEST(GilDemandOfACase, IsTheMedianOfItsPoints) {
  CaseResult result;
  result.gil = shared;
  EXPECT_EQ(gil_demand_of(result), std::nullopt);
  result.points = {with_demand(0.2), with_demand(std::nullopt), with_demand(0.3), with_demand(0.9)};
  EXPECT_EQ(gil_demand_of(result), 0.3);
  result.gil = own_each;
  EXPECT_EQ(gil_demand_of(result), std::nullopt);
}

TEST(GilDemandOfACase, IsAShare) {
  CaseResult result;
  result.gil = shared;
  result.points = {with_demand(1.02)};
  EXPECT_EQ(gil_demand_of(result), 1);
}

}  // namespace
}  // namespace gilscale
