#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "gilscale/executor.hpp"
#include "gilscale/options.hpp"
#include "gilscale/placement.hpp"

namespace gilscale {

class PythonWorkload;

/// A way to run calls at once, as --executor and `gilscale list` name it.
struct ExecutorEntry {
  Choice choice;
  bool runs_python;
  /// `workload` is null for an executor that runs no Python. Called attached if it runs Python.
  std::unique_ptr<Executor> (*make)(PythonWorkload* workload, const Placement& placement);
};

/// All executors; the first is the default.
std::span<const ExecutorEntry> executor_table();

/// The entry of that name; UsageError if there is none.
const ExecutorEntry& executor_entry(std::string_view name);

std::vector<Choice> executor_choices();

// What the table is made of, one file each.
std::unique_ptr<Executor> make_threads_executor(PythonWorkload* workload,
                                                const Placement& placement);
std::unique_ptr<Executor> make_pool_executor(PythonWorkload* workload, const Placement& placement);
std::unique_ptr<Executor> make_native_executor(PythonWorkload* workload,
                                               const Placement& placement);

}  // namespace gilscale
