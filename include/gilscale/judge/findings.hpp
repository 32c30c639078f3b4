#pragma once

#include <span>
#include <vector>

#include "gilscale/machine/machine.hpp"
#include "gilscale/model/finding.hpp"
#include "gilscale/model/result.hpp"
#include "gilscale/statistics/estimate.hpp"

namespace gilscale {

/// What `gilscale doctor` has measured: the cores that N threads of plain arithmetic got.
struct MeasuredCapacity {
  int threads = 1;
  Estimate capacity;
};

/// What the system's own description gives away.
std::vector<Finding> findings_of(const Machine& machine);

/// What measuring showed: fewer cores than there seem to be.
std::vector<Finding> findings_of(const MeasuredCapacity& measured, const Machine& machine);

/// What the measured workload does that its figures do not show: calls too short for the harness,
/// calls that do not cost the same each time, threads of its own. `points` are those of the case
/// that have samples.
std::vector<Finding> findings_of(const CaseResult& result, std::span<const MeasuredPoint> points);

/// The extension modules that switched the GIL of a free-threaded Python on, or would have; nothing
/// where there are none. `label`: what imported them.
std::vector<Finding> findings_of(const GilState& gil, const std::string& label);

/// What the interpreter that measures brings along: a debug build, hooks that are switched on.
std::vector<Finding> findings_of(const PythonInfo& python);

}  // namespace gilscale
