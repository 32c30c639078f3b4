#pragma once

#include <span>
#include <vector>

#include "gilscale/statistics/estimate.hpp"

namespace gilscale {

// Two versions beside each other: independent samples, or pairs taken back to back. All values are
// above 0 and in the order of time; neighbours that resemble one another count for less, see
// effective_size().

/// The two-sided p of the Mann–Whitney U test (Mann & Whitney, "On a test of whether one of two
/// random variables is stochastically larger than the other", Annals of Mathematical Statistics 18,
/// 1947), by the normal approximation with the correction for ties. 1 with fewer than two values on
/// a side.
double mann_whitney_p(std::span<const double> before, std::span<const double> after);

/// The ratio after/before: the median of all ratios of a value of one to a value of the other
/// (Hodges & Lehmann, "Estimates of location based on rank tests", 1963, on logarithms), with the
/// interval that belongs to the test (Hollander, Wolfe & Chicken, Nonparametric Statistical
/// Methods, 2014, section 4.3). `tail` is the chance that the ratio lies beyond one end; both ends
/// are open where the values are too few.
Estimate ratio_of_independent(std::span<const double> before, std::span<const double> after,
                              double tail);

/// The two-sided p of the sign test (Dixon & Mood, "The statistical sign test", JASA 41, 1946) that
/// the median of the ratios is 1. Ratios that are 1 do not count.
double sign_test_p(std::span<const double> ratios);

/// Each p corrected for how many there are (Holm, "A simple sequentially rejective multiple test
/// procedure", Scandinavian Journal of Statistics 6, 1979).
std::vector<double> holm_corrected(std::span<const double> p);

}  // namespace gilscale
