#include "python/executors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "gilscale/error.hpp"
#include "gilscale/native_executor.hpp"

namespace gilscale {
namespace {

constexpr std::array<ExecutorEntry, 3> table{{
    {{"threads", "a persistent team of threading.Thread; the default"},
     true,
     make_threads_executor},
    {{"pool", "concurrent.futures.ThreadPoolExecutor, one task for each thread"},
     true,
     make_pool_executor},
    {{"native", "C++ threads computing without Python: the control as a case of its own"},
     false,
     make_native_executor},
}};

}  // namespace

std::span<const ExecutorEntry> executor_table() { return table; }

const ExecutorEntry& executor_entry(std::string_view name) {
  const auto* row = std::find_if(table.begin(), table.end(), [&](const ExecutorEntry& each) {
    return each.choice.name == name;
  });
  if (row == table.end()) throw UsageError(fmt::format("there is no executor '{}'", name));
  return *row;
}

std::vector<Choice> executor_choices() {
  std::vector<Choice> choices;
  for (const ExecutorEntry& row : table) choices.push_back(row.choice);
  return choices;
}

std::unique_ptr<Executor> make_native_executor(PythonWorkload*, const Placement& placement) {
  return std::make_unique<NativeExecutor>(placement);
}

}  // namespace gilscale
