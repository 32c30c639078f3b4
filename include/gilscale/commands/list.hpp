#pragma once

#include <span>
#include <string>

#include "gilscale/command_line/options.hpp"
#include "gilscale/model/result.hpp"

namespace gilscale {

/// What `gilscale list` prints: workloads, executors, reporters, interpreters.
std::string listing(const PythonInfo& interpreter);

}  // namespace gilscale
