#pragma once

#include <span>
#include <string>
#include <vector>

#include "gilscale/command_line/options.hpp"
#include "gilscale/judge/findings.hpp"
#include "gilscale/model/result.hpp"
#include "gilscale/text/error.hpp"

namespace gilscale {

/// `gilscale doctor`: prints the CPU budget, what this machine gives right now, what distorts
/// measurements here, and which modules switch the GIL of a free-threaded Python on. `ok`, or
/// `inconclusive` when something serious was found. Throws UsageError where there is no such
/// Python.
ExitCode doctor(const DoctorOptions& options);

/// What doctor() prints. Of each Python what is known once it has run, or why it did not; `modules`
/// are what each of them imported.
std::string diagnosis(const Machine& machine, const MeasuredCapacity& measured,
                      std::span<const CaseResult> pythons, const std::vector<Finding>& findings,
                      const std::vector<std::string>& modules = {});

}  // namespace gilscale
