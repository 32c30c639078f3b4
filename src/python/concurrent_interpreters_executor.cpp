#include "python/executors.hpp"
#include "python/interpreter_tasks.hpp"

#if PY_VERSION_HEX >= 0x030E0000

#include <algorithm>
#include <vector>

#include "python/python_error.hpp"

namespace gilscale {
namespace {

/// concurrent.interpreters: an Interpreter for each thread, and one call_in_thread() of it for all
/// rounds.
class ConcurrentInterpretersExecutor : public InterpretersOfPython {
 public:
  using InterpretersOfPython::InterpretersOfPython;

  ~ConcurrentInterpretersExecutor() override {
    team().dismiss();
    end_quietly([this] {
      for (const py::object& thread : threads_) thread.attr("join")();
      for (py::object& interpreter : interpreters_) end_interpreter(interpreter);
      threads_.clear();
      interpreters_.clear();
    });
  }

  double prepare(int threads) override {
    const py::gil_scoped_acquire attached;
    double longest_setup_s = 0;
    while (static_cast<int>(threads_.size()) < threads) {
      add_interpreter();
      longest_setup_s = std::max(longest_setup_s, check_tasks());
    }
    return longest_setup_s;
  }

  RoundTimes round(int threads, CallShare calls) override {
    return team().checked_round(threads, calls);
  }

 private:
  void end_interpreter(py::object& interpreter) {
    if (must_be_left())
      interpreter.release();
    else
      interpreter.attr("close")();
  }

  void add_interpreter() {
    const int index = team().size();
    team().add_thread();
    try {
      const py::object interpreter = interpreters_.emplace_back(
          py::module_::import("concurrent.interpreters").attr("create")());
      expect(2);
      threads_.push_back(interpreter.attr("call_in_thread")(task("live"), address(), index));
    } catch (py::error_already_set& error) {
      throw workload_error("a sub-interpreter cannot be used:", take_exception(error),
                           "try fewer --threads, or measure it with another executor");
    }
    meet();
  }

  std::vector<py::object> interpreters_;
  std::vector<py::object> threads_;
};

const ExecutorMaker concurrent_interpreters_maker("concurrent-interpreters",
                                                  make_of<ConcurrentInterpretersExecutor>);

}  // namespace
}  // namespace gilscale

#else

namespace gilscale {
namespace {

const ExecutorMaker concurrent_interpreters_maker("concurrent-interpreters",
                                                  "concurrent.interpreters needs 3.14");

}  // namespace
}  // namespace gilscale

#endif
