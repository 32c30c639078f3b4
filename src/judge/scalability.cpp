#include "gilscale/judge/scalability.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "gilscale/judge/bounds.hpp"

namespace gilscale {
namespace {

/// Sums over points (x, y) for a straight line through them.
struct Line {
  double n = 0, x = 0, y = 0, xx = 0, xy = 0;

  void add(double px, double py) { n += 1, x += px, y += py, xx += px * px, xy += px * py; }
  [[nodiscard]] double slope() const { return (n * xy - x * y) / (n * xx - x * x); }
  [[nodiscard]] double intercept() const { return (y - slope() * x) / n; }
};

bool describes(const ScalabilityLaw& law, const std::vector<SpeedupAt>& points) {
  constexpr double tolerance = 0.1;
  return std::all_of(points.begin(), points.end(), [&](const SpeedupAt& at) {
    return std::abs(law.speedup(at.threads) / at.speedup - 1) <= tolerance;
  });
}

}  // namespace

double ScalabilityLaw::speedup(int threads) const {
  return threads / (1 + (threads - 1) * (contention + coherency * threads));
}

std::optional<double> ScalabilityLaw::peak_threads() const {
  if (!(coherency > 0)) return std::nullopt;
  return std::sqrt(std::max(0.0, 1 - contention) / coherency);
}

std::optional<ScalabilityLaw> fit_law(std::span<const SpeedupAt> points) {
  constexpr int fewest = 3;
  Line line;
  for (const auto& [threads, speedup] : points)
    if (threads > 1) line.add(threads, (threads / speedup - 1) / (threads - 1));
  if (line.n < fewest) return std::nullopt;
  const ScalabilityLaw free{line.intercept(), line.slope()};
  // On the edge of what is allowed, the best line is the best one of that edge.
  if (free.coherency < 0) return ScalabilityLaw{std::max(0.0, line.y / line.n), 0};
  if (free.contention < 0) return ScalabilityLaw{0, std::max(0.0, line.xy / line.xx)};
  return free;
}

Scalability scalability_of(std::span<const MeasuredPoint> points) {
  std::vector<SpeedupAt> with_cores;
  std::vector<SpeedupAt> all;
  for (const auto& [point, values, figures] : points) {
    all.push_back({point.threads, figures.speedup.estimate});
    if (had_its_cores(figures.achievable, point.threads))
      with_cores.push_back({point.threads, point.threads * figures.relative_efficiency.estimate});
  }
  Scalability scalability{fit_law(with_cores), std::nullopt};
  if (scalability.law && !describes(*scalability.law, with_cores)) scalability.law.reset();
  if (all.size() < 2) return scalability;
  const auto does_less = [](const SpeedupAt& a, const SpeedupAt& b) {
    return a.speedup < b.speedup;
  };
  const double most = std::max_element(all.begin(), all.end(), does_less)->speedup;
  const auto first = std::find_if(all.begin(), all.end(),
                                  [&](const SpeedupAt& at) { return at.speedup >= 0.95 * most; });
  if (first->threads < all.back().threads) scalability.saturation_threads = first->threads;
  return scalability;
}

}  // namespace gilscale
