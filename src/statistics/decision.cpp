#include "gilscale/statistics/decision.hpp"

#include <boost/math/special_functions/beta.hpp>
#include <cmath>

namespace gilscale {

double log_sign_evidence(std::size_t on_it, std::size_t off_it) {
  constexpr double p0 = lingering_allowance;
  const auto k = static_cast<double>(on_it);
  const auto m = static_cast<double>(off_it);
  const double log_beta = std::lgamma(k + 1) + std::lgamma(m + 1) - std::lgamma(k + m + 2);
  // Far off the side, the part beyond p0 is too small for a number: no evidence at all.
  const double log_part_beyond = std::log(boost::math::ibetac(k + 1, m + 1, p0));
  return log_beta + log_part_beyond - k * std::log(p0) - (m + 1) * std::log(1 - p0);
}

bool SignTally::may_suffice() const {
  return static_cast<double>(on_it_) > lingering_allowance * static_cast<double>(on_it_ + off_it_);
}

bool SignTally::suffices(double error) const {
  return may_suffice() && log_sign_evidence(on_it_, off_it_) >= -std::log(error);
}

SignTally SignTally::times(double factor) const {
  SignTally more;
  more.on_it_ = static_cast<std::size_t>(std::lround(factor * static_cast<double>(on_it_)));
  more.off_it_ = static_cast<std::size_t>(std::lround(factor * static_cast<double>(off_it_)));
  return more;
}

std::size_t fewest_to_decide(double error) {
  std::size_t count = 1;
  while (log_sign_evidence(count, 0) < -std::log(error)) ++count;
  return count;
}

std::vector<Look> looks_up_to(std::size_t samples, std::size_t comparisons) {
  constexpr std::size_t first = 12;
  std::vector<Look> looks;
  double k = 1;
  for (std::size_t at = first; at <= samples; at += at / 2, ++k)
    looks.push_back({at, gate_error / (k * (k + 1) * static_cast<double>(comparisons))});
  return looks;
}

}  // namespace gilscale
