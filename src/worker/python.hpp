#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gilscale/machine/placement.hpp"
#include "gilscale/measure/call_error.hpp"
#include "gilscale/measure/executor.hpp"
#include "gilscale/measure/team.hpp"
#include "gilscale/model/executable.hpp"
#include "gilscale/model/result.hpp"
#include "gilscale/model/workloads.hpp"
#include "gilscale/python/plugin.hpp"
#include "gilscale/supervise/interpreter.hpp"

namespace gilscale {

/// A workload as plug-ins take it; built-in ones are imported from the folder `workloads`.
std::string text_for_plugin(const WorkloadSpec& workload,
                            const std::filesystem::path& workloads = share_folder() / "workloads");
/// What plug-ins say that a file holds.
std::vector<FoundWorkload> found_in(const std::string& text);

/// A Python inside this process, behind its plug-in: one in each process, which stays to its end.
/// One thread uses it, and is detached from Python whenever it does.
class Python {
 public:
  /// Opens the files and starts the interpreter. Threads run at `placement`. Throws Error where
  /// that fails.
  Python(const PythonFiles& files, const Placement& placement);
  /// Writes out what the workload printed.
  ~Python();
  Python(const Python&) = delete;
  Python& operator=(const Python&) = delete;

  [[nodiscard]] PythonInfo info() const;
  [[nodiscard]] bool gil_enabled() const;
  [[nodiscard]] std::vector<GilModule> gil_modules() const;
  [[nodiscard]] double switch_interval_s() const;

  /// What a file holds; see discovery_spec(). Throws like load().
  [[nodiscard]] std::vector<FoundWorkload> discover(const WorkloadSpec& workload) const;
  /// The workload that all further functions are about. Throws UsageError for arguments that are
  /// no literals or that the callable does not take, WorkloadError when the module cannot be
  /// imported or has no such callable.
  void load(const WorkloadSpec& workload);
  /// Runs the teardown of its file. Throws WorkloadError when that fails.
  void tear_down();

  /// Throws UnavailableError where this Python lacks what that kind needs. It must not outlive
  /// this.
  std::unique_ptr<Executor> make_executor(const std::string& kind);

  /// Sets the workload up for this thread to play with. The seconds that its own set-up code took.
  double prepare_member();
  using OnRaised = std::function<void(const Raised& raised)>;
  /// Takes part in the team's rounds until it is dismissed. `on_raised` is told of what calls
  /// raise, before their round is over; it must not throw.
  void play(Team& team, Team::Member& me, const OnRaised& on_raised);

 private:
  const border::Plugin& plugin_;
  std::filesystem::path workloads_;  ///< the built-in ones for it
};

}  // namespace gilscale
