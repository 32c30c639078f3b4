#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "gilscale/model/case.hpp"
#include "gilscale/measure/executor.hpp"
#include "gilscale/command_line/options.hpp"
#include "gilscale/machine/placement.hpp"

namespace gilscale {

class PythonWorkload;

/// What an executor is made for. The references need not outlive its making, the workload must.
struct ExecutorSetup {
  const Case& planned;
  PythonWorkload* workload;  ///< null for an executor that runs no Python
  const Placement& placement;
};

/// A way to run calls at once, as --executor and `gilscale list` name it.
struct ExecutorEntry {
  Choice choice;
  bool runs_python;
  bool shares_gil;  ///< all its threads have one GIL, if there is any
  /// Called attached if it runs Python. Throws UnavailableError where this Python lacks what it
  /// needs.
  std::unique_ptr<Executor> (*make)(const ExecutorSetup& setup);
};

/// All executors; the first is the default.
std::span<const ExecutorEntry> executor_table();

/// The entry of that name; UsageError if there is none.
const ExecutorEntry& executor_entry(std::string_view name);

std::vector<Choice> executor_choices();

// What the table is made of, one file each.
std::unique_ptr<Executor> make_threads_executor(const ExecutorSetup& setup);
std::unique_ptr<Executor> make_pool_executor(const ExecutorSetup& setup);
std::unique_ptr<Executor> make_interpreters_executor(const ExecutorSetup& setup);
std::unique_ptr<Executor> make_processes_executor(const ExecutorSetup& setup);
std::unique_ptr<Executor> make_native_executor(const ExecutorSetup& setup);

}  // namespace gilscale
