#include "gilscale/judge/scalability.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

#include "random.hpp"
#include "steady_point.hpp"

namespace gilscale {
namespace {

/// Points that follow the law exactly.
std::vector<EfficiencyAt> law(double contention, double coherency, const std::vector<int>& threads,
                              double error = 0.01) {
  std::vector<EfficiencyAt> points;
  for (const int n : threads)
    points.push_back({n, 1 / (1 + contention * (n - 1) + coherency * n * (n - 1)), error});
  return points;
}

TEST(ScalabilityLaw, IsFoundInEfficienciesThatFollowIt) {
  const auto fit = fit_law(law(0.05, 0.002, {1, 2, 4, 8, 16, 32}));
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->contention.estimate, 0.05, 1e-12);
  EXPECT_NEAR(fit->coherency.estimate, 0.002, 1e-12);
  ASSERT_TRUE(fit->peak_threads);
  EXPECT_NEAR(fit->peak_threads->estimate, 21.7945, 1e-4);  // √(0.95/0.002)
  EXPECT_LT(fit->peak_threads->low, 21.7);
  EXPECT_GT(fit->peak_threads->high, 21.9);
}

TEST(ScalabilityLaw, WithoutCoherencyIsThatOfAmdahl) {
  const auto fit = fit_law(law(0.25, 0, {2, 4, 8}));
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->contention.estimate, 0.25, 1e-12);
  EXPECT_NEAR(fit->coherency.estimate, 0, 1e-12);
}

TEST(ScalabilityLaw, HasTheIntervalsThatFollowFromTheErrorsOfThePoints) {
  // y = 1/E − 1 over N − 1 is 0 at N = 2, 3, 4; its errors are e/(N − 1), so the weights 1, 4, 9
  // over e². Then W = 14, ΣwN = 50, ΣwN² = 184, and the determinant 14·184 − 50² = 76.
  const double e = 0.01;
  const auto fit = fit_law(law(0, 0, {2, 3, 4}, e), 0.025);
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->coherency.high, 1.959964 * e * std::sqrt(14.0 / 76), 1e-8);
  EXPECT_NEAR(fit->contention.high, 1.959964 * e * std::sqrt(184.0 / 76), 1e-8);
  EXPECT_EQ(fit->coherency.low, 0);
  EXPECT_EQ(fit->contention.low, 0);
}

TEST(ScalabilityLaw, HasWiderIntervalsWhereThePointsScatterMoreThanTheirErrors) {
  auto points = law(0.1, 0.001, {2, 4, 8, 16}, 0.001);
  const auto calm = fit_law(points);
  points[1].efficiency *= 1.02;
  const auto scattered = fit_law(points);
  ASSERT_TRUE(calm && scattered);
  const auto width = [](const Estimate& estimate) { return estimate.high - estimate.low; };
  EXPECT_GT(width(scattered->contention), 3 * width(calm->contention));
}

TEST(ScalabilityLaw, BelievesAPointTheMoreTheSmallerItsErrorIs) {
  auto points = law(0.1, 0, {2, 4, 8, 16});
  points[3] = {16, 0.2, 0.5};  // far off, and known to be
  const auto fit = fit_law(points);
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->contention.estimate, 0.1, 0.01);
  points[3].error = 0.01;
  EXPECT_GT(fit_law(points)->coherency.estimate, 0.005);
}

TEST(ScalabilityLaw, ThatGrowsForEverHasNoPeak) {
  EXPECT_FALSE(fit_law(law(0.25, 0, {2, 4, 8, 16}))->peak_threads);
}

TEST(ScalabilityLaw, HasNoPeakBeyondWhatWasMeasured) {
  EXPECT_FALSE(fit_law(law(0.05, 0.002, {2, 4, 8, 16}, 1e-4))->peak_threads) << "it is at 22";
  EXPECT_TRUE(fit_law(law(0.05, 0.002, {2, 4, 8, 24}, 1e-4))->peak_threads);
}

TEST(ScalabilityLaw, HasNoPeakWhereTheCoherencyMayBeZero) {
  const auto fit = fit_law(law(0.05, 0.002, {2, 4, 8, 16, 32}, 0.2));
  ASSERT_TRUE(fit);
  EXPECT_EQ(fit->coherency.low, 0);
  EXPECT_FALSE(fit->peak_threads);
}

TEST(ScalabilityLaw, ThatOnlyFallsHasItsPeakAtOneThread) {
  const auto fit = fit_law(law(0.9, 0.2, {2, 4, 8}, 1e-4));
  ASSERT_TRUE(fit && fit->peak_threads);
  EXPECT_EQ(fit->peak_threads, (Estimate{1, 1, 1})) << "0.71, which is no number of threads";
  EXPECT_EQ(fit_law(law(1.2, 0.2, {2, 4, 8}, 1e-4))->peak_threads, (Estimate{1, 1, 1}));
}

TEST(ScalabilityLaw, CountsTheSameNumberOfThreadsOnce) {
  EXPECT_FALSE(fit_law(law(0.1, 0, {2, 4, 4, 4})));
}

TEST(ScalabilityLaw, HasNoNegativeParameters) {
  // Better than linear: caches, or noise.
  const auto better =
      fit_law(std::vector<EfficiencyAt>{{2, 1.05, 0.01}, {4, 1.1, 0.01}, {8, 1.125, 0.01}});
  ASSERT_TRUE(better);
  EXPECT_EQ(better->contention.estimate, 0);
  EXPECT_EQ(better->coherency.estimate, 0);
  // A line that falls: y is 1/2, 1/4, 1/8 at N = 2, 4, 8. Errors that make all weights equal: then
  // the best level one is their mean.
  std::vector<EfficiencyAt> falling{{2, 2.0 / 3, 0}, {4, 4.0 / 7, 0}, {8, 8.0 / 15, 0}};
  for (EfficiencyAt& at : falling)
    at.error = 0.01 * at.efficiency * at.efficiency * (at.threads - 1);
  const auto level = fit_law(falling);
  ASSERT_TRUE(level);
  EXPECT_NEAR(level->contention.estimate, 7.0 / 24, 1e-12);
  EXPECT_LT(level->contention.low, 7.0 / 24) << "they scatter about that line";
  EXPECT_EQ(level->coherency.estimate, 0);
}

TEST(ScalabilityLaw, NeedsThreePointsOfSeveralThreads) {
  EXPECT_FALSE(fit_law(law(0.1, 0, {1, 2, 4})));
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
  EXPECT_NEAR(law->contention.estimate, 0.25, 1e-9);
  EXPECT_NEAR(law->coherency.estimate, 0, 1e-9);
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

TEST(Scalability, DoesNotBlameTheWorkloadForQueueingForCpus) {
  // A quarter computes, on two CPUs, and every thread is as slow as that allows.
  std::vector<Point> points;
  for (const int threads : {1, 2, 4, 6, 8}) {
    const double for_each_cpu = std::max(threads / 2.0, 1.0);
    points.push_back(steady_point(threads, {.parallel_s = 0.25 * for_each_cpu + 0.75,
                                            .control_parallel_s = for_each_cpu,
                                            .cpu_share = 0.25}));
  }
  EXPECT_FALSE(scalability_of(measured_points(points)).law);
}

TEST(Scalability, HasNoLawWithoutIntervals) {
  std::vector<Point> points;
  for (const int threads : {1, 2, 4, 8})
    points.push_back(steady_point(threads, {}, fewest_for_interval - 1));
  EXPECT_FALSE(scalability_of(measured_points(points)).law);
}

// ---- how often it is wrong ----

/// What rounds take in place of their time.
enum class Noise { independent, lingering };

struct Simulated {
  const char* name;
  double contention;
  double coherency;
  Noise noise;
};

void PrintTo(const Simulated& simulated, std::ostream* stream) { *stream << simulated.name; }

/// Points of 1 to 16 threads on as many cores, 30 samples each, whose rounds are 3 % off.
std::vector<Point> simulated_points(const Simulated& truth, Random& random) {
  std::vector<Point> points;
  for (const int n : {1, 2, 4, 8, 16}) {
    Point point;
    point.threads = n;
    std::array<double, 4> last{};
    const auto factor = [&](std::size_t round) {
      const double phi = truth.noise == Noise::lingering ? 0.5 : 0;
      last.at(round) = phi * last.at(round) + std::sqrt(1 - phi * phi) * random.normal();
      return std::exp(0.03 * last.at(round));
    };
    const double slower = 1 + truth.contention * (n - 1) + truth.coherency * n * (n - 1);
    for (int i = 0; i < 30; ++i)
      add_sample(point, {.single_s = factor(0),
                         .parallel_s = slower * factor(1),
                         .control_single_s = factor(2),
                         .control_parallel_s = factor(3)});
    points.push_back(std::move(point));
  }
  return points;
}

class ScalabilitySimulation : public testing::TestWithParam<Simulated> {};

TEST_P(ScalabilitySimulation, CoversTheTruthAndSeesNoCoherencyThatIsNotThere) {
  const Simulated& truth = GetParam();
  Random random(20261126);
  constexpr int runs = 400;
  int laws = 0;
  int contentions = 0;
  int coherencies = 0;
  int certain_coherencies = 0;
  int right_peaks = 0;
  const auto covers = [](const Estimate& estimate, double value) {
    return estimate.low <= value && value <= estimate.high;
  };
  const double peak = std::sqrt((1 - truth.contention) / truth.coherency);
  for (int run = 0; run < runs; ++run) {
    const auto law = scalability_of(measured_points(simulated_points(truth, random))).law;
    if (!law) continue;
    ++laws;
    contentions += covers(law->contention, truth.contention) ? 1 : 0;
    coherencies += covers(law->coherency, truth.coherency) ? 1 : 0;
    certain_coherencies += law->coherency.low > 0 ? 1 : 0;
    if (law->peak_threads) right_peaks += covers(*law->peak_threads, peak) ? 1 : 0;
  }
  const auto percent = [&](int count) { return 100.0 * count / laws; };
  fmt::print(
      "{}: covered: contention {:.1f} %, coherency {:.1f} %, peak {:.1f} %; coherency surely above "
      "0 "
      "in {:.1f} %\n",
      truth.name, percent(contentions), percent(coherencies), percent(right_peaks),
      percent(certain_coherencies));
  EXPECT_GT(laws, runs * 0.98);
  // 95 %, less four standard deviations of a share of so many.
  EXPECT_GE(contentions, 0.906 * laws);
  EXPECT_GE(coherencies, 0.906 * laws);
  if (truth.coherency > 0)
    EXPECT_GE(right_peaks, 0.906 * laws);
  else  // 2.5 %, and four standard deviations more
    EXPECT_LE(certain_coherencies, 0.057 * laws);
}

INSTANTIATE_TEST_SUITE_P(
    Truths, ScalabilitySimulation,
    testing::Values(Simulated{"linear", 0, 0, Noise::independent},
                    Simulated{"Amdahl, 5 %", 0.05, 0, Noise::independent},
                    Simulated{"Amdahl, 5 %, AR(1) 0.5", 0.05, 0, Noise::lingering},
                    Simulated{"a peak at 8", 0.04, 0.015, Noise::independent},
                    Simulated{"a peak at 8, AR(1) 0.5", 0.04, 0.015, Noise::lingering}),
    [](const auto& row) { return fmt::format("Number{}", row.index); });

}  // namespace
}  // namespace gilscale
