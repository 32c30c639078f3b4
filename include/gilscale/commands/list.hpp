#pragma once

#include <string>
#include <vector>

#include "gilscale/model/plugins.hpp"

namespace gilscale {

/// What `gilscale list` prints: workloads, executors, reporters, metrics, interpreters.
std::string listing(const std::vector<Plugin>& plugins);

}  // namespace gilscale
