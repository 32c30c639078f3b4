#pragma once

#include <fmt/format.h>

#include "gilscale/text/error.hpp"

namespace gilscale {

/// Throws UsageError for a value of the option that is not above 0, or above `most`.
inline void check_positive(const char* option, double value, double most) {
  if (!(value > 0) || value > most)
    throw UsageError(fmt::format("{} {} is out of range; choose a number above 0 and at most {}",
                                 option, value, most));
}

}  // namespace gilscale
