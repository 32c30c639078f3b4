#pragma once

#include <string>
#include <utility>
#include <vector>

namespace gilscale {

/// A parameter and the values that it takes, as Python literals.
struct Axis {
  std::string name;
  std::vector<std::string> values;

  friend bool operator==(const Axis&, const Axis&) = default;
};

/// "size=1024,65536" as an axis; commas within brackets and quotation marks are part of a value.
/// Throws UsageError for anything else.
Axis parse_axis(const std::string& text);

/// The axes of `given` take the place of those of the same name; the others come after.
std::vector<Axis> overridden(std::vector<Axis> axes, const std::vector<Axis>& given);

/// A value for each parameter.
using ParameterValues = std::vector<std::pair<std::string, std::string>>;

/// Every combination of values, the last axis changing fastest; one empty combination of no axes.
std::vector<ParameterValues> combinations(const std::vector<Axis>& axes);

}  // namespace gilscale
