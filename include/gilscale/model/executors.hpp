#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gilscale {

/// A way to run calls at once, as --executor and `gilscale list` name it, and all that is to be
/// known of it without having one: who makes it, src/python says.
struct ExecutorKind {
  std::string_view name;
  std::string_view summary;
  bool in_all;          ///< one of those that the word "all" stands for
  bool runs_python;     ///< its cases measure workloads; else they are the control
  bool shares_gil;      ///< all its threads have one GIL, if there is any
  bool shares_objects;  ///< its threads can share arguments
  bool in_processes;    ///< each of its threads is a process of its own
};

/// All of them; the first is the default.
std::span<const ExecutorKind> executor_kinds();

/// Throws UsageError if there is none of that name.
const ExecutorKind& executor_kind(std::string_view name);

/// "processes" or "threads": what its N are. A kind that is not known, as of another version, has
/// threads.
std::string_view workers_of(std::string_view executor);

}  // namespace gilscale
