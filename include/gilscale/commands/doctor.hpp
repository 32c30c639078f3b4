#pragma once

#include <string>
#include <vector>

#include "gilscale/judge/findings.hpp"
#include "gilscale/model/result.hpp"
#include "gilscale/text/error.hpp"

namespace gilscale {

/// `gilscale doctor`: prints the CPU budget, what this machine gives right now, and what
/// distorts measurements here. `ok`, or `inconclusive` when something serious was found.
ExitCode doctor();

/// What doctor() prints. `python` is missing when the interpreter did not start.
std::string diagnosis(const Machine& machine, const MeasuredCapacity& measured,
                      const CaseResult& python, const std::vector<Finding>& findings);

}  // namespace gilscale
