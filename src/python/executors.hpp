#pragma once

#include <memory>

#include "gilscale/machine/placement.hpp"
#include "gilscale/measure/executor.hpp"
#include "gilscale/model/case.hpp"

namespace gilscale {

class PythonWorkload;

/// What an executor is made for. The references need not outlive its making, the workload must.
struct ExecutorSetup {
  const Case& planned;
  PythonWorkload* workload;  ///< null for an executor that runs no Python
  const Placement& placement;
};

/// The executor of that case's kind. Called attached if the kind runs Python. Throws
/// UnavailableError where this Python lacks what it needs.
std::unique_ptr<Executor> make_executor(const ExecutorSetup& setup);

// One file each.
std::unique_ptr<Executor> make_threads_executor(const ExecutorSetup& setup);
std::unique_ptr<Executor> make_pool_executor(const ExecutorSetup& setup);
std::unique_ptr<Executor> make_interpreters_executor(const ExecutorSetup& setup);
std::unique_ptr<Executor> make_processes_executor(const ExecutorSetup& setup);
std::unique_ptr<Executor> make_native_executor(const ExecutorSetup& setup);

}  // namespace gilscale
