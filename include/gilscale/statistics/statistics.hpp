#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "gilscale/statistics/estimate.hpp"

namespace gilscale {

inline constexpr double confidence = 0.95;

/// The fewest values whose minimum and maximum bound their median with 95 % confidence:
/// 1 − 2·(1/2)^n ≥ 0.95 from n = 6 on.
inline constexpr std::size_t fewest_for_interval = 6;

/// What noise that lingers may do: where the truth lies on a bound, a value may still come out on
/// one side with this chance, whatever came before it, in place of 1/2.
inline constexpr double lingering_allowance = 0.6;

/// The correlation of neighbouring signs that belongs to it.
inline constexpr double lingering_correlation = 2 * lingering_allowance - 1;

/// The fewest values that are worth 6 with that correlation: n·(1 − ρ)/(1 + ρ) ≥ 6.
inline constexpr std::size_t fewest_for_ends = 9;

/// The sum; 0 of nothing.
double total(std::span<const double> values);

/// The median; the mean of the two middle values when their number is even.
/// `values` must not be empty.
double median(std::span<const double> values);

/// Values that are kept in order while more come in.
class OrderedValues {
 public:
  void add(double value);
  [[nodiscard]] std::size_t size() const { return ordered_.size(); }
  /// As median(); there must be one.
  [[nodiscard]] double median() const;
  /// The value that a quarter of the values reach; there must be one.
  [[nodiscard]] double upper_quartile() const { return ordered_[ordered_.size() * 3 / 4]; }

 private:
  std::vector<double> ordered_;
};

/// The median with its distribution-free interval from order statistics: the k-th smallest and the
/// k-th largest value, k the largest with P(B < k) ≤ (1 − confidence)/2 for B ~ Binomial(n, 1/2)
/// (David & Nagaraja, Order Statistics, 2003, section 7.1). No shape of the distribution is
/// assumed. Where they are worth fewer than `fewest_for_interval` both ends are infinite.
///
/// That holds for independent values. A machine that is slow stays slow for a while, so values in
/// the order in which they were taken resemble their neighbours, and they are worth fewer: the
/// interval is that of effective_size() values, with `lingering_correlation` allowed for.
/// `values`, in the order of time, must not be empty. `tail` is the chance that the median lies
/// beyond one end.
Estimate median_interval(std::span<const double> values, double tail = (1 - confidence) / 2);

/// How many independent values the given ones are worth, in the order of time:
/// n·(1 − ρ)/(1 + ρ), with ρ the correlation of neighbours (Bayley & Hammersley, The "Effective"
/// Number of Independent Observations in an Autocorrelated Time Series, 1946). For the median it is
/// that of the signs of their distances from it (Gastwirth & Rubin, Effect of Dependence on the
/// Level of Some One-Sample Tests, JASA 66, 1971). At most n. Few values that linger at one level
/// show little of it: ρ is not estimated from fewer than 12, and `least_correlation` at least.
double effective_size(std::span<const double> values, double least_correlation = 0);

/// How many standard deviations above its mean a normal variable is with the chance `tail`:
/// 1.96 for 0.025.
double normal_quantile(double tail);
/// The same of Student's t: 12.71 for 0.025 with one degree of freedom.
double student_quantile(int freedom, double tail);

/// numerator[i] / denominator[i]; the spans have the same length.
std::vector<double> ratios(std::span<const double> numerator, std::span<const double> denominator);

/// Half the width of the interval over its estimate; infinite for an unbounded interval.
double relative_half_width(const Estimate& estimate);

}  // namespace gilscale
