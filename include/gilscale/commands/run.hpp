#pragma once

#include "gilscale/command_line/options.hpp"
#include "gilscale/model/result.hpp"
#include "gilscale/text/error.hpp"

namespace gilscale {

/// `gilscale run`: plans the cases, measures each in a worker, writes and prints what was found.
/// `built_for` is the Python that this gilscale embeds.
ExitCode run(RunOptions options, const PythonInfo& built_for);

}  // namespace gilscale
