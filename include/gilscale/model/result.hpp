#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gilscale/measure/point.hpp"
#include "gilscale/model/case.hpp"

namespace gilscale {

/// Whether the GIL was enabled at three moments of a case; importing a module can switch it back on
/// in a free-threaded build. Where each thread has an interpreter or a process of its own, it is
/// not shared.
/// An extension module of a free-threaded Python that does not say that it can do without the GIL.
struct GilModule {
  std::string name;
  std::string file;
  std::string distribution;  ///< "numpy 2.1.0"; empty if it is of none
};

struct GilState {
  bool at_start = true;
  bool after_import = true;
  bool after_run = true;
  bool shared = true;  ///< the executor's threads have one GIL in common
  /// Of a free-threaded Python: those that switched the GIL on, or would have.
  std::vector<GilModule> modules = {};
};

/// The modules that switched the GIL on, which was off; empty if none did.
std::span<const GilModule> enabled_by(const GilState& gil);

struct PythonInfo {
  std::string version;     ///< "3.13.1"
  std::string build;       ///< "default" or "free-threaded"
  std::string executable;  ///< whose packages are seen
  bool debug = false;      ///< a debug build
  /// What is switched on after the workload's import and slows it down: "a trace function is set
  /// (sys.settrace)". One line each.
  std::vector<std::string> hooks = {};
  double empty_call_s = 0;  ///< what gilscale needs to call a function that does nothing
};

enum class FailureKind {
  usage,      ///< the command line asks for something that cannot be
  exception,  ///< the workload raised one
  signal,     ///< ended the worker
  exit,       ///< the worker exited without a result
  timeout,
  interrupted,
  unreachable,  ///< the place where it was to be measured
  unavailable,  ///< not an error: this Python does not have what the case needs
};

/// "usage" and so on, as in result files.
std::string_view to_string(FailureKind kind);
/// The kind of that word; exception for any other.
FailureKind failure_kind_of(std::string_view word);

/// Why a case ended early.
struct Failure {
  FailureKind kind;
  std::string message;  ///< one sentence and the next move
  std::string details;  ///< a traceback, as a rule; may be empty
};

/// What is known of a case, complete or not.
struct CaseResult {
  Case planned;
  std::optional<PythonInfo> python;  ///< none if the worker ended before, or runs no Python
  GilState gil;
  std::vector<Point> points;
  std::vector<FoundWorkload> found;  ///< when the case only asked what a file holds
  nlohmann::json benchmarks = nlohmann::json::array();  ///< Google Benchmark's entries
  nlohmann::json context = nlohmann::json::object();    ///< Google Benchmark's context
  std::optional<Failure> failure;
};

/// The point with this many threads; null if there is none, or none with samples.
const Point* point_at(const CaseResult& result, int threads);

/// The case of the same workload on the same executor; null if there is none.
const CaseResult* same_case(const Case& planned, const std::vector<CaseResult>& results);

}  // namespace gilscale
