#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gilscale/model/parameters.hpp"

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

/// Whether the threads of a process share one set of arguments, made by one run of set-up code, or
/// each thread has its own.
enum class Sharing { all, none };

/// "all" or "none".
std::string_view to_string(Sharing sharing);
/// The sharing of that word; all for any other.
Sharing sharing_of(std::string_view word);

/// What is measured: a callable and its arguments, still as text; only the worker knows Python.
struct WorkloadSpec {
  std::string name;           ///< as the user gave it
  std::string module;         ///< importable module; empty if `file` is given
  std::string file;           ///< path of a Python file; empty if `module` is given
  std::string attribute;      ///< dotted path of the callable in it
  std::string args = "()";    ///< Python literal: a tuple
  std::string kwargs = "{}";  ///< Python literal: a dict
  bool builtin = false;       ///< its module lies in the workloads folder
  std::string setup;          ///< code that runs before `statement`, as timeit's; may be empty
  std::string statement;      ///< code to measure instead of a callable; empty for a callable
  /// Names and literals: arguments by keyword, or what a statement finds as variables.
  std::vector<std::pair<std::string, std::string>> params;
  std::vector<std::string> path = {};  ///< folders to import from before all others
  Sharing share = Sharing::all;
  /// For "Class.method" of one instance that all threads share: the literal of which the class
  /// receives a list, one element for each thread; thread i passes i. Empty otherwise.
  std::string shared_element;
  /// Nobody counts references to what the calls use; see ImmortalTrial.
  bool immortal = false;

  friend bool operator==(const WorkloadSpec&, const WorkloadSpec&) = default;
};

/// How the user names and parameterises workloads.
struct WorkloadOptions {
  std::vector<std::string> names;
  int fib = 30;
  std::string args;                    ///< empty: the workload's own
  std::string kwargs;                  ///< empty: none
  std::vector<std::string> setup;      ///< lines of code before `statement`
  std::vector<std::string> statement;  ///< lines of code that are one more workload; may be empty
  std::vector<Axis> params;
  std::vector<std::string> path;  ///< folders to import from
};

/// A workload that a file holds by the convention of docs/workloads.md.
struct FoundWorkload {
  std::string attribute;
  std::vector<Axis> params;
};

/// What the files among the names hold, by their paths.
using FoundWorkloads = std::map<std::string, std::vector<FoundWorkload>>;

/// The file whose workloads the name stands for, all of them ("file.py") or one of them
/// ("file.py:bench_name"); nothing for any other name.
std::optional<std::string> bench_file_of(const std::string& name);

/// The specification by which a worker tells what such a file holds.
WorkloadSpec discovery_spec(const std::string& file, const WorkloadOptions& options);

inline constexpr int largest_fib = 45;  ///< already seconds for C++ and minutes for Python

/// The specification of each workload named, one for each combination of its parameters;
/// UsageError for a name that is neither built in nor of the form module:callable, file.py or
/// file.py:name, with near matches. `found` holds what the files hold.
std::vector<WorkloadSpec> resolve_workloads(const WorkloadOptions& options,
                                            const FoundWorkloads& found = {});

/// "cpp_fib/30", "hold_release/1000,4000", "m:f/size=64/share:none": the name and its arguments, as
/// in benchmark names.
std::string label_of(const WorkloadSpec& spec);

}  // namespace gilscale
