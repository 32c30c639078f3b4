#include <pybind11/pybind11.h>

#include "gilscale/text/error.hpp"
#include "python/executors.hpp"

#ifdef PYBIND11_HAS_SUBINTERPRETER_SUPPORT

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // GCC 12 does not see why it is not read
#include <pybind11/subinterpreter.h>
#pragma GCC diagnostic pop
#else
#include <pybind11/subinterpreter.h>
#endif

#include <algorithm>
#include <exception>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "python/call_team.hpp"
#include "python/interpreter.hpp"
#include "python/python_workload.hpp"

namespace gilscale {
namespace {

/// A sub-interpreter with a GIL of its own, for one thread: made, used and ended on it. That thread
/// is attached to it for as long as it exists.
class SubInterpreter {
 public:
  SubInterpreter() : interpreter_(py::subinterpreter::create()), attached_(interpreter_) {}
  ~SubInterpreter() {
    flush_output();
    silence_errors();
    if (has_other_threads()) interpreter_.disarm();
  }
  SubInterpreter(const SubInterpreter&) = delete;
  SubInterpreter& operator=(const SubInterpreter&) = delete;

 private:
  py::subinterpreter interpreter_;
  py::subinterpreter_scoped_activate attached_;
};

/// Own-GIL sub-interpreters, each with a thread and an import of the workload of its own.
class InterpretersExecutor : public Executor {
 public:
  explicit InterpretersExecutor(const PythonWorkload& workload)
      : spec_(workload.spec()), team_(workload.name()) {}

  ~InterpretersExecutor() override {
    team_.dismiss();
    // The caller may be attached or not; no interpreter that ends shall have to wait for it.
    const py::gil_scoped_acquire attached;
    const py::gil_scoped_release detached;
    for (std::thread& thread : threads_) thread.join();
  }

  /// Starts them one after the other: CPython 3.12 crashes when interpreters start at the same
  /// time, and modules in C are seldom made for being loaded twice at once.
  double prepare(int threads) override {
    double longest_setup_s = 0;
    while (static_cast<int>(threads_.size()) < threads)
      longest_setup_s = std::max(longest_setup_s, start_member());
    return longest_setup_s;
  }

  RoundTimes round(int threads, CallShare calls) override {
    return team_.checked_round(threads, calls);
  }

 private:
  using Ready = std::promise<double>;

  /// The seconds that the workload's own set-up took.
  double start_member() {
    Ready ready;
    std::future<double> setup_s = ready.get_future();
    const auto serve = [this, &work = team_.add_thread()](Ready promise) { live(work, promise); };
    try {
      threads_.emplace_back(serve, std::move(ready));
    } catch (const std::system_error& error) {
      throw WorkloadError(std::string("a thread cannot be started: ") + error.what() +
                          "; try fewer --threads");
    }
    return setup_s.get();
  }

  /// A member's thread. Everything Python of its interpreter lives and dies in here.
  void live(WorkerThread& work, Ready& ready) const {
    try {
      const SubInterpreter interpreter;
      std::optional<PythonWorkload> workload;
      ready.set_value(load(workload, work));
      work.run_all_rounds();
      workload->tear_down_or_warn();
    } catch (...) {
      ready.set_exception(std::current_exception());
    }
  }

  double load(std::optional<PythonWorkload>& workload, WorkerThread& work) const {
    return in_sub_interpreter([&] {
      workload.emplace(spec_);
      const double setup_s = workload->prepare(1);
      work.use(workload->call(0));
      return setup_s;
    });
  }

  std::string spec_;
  CallTeam team_;
  std::vector<std::thread> threads_;
};

const ExecutorMaker interpreters_maker("interpreters", make_of<InterpretersExecutor>);

}  // namespace
}  // namespace gilscale

#else

namespace gilscale {
namespace {

const ExecutorMaker interpreters_maker("interpreters",
                                       "sub-interpreters with their own GIL need 3.12");

}  // namespace
}  // namespace gilscale

#endif
