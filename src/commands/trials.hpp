#pragma once

#include <functional>
#include <string>

#include "gilscale/measure/point.hpp"
#include "gilscale/model/result.hpp"
#include "gilscale/supervise/supervisor.hpp"

namespace gilscale {

/// Measures the case's largest point as it is and with the change, in turns, and compares the calls
/// of all threads in a second: the changed ones over the others. `what` describes the change to
/// somebody who waits. Throws WorkloadError where that fails, or the user interrupts.
Estimate gain_of(const CaseResult& result, const std::function<void(Launch&)>& change,
                 const std::string& what, double timeout_s);

}  // namespace gilscale
