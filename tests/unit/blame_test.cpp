#include <gtest/gtest.h>

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
