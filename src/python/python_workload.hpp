#pragma once

#include <memory>
#include <string>
#include <vector>

#include "python/bound_call.hpp"

namespace gilscale {

/// Who set a workload up, and is to tear it down.
class WorkloadOwner {
 public:
  /// Attached. Throws as PythonWorkload::tear_down_set().
  virtual void tear_down_workload() = 0;

 protected:
  ~WorkloadOwner() = default;
};

/// A workload brought to life in the interpreter that the calling thread is attached to: imported,
/// its arguments evaluated. Made, used and destroyed attached to that one. What is done in Python
/// stands in workload_loader.py.
class PythonWorkload {
 public:
  /// `spec` is a WorkloadSpec as text; see border::Plugin. Throws UsageError for arguments that are
  /// no literals or that the callable does not take, WorkloadError when the module cannot be
  /// imported or has no such callable.
  explicit PythonWorkload(std::string spec);

  /// Makes a call for each of `threads` threads; what is missing for that is made by the calling
  /// thread, and not what was made before. Returns the seconds for which set-up code ran
  /// now, 0 where there is none, or its sets are made already. Throws WorkloadError when it fails.
  double prepare(int threads);

  /// Whether each thread has arguments of its own.
  [[nodiscard]] bool has_own_sets() const { return has_own_sets_; }

  /// The call of thread `index`, below what prepare() was given.
  BoundCall& call(int index) { return *calls_[static_cast<std::size_t>(index)]; }

  /// From now on that one tears it down, until it leaves.
  void belong_to(WorkloadOwner& owner) { owner_ = &owner; }
  void leave(const WorkloadOwner& owner) {
    if (owner_ == &owner) owner_ = nullptr;
  }

  /// Runs the file's teardown, once for each set-up; without an owner, on the calling thread.
  /// Throws WorkloadError when it fails.
  void tear_down();
  /// The same of what prepare() made for thread `index` alone, if there is such a thing.
  void tear_down_set(int index);
  /// The same where nobody is left to be thrown at: a failure is a warning on standard error.
  void tear_down_or_warn() noexcept;

  [[nodiscard]] const std::string& name() const { return name_; }
  /// What it was made of.
  [[nodiscard]] const std::string& spec() const { return spec_; }

 private:
  std::string spec_;
  std::string name_;
  bool has_own_sets_ = false;
  WorkloadOwner* owner_ = nullptr;
  py::object workload_;
  std::vector<std::unique_ptr<BoundCall>> calls_;
};

/// What a file holds; see border::Plugin::discover. Throws like PythonWorkload. Attached.
std::string discover_workloads(const std::string& spec);

}  // namespace gilscale
