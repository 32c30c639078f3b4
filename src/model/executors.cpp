#include "gilscale/model/executors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "gilscale/text/error.hpp"

namespace gilscale {
namespace {

// name, summary, in "all", runs Python, shares the GIL, shares objects, in processes
constexpr std::array<ExecutorKind, 8> kinds{{
    {"threads", "a persistent team of threading.Thread; the default", true, true, true, true,
     false},
    {"pool", "concurrent.futures.ThreadPoolExecutor, one task for each thread", true, true, true,
     true, false},
    {"interpreters", "own-GIL sub-interpreters, one for each thread (CPython 3.12 and newer)", true,
     true, false, false, false},
    {"interpreter-pool",
     "concurrent.futures.InterpreterPoolExecutor, one task for each thread (CPython 3.14 and "
     "newer)",
     false, true, false, false, false},
    {"concurrent-interpreters",
     "concurrent.interpreters, each with a call_in_thread() (CPython 3.14 and newer)", false, true,
     false, false, false},
    {"processes", "persistent worker processes, one for each thread", true, true, false, false,
     true},
    {"native-threads", "C++ threads that attach for each call, as callbacks of a native pool do",
     false, true, true, true, false},
    {"native", "C++ threads computing without Python: the control as a separate case", false, false,
     false, false, false},
}};

const ExecutorKind* find_kind(std::string_view name) {
  const auto* kind = std::find_if(kinds.begin(), kinds.end(),
                                  [&](const ExecutorKind& each) { return each.name == name; });
  return kind == kinds.end() ? nullptr : kind;
}

}  // namespace

std::span<const ExecutorKind> executor_kinds() { return kinds; }

const ExecutorKind& executor_kind(std::string_view name) {
  if (const ExecutorKind* kind = find_kind(name)) return *kind;
  throw UsageError(fmt::format("there is no executor '{}'", name));
}

std::string_view workers_of(std::string_view executor) {
  const ExecutorKind* const kind = find_kind(executor);
  return kind && kind->in_processes ? "processes" : "threads";
}

}  // namespace gilscale
