#include <gtest/gtest.h>

#include <cstddef>
#include <vector>

#include "judge/evidence.hpp"

namespace gilscale {
namespace {

constexpr double error = verdict_error;

ComparedSample sample(bool blamable, bool disturbed) {
  return {.disturbed = disturbed,
          .creditable = !blamable,
          .blamable = blamable,
          .blamable_as_it_was = blamable};
}

bool blames(const std::vector<ComparedSample>& samples) {
  Evidence evidence;
  for (const ComparedSample& each : samples) evidence.add(each);
  return evidence.blames(error);
}

/// Every other one of them is disturbed: not in spells.
std::vector<ComparedSample> half_disturbed(std::size_t count) {
  std::vector<ComparedSample> samples;
  for (std::size_t i = 0; i < count; ++i) samples.push_back(sample(true, i % 2 == 1));
  return samples;
}

TEST(Blame, IsDecidedByAllSamples) {
  // Ten that are not disturbed would not suffice by themselves: it takes 11.
  EXPECT_TRUE(blames(half_disturbed(20)));
  EXPECT_FALSE(blames(std::vector(10, sample(true, false))));
}

/// So many of each, spread evenly.
Evidence evidence_of(std::size_t count, auto made) {
  Evidence evidence;
  for (std::size_t i = 0; i < count; ++i) evidence.add(made(i));
  return evidence;
}

TEST(TimesToDecide, AreSoManyThatMoreOfTheSameDecide) {
  for (const std::size_t on_the_other_side : {5U, 4U}) {
    const auto made = [=](std::size_t i) { return sample(i % on_the_other_side == 2, false); };
    const auto times = evidence_of(16, made).times_to_decide(error);
    ASSERT_TRUE(times);
    EXPECT_GT(*times, 1);
    const auto count = static_cast<std::size_t>(*times * 16);
    EXPECT_TRUE(evidence_of(count + count / 4, made).credits(error)) << *times;
    EXPECT_FALSE(evidence_of(count - count / 3, made).credits(error)) << *times;
  }
}

TEST(TimesToDecide, AreNoneWhereSamplesLieOnBothSides) {
  EXPECT_FALSE(evidence_of(40, [](std::size_t i) {
                 return sample(i % 2 == 0, false);
               }).times_to_decide(error));
  EXPECT_FALSE(Evidence().times_to_decide(error));
}

TEST(TimesToDecide, AreNoneWherePraiseIsForbiddenBeforeItSuffices) {
  // Three of four are disturbed, one by one, and to be blamed; of the others, all but one are good.
  const Evidence evidence =
      evidence_of(40, [](std::size_t i) { return sample(i % 4 != 0 || i == 20, i % 4 != 0); });
  EXPECT_FALSE(evidence.credits(error) || evidence.blames(error));
  EXPECT_FALSE(evidence.times_to_decide(error));
}

TEST(Blame, NeedsNineSamplesThatAreNotDisturbed) {
  EXPECT_FALSE(blames(half_disturbed(16)));
  EXPECT_TRUE(blames(half_disturbed(17)));
}

TEST(Blame, NeedsThemToLeanToIt) {
  // Nine of fifteen that are not disturbed are no more than p₀, though forty others all agree.
  std::vector<ComparedSample> samples;
  for (int i = 0; i < 15; ++i) {
    samples.push_back(sample(i < 9, false));
    samples.insert(samples.end(), {sample(true, true), sample(true, true)});
  }
  samples.insert(samples.end(), 10, sample(true, true));
  EXPECT_FALSE(blames(samples));
  samples[27].blamable = samples[27].blamable_as_it_was = true;  // ten of them
  EXPECT_TRUE(blames(samples));
}

TEST(Blame, IsDecidedWithoutDisturbedSamplesThatComeInSpells) {
  std::vector<ComparedSample> samples(20, sample(true, false));
  samples.insert(samples.end(), 30, sample(false, true));
  EXPECT_TRUE(blames(samples));
}

TEST(Blame, MustAlsoHoldForTimesAsTheyWere) {
  std::vector<ComparedSample> samples = half_disturbed(40);
  for (ComparedSample& each : samples) each.blamable_as_it_was = false;
  EXPECT_FALSE(blames(samples));
}

}  // namespace
}  // namespace gilscale
