#pragma once

#include <string>

#include "gilscale/report/reporters.hpp"

namespace gilscale {

/// Writes text to standard output. Throws Error when it does not get there (a full disk); a reader
/// that has seen enough and closed the pipe is not an error.
void print_out(const std::string& text);

/// Colour on a terminal, unless NO_COLOR is set.
Style style_of_stdout();

}  // namespace gilscale
