#pragma once

#include <string>
#include <vector>

#include "gilscale/judge/judged_case.hpp"

namespace gilscale {

/// What would help at one of the case's points, as sentences: what is foretold (see what_ifs_of()),
/// and what was tried.
std::vector<std::string> remedies_of(const JudgedCase& judged, const Point& point);

}  // namespace gilscale
