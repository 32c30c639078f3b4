#pragma once

#include "gilscale/text/error.hpp"

namespace gilscale {

/// What `gilscale run --launcher` asks at a place before it measures there: reads the question from
/// standard input, and answers on standard output with the machine and its Pythons.
ExitCode describe_place();

}  // namespace gilscale
