#pragma once

#include "gilscale/error.hpp"
#include "gilscale/options.hpp"

namespace gilscale {

/// `gilscale run`: plans the cases, measures each in a worker, writes and prints what was found.
ExitCode run(const RunOptions& options);

}  // namespace gilscale
