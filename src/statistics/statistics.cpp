#include "gilscale/statistics/statistics.hpp"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>

namespace gilscale {
namespace {

std::vector<double> sorted(std::span<const double> values) {
  std::vector<double> copy(values.begin(), values.end());
  std::sort(copy.begin(), copy.end());
  return copy;
}

double middle(const std::vector<double>& ordered) {
  const std::size_t half = ordered.size() / 2;
  return ordered.size() % 2 == 1 ? ordered[half] : (ordered[half - 1] + ordered[half]) / 2;
}

/// The rank k (from 1) of the interval's lower end; 0 when n values cannot bound their median.
std::size_t interval_rank(std::size_t n, double tail) {
  const boost::math::binomial_distribution<double> heads(static_cast<double>(n), 0.5);
  std::size_t k = 0;
  while (k < n / 2 && cdf(heads, static_cast<double>(k)) <= tail) ++k;
  return k;
}

/// Of neighbours, in the order of time, 0 to 1; 0 where there are too few to tell.
double correlation_of_signs(std::span<const double> values) {
  constexpr std::size_t fewest_to_tell = 12;
  if (values.size() < fewest_to_tell) return 0;
  const double center = median(values);
  const auto sign = [&](double value) { return (value > center) - (value < center); };
  double products = 0;
  for (std::size_t i = 1; i < values.size(); ++i) products += sign(values[i]) * sign(values[i - 1]);
  return std::clamp(products / static_cast<double>(values.size() - 1), 0.0, 1.0);
}

}  // namespace

double total(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

double median(std::span<const double> values) {
  assert(!values.empty());
  return middle(sorted(values));
}

void OrderedValues::add(double value) {
  ordered_.insert(std::upper_bound(ordered_.begin(), ordered_.end(), value), value);
}

double OrderedValues::median() const { return middle(ordered_); }

double effective_size(std::span<const double> values, double least_correlation) {
  const auto n = static_cast<double>(values.size());
  const double correlation = std::max(correlation_of_signs(values), least_correlation);
  return std::max(1.0, n * (1 - correlation) / (1 + correlation));
}

Estimate median_interval(std::span<const double> values, double tail) {
  assert(!values.empty());
  const std::vector<double> ordered = sorted(values);
  const double worth = effective_size(values, lingering_correlation);
  constexpr double rounding = 1e-9;
  const std::size_t rank = interval_rank(static_cast<std::size_t>(worth + rounding), tail);
  constexpr double unbounded = std::numeric_limits<double>::infinity();
  if (rank == 0) return {middle(ordered), -unbounded, unbounded};
  // The same share of all values lies outside as of the fewer independent ones.
  const auto k = static_cast<std::size_t>(static_cast<double>(rank) *
                                          static_cast<double>(ordered.size()) / worth);
  return {middle(ordered), ordered[k - 1], ordered[ordered.size() - k]};
}

double normal_quantile(double tail) {
  return quantile(complement(boost::math::normal_distribution<double>(), tail));
}

double student_quantile(int freedom, double tail) {
  return quantile(complement(boost::math::students_t_distribution<double>(freedom), tail));
}

std::vector<double> ratios(std::span<const double> numerator, std::span<const double> denominator) {
  assert(numerator.size() == denominator.size());
  std::vector<double> result(numerator.size());
  std::transform(numerator.begin(), numerator.end(), denominator.begin(), result.begin(),
                 std::divides<>());
  return result;
}

double relative_half_width(const Estimate& estimate) {
  return (estimate.high - estimate.low) / 2 / std::abs(estimate.estimate);
}

}  // namespace gilscale
