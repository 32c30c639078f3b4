#pragma once

#include <string>
#include <vector>

#include "gilscale/estimate.hpp"
#include "gilscale/machine.hpp"
#include "gilscale/result.hpp"

namespace gilscale {

/// Something about the machine or the interpreter that spoils measurements, and its remedy.
struct Finding {
  std::string id;  ///< stable: "quota", "few-cores", "debug-python", …
  /// Whether figures cannot be trusted, or cannot be had at all, while it lasts. A note otherwise.
  bool serious = false;
  /// A run of at least so many threads is touched by it; 0 if none is, because ratios cancel it.
  int from_threads = 1;
  std::string what;
  std::string remedy;
};

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
/// calls that do not cost the same each time, threads of its own.
std::vector<Finding> findings_of(const CaseResult& result);

/// What the interpreter that measures brings along: a debug build, hooks that are switched on.
std::vector<Finding> findings_of(const PythonInfo& python);

}  // namespace gilscale
