#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gilscale/estimate.hpp"
#include "gilscale/result.hpp"

namespace gilscale {

// What cases say beside one another that none of them says alone.

/// A workload measured with several values of one numeric parameter, all else the same.
struct ParameterCurve {
  struct Entry {
    double value = 0;
    std::string text;  ///< the value as it was written
    Estimate speedup;
  };

  std::string label;  ///< without the parameter
  std::string parameter;
  int threads = 1;             ///< the largest count that had CPUs at every value
  std::vector<Entry> entries;  ///< ascending

  /// Break-even: the smallest value from which on the threads surely do more than one (the lower
  /// end of the speedup's interval is above 1). None if they do not at the largest value.
  [[nodiscard]] std::optional<double> break_even() const;
};

/// One curve for each parameter of two or more values, in the order of the cases.
std::vector<ParameterCurve> parameter_curves(const Report& report);

/// What it costs that threads share their arguments (--share both).
struct SharingCost {
  std::string label;
  int threads = 1;
  Estimate shared;  ///< speedup with one set of arguments for all threads
  Estimate own;     ///< speedup with a set for each

  /// The intervals do not meet.
  [[nodiscard]] bool differs() const;
  /// The share of the speedup that is lost by sharing; negative if sharing is better.
  [[nodiscard]] double lost() const { return 1 - shared.estimate / own.estimate; }
};

/// For every workload that was measured both ways, at the largest count of threads.
std::vector<SharingCost> sharing_costs(const Report& report);

}  // namespace gilscale
