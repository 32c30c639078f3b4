#pragma once

#include "gilscale/executor.hpp"
#include "python/call_team.hpp"
#include "python/python_error.hpp"

namespace gilscale {

/// What executors on Python threads share; a round is theirs to define.
class PythonExecutor : public Executor {
 public:
  PythonExecutor(PythonWorkload& workload, Placement placement)
      : team_(workload, std::move(placement)) {}

  std::optional<double> gil_demand(std::int64_t calls) override {
    if (!team_.shares_gil()) return std::nullopt;
    team_.keep_ledger(true);
    const RoundTimes times = round(1, calls);
    team_.keep_ledger(false);
    return team_.gil_demand(times);
  }

 protected:
  /// For destructors: what Python objects when threads end concerns nobody any more. Attaches.
  template <typename End>
  static void end_quietly(const End& end) noexcept {
    const py::gil_scoped_acquire attached;
    try {
      end();
    } catch (const py::error_already_set&) {
      // An interpreter that is being torn down has no thread left to join.
    }
  }

  /// Calls `start`, which starts a thread in Python; WorkloadError when that fails. Attached.
  template <typename Start>
  static py::object start_thread(const Start& start) {
    try {
      return start();
    } catch (py::error_already_set& error) {
      throw workload_error("a thread cannot be started:", take_exception(error),
                           "try fewer --threads");
    }
  }

  CallTeam team_;
};

}  // namespace gilscale
