#include "gilscale/judge/scalability.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "steady_point.hpp"

namespace gilscale {
namespace {

std::vector<SpeedupAt> law(double contention, double coherency, const std::vector<int>& threads) {
  std::vector<SpeedupAt> points;
  for (const int n : threads)
    points.push_back({n, n / (1 + contention * (n - 1) + coherency * n * (n - 1))});
  return points;
}

TEST(ScalabilityLaw, IsFoundInSpeedupsThatFollowIt) {
  const auto fit = fit_law(law(0.05, 0.002, {1, 2, 4, 8, 16}));
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->contention, 0.05, 1e-12);
  EXPECT_NEAR(fit->coherency, 0.002, 1e-12);
  EXPECT_NEAR(fit->peak_threads().value_or(0), 21.7945, 1e-4);  // √(0.95/0.002)
}

TEST(ScalabilityLaw, WithoutCoherencyIsThatOfAmdahl) {
  const auto fit = fit_law(law(0.25, 0, {2, 4, 8}));
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->contention, 0.25, 1e-12);
  EXPECT_NEAR(fit->coherency, 0, 1e-12);
}

TEST(ScalabilityLaw, ThatGrowsForEverHasNoPeak) {
  EXPECT_EQ((ScalabilityLaw{0.25, 0}).peak_threads(), std::nullopt);
}

TEST(ScalabilityLaw, ThatOnlyFallsHasItsPeakAtNoThreads) {
  EXPECT_EQ((ScalabilityLaw{1.5, 0.1}).peak_threads(), 0);
}

TEST(ScalabilityLaw, HasNoNegativeParameters) {
  // Better than linear: caches, or noise.
  const auto better = fit_law(std::vector<SpeedupAt>{{2, 2.1}, {4, 4.4}, {8, 9}});
  ASSERT_TRUE(better);
  EXPECT_EQ(better->contention, 0);
  EXPECT_EQ(better->coherency, 0);
  // A line that falls: 1/2, 1/4, 1/8 at N = 2, 4, 8; the best level one is their mean.
  const auto falling = fit_law(std::vector<SpeedupAt>{{2, 4.0 / 3}, {4, 16.0 / 7}, {8, 64.0 / 15}});
  ASSERT_TRUE(falling);
  EXPECT_NEAR(falling->contention, 7.0 / 24, 1e-12);
  EXPECT_EQ(falling->coherency, 0);
}

TEST(ScalabilityLaw, NeedsThreePointsOfSeveralThreads) {
  EXPECT_EQ(fit_law(law(0.1, 0, {1, 2, 4})), std::nullopt);
  EXPECT_TRUE(fit_law(law(0.1, 0, {2, 4, 8})));
}

// ---- of a case ----

/// Sleeps in part with the GIL held: 1/s = 4 at most.
std::vector<Point> saturating() {
  std::vector<Point> points;
  for (const int threads : {1, 2, 4, 8, 16}) {
    const double parallel_s = std::max(1.0, threads / 4.0);
    points.push_back(steady_point(threads, {.parallel_s = parallel_s, .cpu_share = 1e-3}));
  }
  return points;
}

TEST(Scalability, KnowsFromHowManyThreadsOnNothingIsGained) {
  EXPECT_EQ(scalability_of(measured_points(saturating())).saturation_threads, 4);
}

TEST(Scalability, OfWhatStillGrowsHasNoSaturation) {
  std::vector<Point> points = saturating();
  points.resize(3);
  EXPECT_EQ(scalability_of(measured_points(points)).saturation_threads, std::nullopt);
}

TEST(Scalability, DoesNotBlameTheWorkloadForMissingCores) {
  // Computing on 2 cores, however many threads: only N = 2 had its cores.
  std::vector<Point> points;
  for (const int threads : {1, 2, 4, 8, 16}) {
    const double s = std::max(1.0, threads / 2.0);
    points.push_back(steady_point(threads, {.parallel_s = s, .control_parallel_s = s}));
  }
  EXPECT_FALSE(scalability_of(measured_points(points)).law);
}

/// Waiting work that follows Amdahl's law with a quarter serial.
std::vector<Point> amdahl() {
  std::vector<Point> points;
  for (const int threads : {1, 2, 4, 8}) {
    const double parallel_s = 1 + 0.25 * (threads - 1);
    points.push_back(steady_point(threads, {.parallel_s = parallel_s, .cpu_share = 1e-3}));
  }
  return points;
}

TEST(Scalability, HasTheLawThatItsPointsFollow) {
  const auto law = scalability_of(measured_points(amdahl())).law;
  ASSERT_TRUE(law);
  EXPECT_NEAR(law->contention, 0.25, 1e-9);
  EXPECT_NEAR(law->coherency, 0, 1e-9);
  EXPECT_NEAR(law->speedup(8), 8 / 2.75, 1e-9);
}

TEST(Scalability, HasNoLawThatItsPointsDoNotFollow) {
  // 1, 2, 4, 4, 4 is a queue that is full: no such law has a corner.
  EXPECT_FALSE(scalability_of(measured_points(saturating())).law);
}

TEST(Scalability, OfNothingIsNothing) {
  EXPECT_FALSE(scalability_of({}).law);
  EXPECT_FALSE(scalability_of({}).saturation_threads);
}

}  // namespace
}  // namespace gilscale
