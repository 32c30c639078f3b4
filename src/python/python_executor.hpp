#pragma once

#include "python/call_team.hpp"
#include "python/executors.hpp"
#include "python/interpreter.hpp"
#include "python/python_error.hpp"
#include "python/python_workload.hpp"

namespace gilscale {

/// What executors on Python threads of this interpreter share; a round is theirs to define.
class PythonExecutor : public Executor {
 public:
  explicit PythonExecutor(PythonWorkload& workload) : workload_(workload), team_(workload.name()) {}

  bool shares_gil() override {
    const py::gil_scoped_acquire attached;
    PyEval_RestoreThread(detach_and_show_gil());  // it may have been switched on meanwhile
    return gil_enabled();
  }

 protected:
  /// Work and a call for each of `threads` threads; see Executor::prepare(). Attached.
  double prepare_threads(int threads) {
    while (team_.size() < threads) team_.add_thread();
    const double setup_s = workload_.prepare(threads);
    for (int i = 0; i < threads; ++i) team_.thread(i).use(workload_.call(i));
    return setup_s;
  }

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

  PythonWorkload& workload_;
  CallTeam team_;
};

}  // namespace gilscale
