#pragma once

#include "python/call_team.hpp"
#include "python/executors.hpp"
#include "python/in_turn.hpp"
#include "python/interpreter.hpp"
#include "python/python_error.hpp"
#include "python/python_workload.hpp"

namespace gilscale {

/// What executors on Python threads of this interpreter share; a round is theirs to define.
///
/// They set their workload up, and tear it down, on the threads that make its calls: thread 0 does
/// with what they share, or each thread with what it has for itself (--share none). A free-threaded
/// Python gives an object to the thread that made it; all others count references to it with atomic
/// instructions, even where no two of them meet. And some objects may be used by that thread only.
class PythonExecutor : public Executor, private WorkloadOwner {
 public:
  explicit PythonExecutor(PythonWorkload& workload) : workload_(workload), team_(workload.name()) {}
  ~PythonExecutor() override { workload_.leave(*this); }

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
    workload_.belong_to(*this);
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
    const bool own = workload_.has_own_sets();
    double seconds = 0;
    do_on_owners(threads,
                 [&](int thread) { seconds += workload_.prepare(own ? thread + 1 : threads); });
    return seconds;
  }

  void tear_down_workload() override {
    do_on_owners(team_.size(), [&](int thread) { workload_.tear_down_set(thread); });
  }

  /// On each of the threads that has a set, one after the other.
  void do_on_owners(int threads, const InTurn::Job& job) {
    InTurn in_turn([&](int thread) {
      if (thread == 0 || workload_.has_own_sets()) job(thread);
    });
    for (int i = 0; i < threads; ++i) team_.do_next(i, [&in_turn, i] { in_turn(i); });
    {
      const py::gil_scoped_release detached;
      round(threads, 0);
    }
    in_turn.check();
  }
};

}  // namespace gilscale
