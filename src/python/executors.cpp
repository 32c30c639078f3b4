#include "python/executors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "gilscale/text/error.hpp"
#include "gilscale/measure/native_executor.hpp"

namespace gilscale {
namespace {

constexpr std::array<ExecutorEntry, 5> table{{
    {{"threads", "a persistent team of threading.Thread; the default"},
     true,
     true,
     make_threads_executor},
    {{"pool", "concurrent.futures.ThreadPoolExecutor, one task for each thread"},
     true,
     true,
     make_pool_executor},
    {{"interpreters", "own-GIL sub-interpreters, one for each thread (CPython 3.12 and newer)"},
     true,
     false,
     make_interpreters_executor},
    {{"processes", "persistent worker processes, one for each thread"},
     true,
     false,
     make_processes_executor},
    {{"native", "C++ threads computing without Python: the control as a case of its own", false},
     false,
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

std::unique_ptr<Executor> make_native_executor(const ExecutorSetup& setup) {
  return std::make_unique<NativeExecutor>(setup.placement);
}

}  // namespace gilscale
