#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "gilscale/machine/placement.hpp"
#include "gilscale/measure/executor.hpp"
#include "gilscale/model/case.hpp"
#include "gilscale/model/result.hpp"
#include "worker/python.hpp"

namespace gilscale {

/// What an executor is made for. The references need not outlive its making, the Python must.
struct ExecutorSetup {
  const Case& planned;
  const Placement& placement;
  Python* python;  ///< with the workload loaded; null for an executor that runs no Python
  PythonFiles files = {};
  /// Called some times in a second by those that wait for processes. May throw to give up.
  std::function<void()> while_waiting = {};
  /// Called when the executor ends, for each Python in a process of its own: whether its GIL is on,
  /// and for which modules.
  std::function<void(bool gil_enabled, const std::vector<GilModule>& modules)> at_end_of_python =
      {};
};

/// The executor of that case's kind. Throws UnavailableError where this Python lacks what it needs.
std::unique_ptr<Executor> make_executor(const ExecutorSetup& setup);

// One file each; those whose threads run Python in this process are the plug-in's.
std::unique_ptr<Executor> make_processes_executor(const ExecutorSetup& setup);

}  // namespace gilscale
