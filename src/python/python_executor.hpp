#pragma once

#include "python/call_team.hpp"
#include "python/executors.hpp"
#include "python/interpreter.hpp"
#include "python/python_error.hpp"
#include "python/python_workload.hpp"
#include "python/set_up_in_turn.hpp"

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

  double prepare(int threads) final {
    const py::gil_scoped_acquire attached;
    if (team_.size() < threads) {
      while (team_.size() < threads) team_.add_thread();
      start_threads();
    }
    const double setup_s = set_up(threads);
    for (int i = 0; i < threads; ++i) team_.thread(i).use(workload_.call(i));
    return setup_s;
  }

 protected:
  /// Starts those of the team's threads that are missing. Attached. Throws WorkloadError when one
  /// cannot be started.
  virtual void start_threads() = 0;

  PythonWorkload& workload_;
  CallTeam team_;

 private:
  double set_up(int threads) {
    SetUpInTurn set_up(workload_, threads);
    for (int i = 0; i < threads; ++i) team_.do_next(i, [&set_up, i] { set_up(i); });
    {
      const py::gil_scoped_release detached;
      round(threads, 0);
    }
    return set_up.seconds();
  }
};

}  // namespace gilscale
