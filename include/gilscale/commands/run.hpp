#pragma once

#include <vector>

#include "gilscale/command_line/options.hpp"
#include "gilscale/model/plugins.hpp"
#include "gilscale/text/error.hpp"

namespace gilscale {

/// `gilscale run`: plans the cases, measures each in a worker, writes and prints what was found.
/// `plugins` are those of this gilscale, the default first.
ExitCode run(const RunOptions& options, const std::vector<Plugin>& plugins);

}  // namespace gilscale
