#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "gilscale/measure/bystander.hpp"
#include "gilscale/measure/executor.hpp"

/// The border between gilscale's executable and what it opens for each Python,
/// lib/gilscale/worker-<SOABI>.so. Only what C has crosses it: numbers, structs of numbers, text,
/// functions, and pointers to what stays the other side's. No type of the standard library, no
/// exception and no thread_local does, so that both may come from different compilers.
///
/// Each side looks at the other's `interface_version` before anything else. Raise it with whatever
/// changes below.
namespace gilscale::border {

inline constexpr std::uint32_t interface_version = 5;

/// UTF-8, not ended by a zero. Whoever is given one copies it before it returns.
struct Text {
  const char* data;
  std::size_t size;
};

// For either side on its own: what it makes of a text.
inline Text text_of(std::string_view text) { return {text.data(), text.size()}; }
inline std::string string_of(Text text) { return {text.data, text.size}; }

/// Takes what a function has to tell, before that function returns.
struct TextSink {
  void* to;
  void (*tell)(void* to, Text text);
};

enum class FaultKind : std::int32_t { usage, unavailable, exception };

/// Takes why a function failed. `details` is a traceback as a rule, and may be empty.
struct FailureSink {
  void* to;
  void (*tell)(void* to, FaultKind kind, Text message, Text details);
};

/// Takes what a call of the workload raised, on the thread that made it, detached.
struct RaisedSink {
  void* to;
  void (*tell)(void* to, Text summary, Text traceback);
};

/// PythonInfo.
struct Info {
  Text version;
  Text build;
  Text executable;
  Text hooks;  ///< one in a line
  std::int32_t debug;
  double empty_call_s;
};
struct InfoSink {
  void* to;
  void (*tell)(void* to, const Info* info);
};

// They cross as C structs would.
static_assert(std::is_trivially_copyable_v<CallShare> && std::is_standard_layout_v<CallShare>);
static_assert(std::is_trivially_copyable_v<RoundTimes> && std::is_standard_layout_v<RoundTimes>);

struct Team;
struct Member;
struct Executor;

/// A module that needs the GIL; see GilModule.
struct GilModule {
  Text name;
  Text file;
  Text distribution;
};
struct GilModuleSink {
  void* to;
  void (*tell)(void* to, const GilModule* module);
};

/// What the executable does for a plug-in. See measure/team.hpp and ledger/ledger.hpp.
struct Host {
  std::uint32_t interface_version;

  Team* (*make_team)();  ///< null where there is no memory for one
  void (*delete_team)(Team* team);
  Member* (*add_member)(Team* team);
  void (*round)(Team* team, int threads, CallShare calls, RoundTimes* times);
  void (*dismiss)(Team* team);
  std::int64_t (*wait_for_round)(Team* team, Member* me);  ///< below 0 on dismissal
  void (*pass_gate)(Team* team, Member* me);
  void (*stop_clocks)(Team* team, Member* me);
  void (*finish)(Team* team);

  /// The calling thread detaches between the beginning and the end.
  void (*learn_gil)(bool begins);
};

/// What a plug-in does for the executable. One thread calls it, start() first, and is detached from
/// Python whenever it does. Functions that can fail return false when they did.
struct Plugin {
  std::uint32_t interface_version;
  const char* gilscale_version;

  /// Starts CPython as the interpreter `executable` would.
  bool (*start)(const Host* host, const char* executable, FailureSink failure);
  void (*info)(InfoSink info);
  bool (*gil_enabled)();
  /// Tells each module that needs the GIL; none but on a free-threaded Python.
  bool (*gil_modules)(GilModuleSink found, FailureSink failure);
  double (*switch_interval_s)();

  /// What the file of a workload holds, as JSON: [[function, [[parameter, [literal, ...]], ...]],
  /// ...]. A workload is a WorkloadSpec as JSON without null, true and false.
  bool (*discover)(Text workload, TextSink found, FailureSink failure);
  /// Imports the workload that all further functions are about.
  bool (*load)(Text workload, FailureSink failure);
  bool (*tear_down)(FailureSink failure);
  /// Writes out what sys.stdout and sys.stderr have buffered.
  void (*flush)();

  /// See Executor; null on failure.
  Executor* (*make_executor)(Text kind, FailureSink failure);
  void (*delete_executor)(Executor* executor);
  bool (*prepare)(Executor* executor, int threads, double* setup_s, FailureSink failure);
  bool (*round)(Executor* executor, int threads, CallShare calls, RoundTimes* times,
                FailureSink failure);
  bool (*shares_gil)(Executor* executor);

  /// The same as dispatched_round_s().
  bool (*dispatched_round)(Executor* executor, int threads, CallShare calls, bool* told,
                           double* seconds, FailureSink failure);

  /// Where threads are in Python code while they make calls.
  PythonPlaces places;

  /// Of threads that make none.
  PythonAccess access;

  /// Sets the workload up for the calling thread, which calls play() next.
  bool (*prepare_member)(double* setup_s, FailureSink failure);
  /// Takes part in rounds until the team is dismissed.
  void (*play)(Team* team, Member* me, RaisedSink raised);
};

/// What a plug-in exports.
inline constexpr const char* plugin_symbol = "gilscale_plugin";
using PluginFunction = const Plugin*();

}  // namespace gilscale::border
