#pragma once

#include <string>

namespace gilscale {

/// Writes text to standard output. Throws Error when it does not get there (a full disk); a reader
/// that has seen enough and closed the pipe is no error.
void print_out(const std::string& text);

}  // namespace gilscale
