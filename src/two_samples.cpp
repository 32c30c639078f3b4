#include "gilscale/two_samples.hpp"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "gilscale/statistics.hpp"

namespace gilscale {
namespace {

/// All pairs of more values than that would not fit into memory; every k-th tells as much.
constexpr std::size_t most_values = 2000;

std::vector<double> thinned(std::span<const double> values) {
  const std::size_t step = (values.size() + most_values - 1) / most_values;
  std::vector<double> kept;
  for (std::size_t i = 0; i < values.size(); i += step) kept.push_back(values[i]);
  return kept;
}

/// The share of pairs in which `after` is larger; ties count half.
double share_of_larger(std::span<const double> before, std::span<const double> after) {
  std::vector<double> ordered(before.begin(), before.end());
  std::sort(ordered.begin(), ordered.end());
  double wins = 0;
  for (const double value : after) {
    const auto [begin, end] = std::equal_range(ordered.begin(), ordered.end(), value);
    wins += static_cast<double>(begin - ordered.begin()) + static_cast<double>(end - begin) / 2;
  }
  return wins / (static_cast<double>(before.size()) * static_cast<double>(after.size()));
}

/// What ties leave of the variance: 1 − Σ(t³ − t)/(n³ − n) over groups of t equal values.
double tie_factor(std::span<const double> before, std::span<const double> after) {
  std::map<double, double> groups;
  for (const double value : before) ++groups[value];
  for (const double value : after) ++groups[value];
  const auto cubed = [](double n) { return n * n * n - n; };
  double tied = 0;
  for (const auto& [value, count] : groups) tied += cubed(count);
  return 1 - tied / cubed(static_cast<double>(before.size() + after.size()));
}

/// The standard deviation of that share if both are of one distribution.
double deviation_of_share(std::span<const double> before, std::span<const double> after) {
  const double n = effective_size(before);
  const double m = effective_size(after);
  return std::sqrt((n + m + 1) / (12 * n * m));
}

std::vector<double> all_ratios(std::span<const double> before, std::span<const double> after) {
  std::vector<double> ratios;
  ratios.reserve(before.size() * after.size());
  for (const double denominator : before)
    for (const double numerator : after) ratios.push_back(numerator / denominator);
  return ratios;
}

double at_rank(std::vector<double>& values, std::size_t rank) {
  const auto place = values.begin() + static_cast<std::ptrdiff_t>(rank);
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

}  // namespace

double mann_whitney_p(std::span<const double> before, std::span<const double> after) {
  if (before.size() < 2 || after.size() < 2) return 1;
  const double variance_left = tie_factor(before, after);
  if (!(variance_left > 0)) return 1;
  const double pairs = static_cast<double>(before.size()) * static_cast<double>(after.size());
  // Half a pair: U is a whole number, the normal distribution is not.
  const double distance = std::abs(share_of_larger(before, after) - 0.5) - 0.5 / pairs;
  const double z = distance / (deviation_of_share(before, after) * std::sqrt(variance_left));
  return std::min(1.0, 2 * cdf(complement(boost::math::normal(), std::max(z, 0.0))));
}

Estimate ratio_of_independent(std::span<const double> before, std::span<const double> after,
                              double tail) {
  const std::vector<double> old_values = thinned(before);
  const std::vector<double> new_values = thinned(after);
  std::vector<double> ratios = all_ratios(old_values, new_values);
  const double middle = median(ratios);
  const double z = quantile(complement(boost::math::normal(), tail));
  const double below = 0.5 - z * deviation_of_share(before, after);
  const double rank = std::floor(below * static_cast<double>(ratios.size()));
  constexpr double unbounded = std::numeric_limits<double>::infinity();
  if (rank < 1) return {middle, -unbounded, unbounded};
  const auto k = static_cast<std::size_t>(rank);
  const double low = at_rank(ratios, k - 1);
  return {middle, low, at_rank(ratios, ratios.size() - k)};
}

double sign_test_p(std::span<const double> ratios) {
  std::vector<double> moved;
  for (const double ratio : ratios)
    if (ratio != 1) moved.push_back(ratio);
  if (moved.empty()) return 1;
  const auto above = std::count_if(moved.begin(), moved.end(), [](double r) { return r > 1; });
  const auto count = static_cast<double>(moved.size());
  const double fewer = std::min(static_cast<double>(above), count - static_cast<double>(above));
  const double worth = std::floor(effective_size(moved));
  const boost::math::binomial heads(worth, 0.5);
  return std::min(1.0, 2 * cdf(heads, std::floor(fewer * worth / count)));
}

std::vector<double> holm_corrected(std::span<const double> p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
  std::vector<double> corrected(p.size());
  double largest = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    largest = std::max(largest, p[order[i]] * static_cast<double>(order.size() - i));
    corrected[order[i]] = std::min(1.0, largest);
  }
  return corrected;
}

}  // namespace gilscale
