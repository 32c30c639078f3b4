#include "gilscale/judge/scalability.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <set>
#include <vector>

#include "gilscale/judge/bounds.hpp"

namespace gilscale {
namespace {

/// A straight line through points of which each has a weight, the inverse of its variance.
class WeightedLine {
 public:
  void add(double x, double y, double weight) {
    places_.insert(x);
    ++count_;
    w_ += weight, x_ += weight * x, y_ += weight * y;
    xx_ += weight * x * x, xy_ += weight * x * y, yy_ += weight * y * y;
  }
  [[nodiscard]] std::size_t places() const { return places_.size(); }
  [[nodiscard]] double slope() const { return (w_ * xy_ - x_ * y_) / determinant(); }
  [[nodiscard]] double intercept() const { return (y_ - slope() * x_) / w_; }
  /// The best one of those that are level, or that begin at 0.
  [[nodiscard]] double level() const { return y_ / w_; }
  [[nodiscard]] double slope_from_zero() const { return xy_ / xx_; }

  /// As far as each may be off, with the chance `tail` on each side.
  [[nodiscard]] double slope_error(double tail) const {
    return error(w_ / determinant(), squares(intercept(), slope()), 2, tail);
  }
  [[nodiscard]] double intercept_error(double tail) const {
    return error(xx_ / determinant(), squares(intercept(), slope()), 2, tail);
  }
  [[nodiscard]] double level_error(double tail) const {
    return error(1 / w_, squares(level(), 0), 1, tail);
  }
  [[nodiscard]] double slope_from_zero_error(double tail) const {
    return error(1 / xx_, squares(0, slope_from_zero()), 1, tail);
  }
  /// The same of a·intercept + b·slope.
  [[nodiscard]] double error_of_sum(double a, double b, double tail) const {
    const double variance = (a * a * xx_ + b * b * w_ - 2 * a * b * x_) / determinant();
    return error(std::max(variance, 0.0), squares(intercept(), slope()), 2, tail);
  }

 private:
  [[nodiscard]] double determinant() const { return w_ * xx_ - x_ * x_; }
  /// χ²: what is left of the points beside the line, in units of their variances.
  [[nodiscard]] double squares(double intercept, double slope) const {
    return yy_ - 2 * (intercept * y_ + slope * xy_) + intercept * intercept * w_ +
           2 * intercept * slope * x_ + slope * slope * xx_;
  }
  /// By the points' own variances, or where they scatter by more, by their scatter.
  [[nodiscard]] double error(double variance, double squares, int fitted, double tail) const {
    const int freedom = count_ - fitted;
    const double scatter = squares / freedom;
    if (!(scatter > 1)) return normal_quantile(tail) * std::sqrt(variance);
    return student_quantile(freedom, tail) * std::sqrt(variance * scatter);
  }

  std::set<double> places_;
  int count_ = 0;
  double w_ = 0, x_ = 0, y_ = 0, xx_ = 0, xy_ = 0, yy_ = 0;
};

/// The best value within the bounds, with all that may be true: of the fit without bounds, and of
/// the best one within them.
Estimate bounded(double best, double best_error, double free, double free_error) {
  const double low = std::min(free - free_error, best - best_error);
  const double high = std::max({free + free_error, best + best_error, best});
  return {best, std::clamp(low, 0.0, best), high};
}

std::optional<Estimate> peak_of(const ScalabilityLaw& law, const WeightedLine& line, double tail,
                                int largest_count) {
  const double left = 1 - law.contention.estimate;
  const double coherency = law.coherency.estimate;
  if (!(law.coherency.low > 0)) return std::nullopt;
  if (left <= 0) return Estimate{1, 1, 1};
  const double peak = std::sqrt(left / coherency);
  if (peak > largest_count) return std::nullopt;
  // The logarithm of the peak is half of ln(1 − σ) − ln κ.
  const double factor = std::exp(line.error_of_sum(1 / left, 1 / coherency, tail) / 2);
  return Estimate{std::max(1.0, peak), std::max(1.0, peak / factor), std::max(1.0, peak * factor)};
}

/// Of the interval's 95 %; what the clocks can tell is the least.
double standard_error(const Estimate& efficiency) {
  constexpr double least = 1e-3;
  const double width = efficiency.high - efficiency.low;
  return std::max(width / 2 / normal_quantile((1 - confidence) / 2), least * efficiency.estimate);
}

bool describes(const ScalabilityLaw& law, const std::vector<EfficiencyAt>& points) {
  constexpr double tolerance = 0.1;
  return std::all_of(points.begin(), points.end(), [&](const EfficiencyAt& at) {
    return std::abs(law.speedup(at.threads) / (at.threads * at.efficiency) - 1) <= tolerance;
  });
}

struct SpeedupAt {
  int threads;
  double speedup;
};

std::optional<int> saturation_of(const std::vector<SpeedupAt>& points) {
  if (points.size() < 2) return std::nullopt;
  const auto does_less = [](const SpeedupAt& a, const SpeedupAt& b) {
    return a.speedup < b.speedup;
  };
  const double most = std::max_element(points.begin(), points.end(), does_less)->speedup;
  const auto first = std::find_if(points.begin(), points.end(),
                                  [&](const SpeedupAt& at) { return at.speedup >= 0.95 * most; });
  return first->threads < points.back().threads ? std::optional(first->threads) : std::nullopt;
}

}  // namespace

double ScalabilityLaw::speedup(int threads) const {
  return threads / (1 + (threads - 1) * (contention.estimate + coherency.estimate * threads));
}

std::optional<ScalabilityLaw> fit_law(std::span<const EfficiencyAt> points, double tail) {
  constexpr std::size_t fewest = 3;
  WeightedLine line;
  int largest_count = 1;
  for (const auto& [threads, efficiency, error] : points) {
    if (threads < 2) continue;
    const double y = (1 / efficiency - 1) / (threads - 1);
    const double y_error = error / (efficiency * efficiency * (threads - 1));
    line.add(threads, y, 1 / (y_error * y_error));
    largest_count = std::max(largest_count, threads);
  }
  if (line.places() < fewest) return std::nullopt;
  // On the edge of what is allowed, the best line is the best one of that edge.
  const double intercept = line.intercept();
  const double slope = line.slope();
  double contention = intercept, contention_error = line.intercept_error(tail);
  double coherency = slope, coherency_error = line.slope_error(tail);
  if (slope < 0) {
    contention = std::max(0.0, line.level()), contention_error = line.level_error(tail);
    coherency = 0, coherency_error = 0;
  } else if (intercept < 0) {
    contention = 0, contention_error = 0;
    coherency = std::max(0.0, line.slope_from_zero());
    coherency_error = line.slope_from_zero_error(tail);
  }
  ScalabilityLaw law{bounded(contention, contention_error, intercept, line.intercept_error(tail)),
                     bounded(coherency, coherency_error, slope, line.slope_error(tail)),
                     std::nullopt};
  law.peak_threads = peak_of(law, line, tail, largest_count);
  return law;
}

Scalability scalability_of(std::span<const MeasuredPoint> points, double tail) {
  std::vector<EfficiencyAt> with_cores;
  std::vector<SpeedupAt> all;
  for (const auto& [point, values, figures] : points) {
    all.push_back({point.threads, figures.speedup.estimate});
    const Estimate& efficiency = figures.relative_efficiency;
    const bool missed_none = figures.achievable_low >= 0.95 * figures.achievable;
    if (had_its_cores(figures.achievable, point.threads) && missed_none &&
        std::isfinite(efficiency.low))
      with_cores.push_back({point.threads, efficiency.estimate, standard_error(efficiency)});
  }
  Scalability scalability{fit_law(with_cores, tail), saturation_of(all)};
  if (scalability.law && !describes(*scalability.law, with_cores)) scalability.law.reset();
  return scalability;
}

}  // namespace gilscale
