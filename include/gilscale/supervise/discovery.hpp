#pragma once

#include <string>
#include <vector>

#include "gilscale/model/workloads.hpp"
#include "gilscale/supervise/supervisor.hpp"

namespace gilscale {

/// Asks a worker what each file among the workloads holds: only a worker runs Python. Throws
/// UsageError or Error when a file cannot be read that way, with what Python said on standard
/// error. `python` is the executable whose packages are seen, empty: gilscale's own; `launcher`
/// leads to the place, empty: here.
FoundWorkloads discover(const WorkloadOptions& workloads, const std::string& python,
                        const std::vector<std::string>& launcher, double timeout_s,
                        WorkerListener& listener);

}  // namespace gilscale
