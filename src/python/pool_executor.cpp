#include <pybind11/pybind11.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "python/executors.hpp"
#include "python/python_executor.hpp"

namespace gilscale {
namespace {

using Clock = std::chrono::steady_clock;

/// concurrent.futures.ThreadPoolExecutor: a round submits one task for each thread and takes every
/// result. All tasks of a round meet at the start gate, so each has a thread of its own; what
/// submitting and collecting cost is the round's handover time, not part of its makespan.
///
/// The pool's threads are started before the first round: since CPython 3.12 a pool may take a busy
/// thread for an idle one and not start another, and then a round would wait for ever.
class PoolExecutor : public PythonExecutor {
 public:
  using PythonExecutor::PythonExecutor;

  ~PoolExecutor() override {
    team_.dismiss();  // of tasks that wait for a round, when not all of it could be submitted
    end_quietly([this] {
      if (pool_) pool_.attr("shutdown")();
      tasks_.clear();
      plain_tasks_.clear();
      futures_.clear();
      pool_ = py::object();
    });
  }

  RoundTimes round(int threads, CallShare calls) override {
    return team_.round_of_tasks(threads, calls, [&] { submit_round(threads); }, [&] { collect(); });
  }

  std::optional<double> dispatched_round_s(int threads, CallShare calls) override {
    const py::gil_scoped_acquire attached;
    const Clock::time_point began = Clock::now();
    try {
      for (int i = 0; i < threads; ++i)
        futures_.push_back(
            pool_.attr("submit")(plain_tasks_[static_cast<std::size_t>(i)], calls.of(i)));
      take_results();
    } catch (py::error_already_set& error) {
      wait_for_all();
      throw task_error(workload_.name(), take_exception(error));
    }
    return std::chrono::duration<double>(Clock::now() - began).count();
  }

 protected:
  /// All of them: a pool cannot be told to start one.
  void start_threads() override {
    const int threads = team_.size();
    if (pool_) pool_.attr("shutdown")();
    pool_ = py::module_::import("concurrent.futures").attr("ThreadPoolExecutor")(threads);
    tasks_.clear();
    plain_tasks_.clear();
    for (int i = 0; i < threads; ++i) {
      WorkerThread& work = team_.thread(i);
      tasks_.push_back(py::cpp_function([&work] { work.run_one_round(); }));
      plain_tasks_.push_back(py::cpp_function([&work](std::int64_t calls) {
        if (!work.make_calls_at_once(calls)) throw py::error_already_set();
      }));
    }
    start_all(threads);
  }

 private:
  /// Of a round of which one failed: no task may run beside what comes next.
  void wait_for_all() {
    for (const py::object& future : futures_) future.attr("exception")();
    futures_.clear();
  }

  /// Each task holds a thread until all have been submitted, so that none of them is ever idle.
  void start_all(int threads) {
    const py::object all_submitted = py::module_::import("threading").attr("Event")();
    py::object wait = all_submitted.attr("wait");
    try {
      submit(threads, [&wait](int) -> const py::object& { return wait; });
    } catch (...) {
      all_submitted.attr("set")();
      throw;
    }
    all_submitted.attr("set")();
    take_results();
  }

  /// Attached, as is take_results().
  template <typename TaskOf>
  void submit(int threads, const TaskOf& task_of) {
    for (int i = 0; i < threads; ++i)
      futures_.push_back(start_thread([&] { return pool_.attr("submit")(task_of(i)); }));
  }

  void take_results() {
    for (const py::object& future : futures_) future.attr("result")();
    futures_.clear();
  }

  void submit_round(int threads) {
    const py::gil_scoped_acquire attached;
    submit(threads, [this](int i) { return tasks_[static_cast<std::size_t>(i)]; });
  }

  void collect() {
    const py::gil_scoped_acquire attached;
    take_results();
  }

  py::object pool_;
  std::vector<py::object> tasks_;        ///< play in gated rounds
  std::vector<py::object> plain_tasks_;  ///< make calls, as people's tasks do
  std::vector<py::object> futures_;
};

const ExecutorMaker pool_maker("pool", make_of<PoolExecutor>);

}  // namespace
}  // namespace gilscale
