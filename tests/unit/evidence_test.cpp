#include "evidence.hpp"

#include <boost/math/distributions/binomial.hpp>
#include <random>

namespace gilscale {
namespace {

/// The chance that at least as many looks agree as it takes, where each does with that chance.
double chance_to_pass(double agreeing) {
  return cdf(complement(boost::math::binomial(looks_taken, agreeing), looks_needed - 1));
}

TEST(Agreement, FailsForARightFigureInLessThanOneOfAThousand) {
  EXPECT_LT(1 - chance_to_pass(0.85), 0.001);
}

TEST(Agreement, PassesForABrokenFigureInLessThanOneOfAHundred) {
  EXPECT_LT(chance_to_pass(0.20), 0.01);
}

TEST(Agreement, IsOfLooksThatAreAsTheirWitnessesSay) {
  EXPECT_TRUE(agree([] { return Look{1.02, 1}; }));
  EXPECT_FALSE(agree([] { return Look{1.1, 1}; }));
  EXPECT_FALSE(agree([] { return Look{0.9, 1}; }));
}

TEST(Agreement, ForgivesAFewDisturbedLooks) {
  int look = 0;
  EXPECT_TRUE(agree([&] { return Look{++look % 3 == 0 ? 2.0 : 1.0, 1}; }));
}

TEST(Agreement, IsNotHelpedByNoiseThatGoesEitherWay) {
  std::mt19937 random(1);
  std::normal_distribution<double> noise(0, 0.05);
  int passed = 0;
  for (int i = 0; i < 1000; ++i)
    if (agree([&] { return Look{1.1 * (1 + noise(random)), 1}; })) ++passed;
  EXPECT_LT(passed, 10);
}

}  // namespace
}  // namespace gilscale
