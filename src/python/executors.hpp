#pragma once

#include <memory>
#include <string_view>

#include "gilscale/measure/executor.hpp"

namespace gilscale {

class PythonWorkload;

/// The executor of that kind, one of the rows of model/executors.cpp whose threads run in this
/// process. The workload must outlive it. Attached. Throws UnavailableError where this Python lacks
/// what it needs.
std::unique_ptr<Executor> make_python_executor(std::string_view kind, PythonWorkload& workload);

// One file each.
std::unique_ptr<Executor> make_threads_executor(PythonWorkload& workload);
std::unique_ptr<Executor> make_pool_executor(PythonWorkload& workload);
std::unique_ptr<Executor> make_interpreters_executor(PythonWorkload& workload);

}  // namespace gilscale
