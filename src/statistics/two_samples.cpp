#include "gilscale/statistics/two_samples.hpp"

#include <algorithm>
#include <bit>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <numeric>

#include "gilscale/statistics/statistics.hpp"

namespace gilscale {
namespace {

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

/// All ratios of a value of one to a value of the other, without room for them.
class AllRatios {
 public:
  AllRatios(std::span<const double> before, std::span<const double> after)
      : before_(before.begin(), before.end()), after_(after.begin(), after.end()) {
    std::sort(before_.begin(), before_.end());
    std::sort(after_.begin(), after_.end());
  }

  [[nodiscard]] std::size_t size() const { return before_.size() * after_.size(); }
  /// The one with that many smaller ones. Positive numbers are in the order of their bits: halving
  /// what lies between the ends finds it in 64 steps.
  [[nodiscard]] double at_rank(std::size_t rank) const {
    auto low = std::bit_cast<std::uint64_t>(after_.front() / before_.back());
    auto high = std::bit_cast<std::uint64_t>(after_.back() / before_.front());
    while (low < high) {
      const std::uint64_t half = low + (high - low) / 2;
      if (count_up_to(std::bit_cast<double>(half)) > rank)
        high = half;
      else
        low = half + 1;
    }
    return std::bit_cast<double>(low);
  }
  [[nodiscard]] double median() const {
    const double upper = at_rank(size() / 2);
    return size() % 2 == 1 ? upper : (at_rank(size() / 2 - 1) + upper) / 2;
  }

 private:
  /// The larger the old value, the more of the new ones have a ratio as small.
  [[nodiscard]] std::size_t count_up_to(double bound) const {
    std::size_t count = 0;
    std::size_t reached = 0;
    for (const double denominator : before_) {
      while (reached < after_.size() && after_[reached] / denominator <= bound) ++reached;
      count += reached;
    }
    return count;
  }

  std::vector<double> before_;
  std::vector<double> after_;
};

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
  constexpr double unbounded = std::numeric_limits<double>::infinity();
  if (before.empty() || after.empty()) return {std::nan(""), -unbounded, unbounded};
  const AllRatios ratios(before, after);
  const double z = quantile(complement(boost::math::normal(), tail));
  const double below = 0.5 - z * deviation_of_share(before, after);
  const double rank = std::floor(below * static_cast<double>(ratios.size()));
  if (rank < 1) return {ratios.median(), -unbounded, unbounded};
  const auto k = static_cast<std::size_t>(rank);
  return {ratios.median(), ratios.at_rank(k - 1), ratios.at_rank(ratios.size() - k)};
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
