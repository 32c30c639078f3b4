#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gilscale {

/// A workload that comes with gilscale, as `gilscale list` shows it.
struct BuiltinWorkload {
  std::string_view name;
  std::string_view suite;      ///< "fib" or "calibration"
  std::string_view module;     ///< in the workloads folder of the installation
  std::string_view attribute;  ///< "f", or "Class.method" for a method of one shared instance
  std::string_view arguments;  ///< what --args means, for help; empty for the suite fib
  std::string_view defaults;   ///< --args when none are given; empty for the suite fib
  std::string_view summary;
};

std::span<const BuiltinWorkload> builtin_workloads();

/// The built-in workload of that name; null if there is none.
const BuiltinWorkload* find_builtin(std::string_view name);

/// Workload names after suites are replaced by their members; none means the suite `fib`.
std::vector<std::string> expand_suites(const std::vector<std::string>& names);

/// What is measured: a callable and its arguments, still as text; only the worker knows Python.
struct WorkloadSpec {
  std::string name;           ///< as the user gave it
  std::string module;         ///< importable module; empty if `file` is given
  std::string file;           ///< path of a Python file; empty if `module` is given
  std::string attribute;      ///< dotted path of the callable in it
  std::string args = "()";    ///< Python literal: a tuple
  std::string kwargs = "{}";  ///< Python literal: a dict
  bool builtin = false;       ///< its module lies in the workloads folder
  /// For "Class.method" of one instance that all threads share: the literal of which the class
  /// receives a list, one element for each thread; thread i passes i. Empty otherwise.
  std::string shared_element;

  friend bool operator==(const WorkloadSpec&, const WorkloadSpec&) = default;
};

/// How the user names and parameterises workloads.
struct WorkloadOptions {
  std::vector<std::string> names;
  int fib = 30;
  std::string args;    ///< empty: the workload's own
  std::string kwargs;  ///< empty: none
};

inline constexpr int largest_fib = 45;  ///< already seconds for C++ and minutes for Python

/// The specification of each workload named; UsageError for a name that is neither built in nor of
/// the form module:callable or file.py:name, with near matches.
std::vector<WorkloadSpec> resolve_workloads(const WorkloadOptions& options);

/// "cpp_fib/30", "hold_release/1000,4000": the name and its arguments, as in benchmark names.
std::string label_of(const WorkloadSpec& spec);

}  // namespace gilscale
