#pragma once

#include <memory>
#include <vector>

#include "gilscale/workloads.hpp"
#include "python/bound_call.hpp"

namespace gilscale {

/// A workload brought to life: imported, its arguments evaluated. All functions are called
/// attached.
class PythonWorkload {
 public:
  /// Throws UsageError for --args or --kwargs that are no literals, WorkloadError when the module
  /// cannot be imported or has no such callable.
  explicit PythonWorkload(WorkloadSpec spec);

  /// Makes a call for each of `threads` threads. Returns the seconds that the workload's own set-up
  /// took: for methods of one shared instance, making that instance; otherwise 0.
  double prepare(int threads);

  /// The call of thread `index`, below what prepare() was given.
  BoundCall& call(int index) { return *calls_[static_cast<std::size_t>(index)]; }

  [[nodiscard]] const std::string& name() const { return spec_.name; }

 private:
  double prepare_shared_instance(int threads);
  [[nodiscard]] py::object shared_instance(const py::list& elements) const;

  WorkloadSpec spec_;
  py::object module_;
  py::object callable_;  ///< or the class, for a method of a shared instance
  py::tuple args_;
  py::dict kwargs_;
  std::vector<std::unique_ptr<BoundCall>> calls_;
};

}  // namespace gilscale
