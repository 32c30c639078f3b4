#include "gilscale/judge/scalability.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <set>
#include <vector>

#include "gilscale/judge/bounds.hpp"

namespace gilscale {
namespace {

/// A fitted value, and how far it may be off.
struct Fitted {
  double value;
  double error;
};

/// A straight line through points of which each has a weight, the inverse of its variance. What is
/// fitted may be off by more than its error with the chance `tail` on each side.
class WeightedLine {
 public:
  explicit WeightedLine(double tail) : tail_(tail) {}

  void add(double x, double y, double weight) {
    places_.insert(x);
    ++count_;
    w_ += weight, x_ += weight * x, y_ += weight * y;
    xx_ += weight * x * x, xy_ += weight * x * y, yy_ += weight * y * y;
  }
  [[nodiscard]] std::size_t places() const { return places_.size(); }
  [[nodiscard]] Fitted slope() const { return {best_slope(), error_of_sum(0, 1)}; }
  [[nodiscard]] Fitted intercept() const { return {best_intercept(), error_of_sum(1, 0)}; }
  /// The best line of those that are level, and the best slope of those that begin at 0.
  [[nodiscard]] Fitted level() const {
    const double best = y_ / w_;
    return {best, error(1 / w_, squares(best, 0), 1)};
  }
  [[nodiscard]] Fitted slope_from_zero() const {
    const double best = xy_ / xx_;
    return {best, error(1 / xx_, squares(0, best), 1)};
  }
  /// Of a·intercept + b·slope.
  [[nodiscard]] double error_of_sum(double a, double b) const {
    const double variance = (a * a * xx_ + b * b * w_ - 2 * a * b * x_) / determinant();
    return error(std::max(variance, 0.0), squares(best_intercept(), best_slope()), 2);
  }

 private:
  [[nodiscard]] double determinant() const { return w_ * xx_ - x_ * x_; }
  [[nodiscard]] double best_slope() const { return (w_ * xy_ - x_ * y_) / determinant(); }
  [[nodiscard]] double best_intercept() const { return (y_ - best_slope() * x_) / w_; }
  /// χ²: what is left of the points beside the line, in units of their variances.
  [[nodiscard]] double squares(double intercept, double slope) const {
    return yy_ - 2 * (intercept * y_ + slope * xy_) + intercept * intercept * w_ +
           2 * intercept * slope * x_ + slope * slope * xx_;
  }
  /// By the points' own variances, or where they scatter by more, by their scatter.
  [[nodiscard]] double error(double variance, double squares, int fitted) const {
    const int freedom = count_ - fitted;
    const double scatter = squares / freedom;
    if (!(scatter > 1)) return normal_quantile(tail_) * std::sqrt(variance);
    return student_quantile(freedom, tail_) * std::sqrt(variance * scatter);
  }

  double tail_;
  std::set<double> places_;
  int count_ = 0;
  double w_ = 0, x_ = 0, y_ = 0, xx_ = 0, xy_ = 0, yy_ = 0;
};

/// The best value that is not negative, with all that may be true: of it, and of the fit without
/// that bound.
Estimate bounded(const Fitted& best, const Fitted& free) {
  const double low = std::min(free.value - free.error, best.value - best.error);
  const double high = std::max({free.value + free.error, best.value + best.error, best.value});
  return {best.value, std::clamp(low, 0.0, best.value), high};
}

std::optional<Estimate> peak_of(const ScalabilityLaw& law, const WeightedLine& line,
                                int largest_count) {
  const double left = 1 - law.contention.estimate;
  const double coherency = law.coherency.estimate;
  if (!(law.coherency.low > 0)) return std::nullopt;
  if (left <= 0) return Estimate{1, 1, 1};
  const double peak = std::sqrt(left / coherency);
  if (peak > largest_count) return std::nullopt;
  // The logarithm of the peak is half of ln(1 − σ) − ln κ.
  const double factor = std::exp(line.error_of_sum(1 / left, 1 / coherency) / 2);
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
  WeightedLine line(tail);
  int largest_count = 1;
  for (const auto& [threads, efficiency, error] : points) {
    if (threads < 2) continue;
    const double y = (1 / efficiency - 1) / (threads - 1);
    const double y_error = error / (efficiency * efficiency * (threads - 1));
    line.add(threads, y, 1 / (y_error * y_error));
    largest_count = std::max(largest_count, threads);
  }
  if (line.places() < fewest) return std::nullopt;
  const Fitted intercept = line.intercept();
  const Fitted slope = line.slope();
  // On the edge of what is allowed, the best line is the best one of that edge.
  constexpr Fitted none{0, 0};
  const auto not_negative = [](Fitted fitted) {
    return Fitted{std::max(0.0, fitted.value), fitted.error};
  };
  Fitted contention = intercept;
  Fitted coherency = slope;
  if (slope.value < 0) {
    contention = not_negative(line.level());
    coherency = none;
  } else if (intercept.value < 0) {
    contention = none;
    coherency = not_negative(line.slope_from_zero());
  }
  ScalabilityLaw law{bounded(contention, intercept), bounded(coherency, slope), std::nullopt};
  law.peak_threads = peak_of(law, line, largest_count);
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
