#pragma once

#include "gilscale/options.hpp"
#include "gilscale/supervisor.hpp"

namespace gilscale {

/// Asks a worker what each file among the workloads holds: only a worker runs Python. Throws
/// UsageError or Error when a file cannot be read that way, with what Python said on standard
/// error.
FoundWorkloads discover(const RunOptions& options, WorkerListener& listener);

}  // namespace gilscale
