#pragma once

namespace gilscale {

/// A figure with its confidence interval, in the figure's own unit.
/// An end that the data cannot bound is infinite (null in JSON).
struct Estimate {
  double estimate = 0;
  double low = 0;
  double high = 0;

  friend bool operator==(const Estimate&, const Estimate&) = default;
};

/// Of what is known without any doubt.
inline Estimate exactly(double value) { return {value, value, value}; }

}  // namespace gilscale
