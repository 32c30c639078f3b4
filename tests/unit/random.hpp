#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>

namespace gilscale {

/// The standard library's distributions differ between implementations; these do not.
class Random {
 public:
  explicit Random(std::uint64_t seed) : bits_(seed) {}

  double uniform() { return (static_cast<double>(bits_() >> 11) + 0.5) * 0x1p-53; }
  /// Box & Muller 1958, who make two of them at once.
  double normal() {
    if (has_other_) return has_other_ = false, other_;
    const double radius = std::sqrt(-2 * std::log(uniform()));
    const double angle = 2 * std::numbers::pi * uniform();
    has_other_ = true;
    other_ = radius * std::sin(angle);
    return radius * std::cos(angle);
  }
  /// Student's t with 3 degrees of freedom (Bailey, "Polar Generation of Random Variates with the
  /// t-Distribution", Mathematics of Computation 62, 1994).
  double heavy() {
    const double radius = std::sqrt(3 * (std::pow(uniform(), -2.0 / 3) - 1));
    return radius * std::cos(2 * std::numbers::pi * uniform());
  }

 private:
  std::mt19937_64 bits_;
  double other_ = 0;
  bool has_other_ = false;
};

}  // namespace gilscale
