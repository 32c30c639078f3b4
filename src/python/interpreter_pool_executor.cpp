#include "python/executors.hpp"
#include "python/interpreter_tasks.hpp"

#if PY_VERSION_HEX >= 0x030E0000

#include <pybind11/stl.h>

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "python/python_error.hpp"

namespace gilscale {
namespace {

using Clock = std::chrono::steady_clock;

/// concurrent.futures.InterpreterPoolExecutor: a round submits one task for each thread and takes
/// every result, as with the executor `pool`.
class InterpreterPoolExecutor : public InterpretersOfPython {
 public:
  using InterpretersOfPython::InterpretersOfPython;

  ~InterpreterPoolExecutor() override {
    team().dismiss();
    end_quietly([this] { end_pool(); });
    pool_.release();  // of one that is broken
  }

  double prepare(int threads) override {
    if (threads <= team().size()) return 0;
    const py::gil_scoped_acquire attached;
    end_pool();
    while (team().size() < threads) team().add_thread();
    pool_ = py::module_::import("concurrent.futures").attr("InterpreterPoolExecutor")(threads);
    in_each("enter_with_all");
    return check_tasks();
  }

  RoundTimes round(int threads, CallShare calls) override {
    return team().round_of_tasks(
        threads, calls, [&] { submit("take_round", threads, [](int i) { return i; }); },
        [&] { take_results(); });
  }

  std::optional<double> dispatched_round_s(int threads, CallShare calls) override {
    const Clock::time_point began = Clock::now();
    submit("make_calls", threads, [calls](int i) { return calls.of(i); });
    take_results();
    const std::chrono::duration<double> took = Clock::now() - began;
    check_tasks();
    return took.count();
  }

 private:
  void end_pool() {
    if (!pool_) return;
    in_each("leave_with_all");
    if (must_be_left())
      pool_.release();  // its threads end their interpreters when it goes
    else
      pool_.attr("shutdown")();
    pool_ = py::object();
  }

  /// A task of that name on each of the pool's threads: none ends before all have begun. Attached.
  void in_each(const char* name) {
    const int threads = team().size();
    expect(threads);
    try {
      submit(name, threads);
      const py::module_ library = py::module_::import("concurrent.futures");
      library.attr("wait")(futures_, py::arg("return_when") = library.attr("FIRST_EXCEPTION"));
    } catch (...) {
      let_all_pass();
      wait_for_all();
      throw;
    }
    let_all_pass();
    take_results();
  }

  /// For each thread the task of that name, with what these functions make of the thread's number.
  template <typename... Arguments>
  void submit(const char* name, int threads, const Arguments&... of) {
    const py::gil_scoped_acquire attached;
    const py::object function = task(name);
    for (int i = 0; i < threads; ++i)
      futures_.push_back(
          start_thread([&] { return pool_.attr("submit")(function, address(), of(i)...); }));
  }

  /// No task may be left that still knows of this. Attached.
  void wait_for_all() {
    end_quietly([this] { py::module_::import("concurrent.futures").attr("wait")(futures_); });
    futures_.clear();
  }

  /// WorkloadError when a task has none, as where the pool is broken.
  void take_results() {
    const py::gil_scoped_acquire attached;
    const std::vector<py::object> futures = std::exchange(futures_, {});
    try {
      for (const py::object& future : futures) future.attr("result")();
    } catch (py::error_already_set& error) {
      throw workload_error("a sub-interpreter of the pool cannot be used:", take_exception(error),
                           "measure it with another executor");
    }
  }

  py::object pool_;
  std::vector<py::object> futures_;
};

const ExecutorMaker interpreter_pool_maker("interpreter-pool", make_of<InterpreterPoolExecutor>);

}  // namespace
}  // namespace gilscale

#else

namespace gilscale {
namespace {

const ExecutorMaker interpreter_pool_maker("interpreter-pool",
                                           "InterpreterPoolExecutor needs 3.14");

}  // namespace
}  // namespace gilscale

#endif
