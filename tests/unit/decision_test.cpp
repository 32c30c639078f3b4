#include "gilscale/statistics/decision.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gilscale {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::size_t> places(std::size_t samples) {
  std::vector<std::size_t> places;
  for (const Look& look : looks_up_to(samples)) places.push_back(look.samples);
  return places;
}

TEST(Looks, ComeAfterHalfAsManyMoreSamplesEach) {
  EXPECT_THAT(places(100), ElementsAre(12, 18, 27, 40, 60, 90));
}

TEST(Looks, BeginWithTheTwelfthSample) {
  EXPECT_THAT(places(11), IsEmpty());
  EXPECT_THAT(places(12), ElementsAre(12));
  EXPECT_THAT(places(17), ElementsAre(12));
  EXPECT_THAT(places(18), ElementsAre(12, 18));
}

TEST(Looks, GetLessAndLessOfTheError) {
  const auto looks = looks_up_to(27);
  ASSERT_EQ(looks.size(), 3U);
  EXPECT_DOUBLE_EQ(looks[0].tail, gate_error / 2);
  EXPECT_DOUBLE_EQ(looks[1].tail, gate_error / 6);
  EXPECT_DOUBLE_EQ(looks[2].tail, gate_error / 12);
}

TEST(Looks, HoweverManyThereAreStayWithinTheError) {
  const auto looks = looks_up_to(1'000'000'000);
  EXPECT_GT(looks.size(), 40U);
  double sum = 0;
  for (const Look& look : looks) sum += look.tail;
  EXPECT_LT(sum, gate_error);
  EXPECT_GT(sum, 0.97 * gate_error);
}

TEST(Looks, ShareTheErrorAmongComparisons) {
  EXPECT_DOUBLE_EQ(looks_up_to(12, 10).front().tail, gate_error / 20);
}

}  // namespace
}  // namespace gilscale
