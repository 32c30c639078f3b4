#include "gilscale/statistics/decision.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <utility>

#include "random.hpp"

namespace gilscale {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// The same by adding up the likelihoods of many chances in (p₀, 1].
double evidence_by_sum(int on_it, int off_it) {
  const auto likelihood = [&](double p) { return std::pow(p, on_it) * std::pow(1 - p, off_it); };
  constexpr int steps = 100'000;
  double sum = 0;
  for (int i = 0; i < steps; ++i) {
    const double part = (i + 0.5) / steps;
    sum += likelihood(lingering_allowance + part * (1 - lingering_allowance));
  }
  return sum / steps / likelihood(lingering_allowance);
}

TEST(SignEvidence, IsTheMeanLikelihoodOverThatOfTheAllowance) {
  for (const auto& [on_it, off_it] : {std::pair(14, 0), {30, 5}, {10, 10}, {0, 6}, {200, 40}})
    EXPECT_NEAR(
        log_sign_evidence(static_cast<std::size_t>(on_it), static_cast<std::size_t>(off_it)),
        std::log(evidence_by_sum(on_it, off_it)), 1e-4)
        << on_it << ", " << off_it;
}

TEST(SignEvidence, IsNoneBeforeThereAreSamples) { EXPECT_NEAR(log_sign_evidence(0, 0), 0, 1e-12); }

TEST(SignEvidence, OfManySamplesOnTheOtherSideIsNothingAndNoError) {
  EXPECT_LT(log_sign_evidence(0, 100'000), -1000);
}

TEST(SignTally, SufficesAfterAsManyAsTheErrorTakes) {
  EXPECT_EQ(fewest_to_decide(gate_error), 14U);
  EXPECT_EQ(fewest_to_decide(verdict_error), 11U);
  SignTally tally;
  for (int i = 0; i < 13; ++i) tally.add(true);
  EXPECT_FALSE(tally.suffices(gate_error));
  tally.add(true);
  EXPECT_TRUE(tally.suffices(gate_error));
}

TEST(SignTally, NeverSufficesForWhatTheAllowanceExplains) {
  SignTally tally;
  for (int i = 0; i < 100'000; ++i) {
    tally.add(i % 5 < 3);
    ASSERT_FALSE(tally.suffices(verdict_error)) << i;
  }
}

SignTally tally_of(int on_it, int off_it) {
  SignTally tally;
  for (int i = 0; i < on_it; ++i) tally.add(true);
  for (int i = 0; i < off_it; ++i) tally.add(false);
  return tally;
}

TEST(SignTally, OfMoreSamplesIsThatOfSoManyTimesAsMany) {
  EXPECT_FALSE(tally_of(8, 1).suffices(gate_error));
  for (const double factor : {2.0, 2.5, 4.0})
    EXPECT_EQ(
        tally_of(8, 2).times(factor).suffices(gate_error),
        tally_of(static_cast<int>(8 * factor), static_cast<int>(2 * factor)).suffices(gate_error))
        << factor;
  EXPECT_TRUE(tally_of(8, 1).times(6).suffices(gate_error));
  EXPECT_FALSE(tally_of(30, 20).times(30).suffices(gate_error)) << "the allowance explains it";
}

/// The worst that the allowance allows: every sample is on one side with that chance.
TEST(SignTally, IsWrongAtMostAsOftenAsTheErrorHoweverOftenItIsAsked) {
  Random random(7);
  constexpr int runs = 4000;
  int wrong = 0;
  for (int run = 0; run < runs; ++run) {
    SignTally tally;
    bool sufficed = false;
    for (int i = 0; i < 500 && !sufficed; ++i) {
      tally.add(random.uniform() < lingering_allowance);
      sufficed = tally.suffices(verdict_error);
    }
    wrong += sufficed ? 1 : 0;
  }
  EXPECT_GT(wrong, 0) << "else this could not fail";
  EXPECT_LE(wrong, runs * verdict_error);
}

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
