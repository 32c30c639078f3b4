#include "python/interpreter_tasks.hpp"

#if PY_VERSION_HEX >= 0x030E0000

#include <pybind11/embed.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <utility>

#include "gilscale/text/error.hpp"
#include "python/interpreter.hpp"
#include "python/python_error.hpp"

namespace gilscale {
namespace {

/// The workloads of interpreters that have entered, by interpreter.
class Entered {
 public:
  void add(std::unique_ptr<PythonWorkload> workload) {
    const std::scoped_lock lock(mutex_);
    workloads_[here()] = std::move(workload);
  }

  /// That of the interpreter that the calling thread is attached to; null if it has none.
  PythonWorkload* find() {
    const std::scoped_lock lock(mutex_);
    const auto found = workloads_.find(here());
    return found == workloads_.end() ? nullptr : found->second.get();
  }

  std::unique_ptr<PythonWorkload> take() {
    const std::scoped_lock lock(mutex_);
    const auto found = workloads_.extract(here());
    return found ? std::move(found.mapped()) : nullptr;
  }

 private:
  static std::int64_t here() { return PyInterpreterState_GetID(PyInterpreterState_Get()); }

  std::mutex mutex_;
  std::map<std::int64_t, std::unique_ptr<PythonWorkload>> workloads_;
};

/// Never destroyed, as the interpreters may be.
Entered& entered() {
  static auto* const all = new Entered;
  return *all;
}

InterpretersOfPython& behind(std::intptr_t address) {
  return *reinterpret_cast<InterpretersOfPython*>(address);
}

}  // namespace

InterpretersOfPython::InterpretersOfPython(const PythonWorkload& workload)
    : spec_(workload.spec()), team_(workload.name()) {}

py::object InterpretersOfPython::task(const char* name) {
  return py::module_::import("_gilscale_tasks").attr(name);
}

std::intptr_t InterpretersOfPython::address() const {
  return reinterpret_cast<std::intptr_t>(this);
}

void InterpretersOfPython::enter() noexcept {
  const std::unique_lock entering = [this] {
    const py::gil_scoped_release detached;
    return std::unique_lock(entering_);
  }();
  if (entered().find()) return;
  try {
    in_sub_interpreter([this] {
      auto workload = std::make_unique<PythonWorkload>(spec_);
      const double setup_s = workload->prepare(1);
      entered().add(std::move(workload));
      const std::scoped_lock lock(mutex_);
      longest_setup_s_ = std::max(longest_setup_s_, setup_s);
    });
  } catch (...) {
    keep(std::current_exception());
  }
}

void InterpretersOfPython::meet() {
  const py::gil_scoped_release detached;
  std::unique_lock lock(mutex_);
  if (--expected_ <= 0) all_are_here_.notify_all();
  all_are_here_.wait(lock, [this] { return expected_ <= 0; });
}

void InterpretersOfPython::leave() noexcept {
  if (const std::unique_ptr<PythonWorkload> workload = entered().take())
    workload->tear_down_or_warn();
  flush_output();
  silence_errors();
  if (has_other_threads()) must_be_left_ = true;
}

WorkerThread& InterpretersOfPython::thread(int index) {
  WorkerThread& thread = team_.thread(index);
  thread.use(entered().find()->call(0));
  return thread;
}

void InterpretersOfPython::take_round(int index) { thread(index).run_one_round(); }

void InterpretersOfPython::live(int index) {
  enter();
  // Before they meet: the team may grow after that.
  WorkerThread* const me = entered().find() ? &thread(index) : nullptr;
  meet();
  if (me) me->run_all_rounds();
  leave();
}

void InterpretersOfPython::make_calls(std::int64_t calls) {
  const std::chrono::duration<double> interval(switch_interval_s());
  if (entered().find()->call(0).repeat(calls, interval)) return;
  keep(std::make_exception_ptr(task_error(team_.workload(), take_exception())));
}

void InterpretersOfPython::expect(int tasks) {
  const std::scoped_lock lock(mutex_);
  expected_ = tasks;
}

void InterpretersOfPython::let_all_pass() {
  expect(0);
  all_are_here_.notify_all();
}

double InterpretersOfPython::check_tasks() {
  const std::scoped_lock lock(mutex_);
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
  return std::exchange(longest_setup_s_, 0);
}

void InterpretersOfPython::keep(std::exception_ptr failure) {
  const std::scoped_lock lock(mutex_);
  if (!failure_) failure_ = std::move(failure);
}

}  // namespace gilscale

// A built-in module from the start of Python on, which each interpreter makes for itself; no GIL
// has to be switched on for it.
//
// NOLINTNEXTLINE(performance-unnecessary-value-param): the macro's
PYBIND11_EMBEDDED_MODULE(_gilscale_tasks, module, pybind11::mod_gil_not_used(),
                         pybind11::multiple_interpreters::per_interpreter_gil()) {
  using gilscale::behind;
  module.def("enter_with_all", [](std::intptr_t executor) {
    behind(executor).enter();
    behind(executor).meet();
  });
  module.def("leave_with_all", [](std::intptr_t executor) {
    behind(executor).leave();
    behind(executor).meet();
  });
  module.def("take_round",
             [](std::intptr_t executor, int thread) { behind(executor).take_round(thread); });
  module.def("live", [](std::intptr_t executor, int thread) { behind(executor).live(thread); });
  module.def("make_calls", [](std::intptr_t executor, std::int64_t calls) {
    behind(executor).make_calls(calls);
  });
}

#endif
