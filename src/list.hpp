#pragma once

#include <span>
#include <string>

#include "gilscale/options.hpp"
#include "gilscale/result.hpp"

namespace gilscale {

/// What `gilscale list` prints: workloads, executors, reporters, interpreters.
std::string listing(std::span<const Choice> executors, const PythonInfo& interpreter);

}  // namespace gilscale
