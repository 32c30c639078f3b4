#pragma once

#include <string>
#include <vector>

#include "gilscale/measure/point.hpp"

namespace gilscale {

/// What would help a point, as sentences: what is foretold (see what_ifs_of()), and what was tried.
std::vector<std::string> remedies_of(const MeasuredPoint& measured);

}  // namespace gilscale
