#include <pybind11/pybind11.h>

#include <string>
#include <vector>

#include "python/executors.hpp"
#include "python/python_executor.hpp"

namespace gilscale {
namespace {

/// A team of threading.Thread: made once, so that rounds pay for no thread's start.
class ThreadsExecutor : public PythonExecutor {
 public:
  using PythonExecutor::PythonExecutor;

  ~ThreadsExecutor() override {
    team_.dismiss();
    end_quietly([this] {
      for (const py::object& thread : threads_) thread.attr("join")();
      threads_.clear();
    });
  }

  RoundTimes round(int threads, CallShare calls) override {
    return team_.checked_round(threads, calls);
  }

 protected:
  void start_threads() override {
    while (static_cast<int>(threads_.size()) < team_.size())
      threads_.push_back(start_thread([this] { return started_thread(); }));
  }

 private:
  py::object started_thread() {
    const int index = static_cast<int>(threads_.size());
    const py::cpp_function target([&work = team_.thread(index)] { work.run_all_rounds(); });
    const py::object thread =
        py::module_::import("threading")
            .attr("Thread")(py::arg("target") = target,
                            py::arg("name") = "gilscale-" + std::to_string(index),
                            py::arg("daemon") = true);
    thread.attr("start")();
    return thread;
  }

  std::vector<py::object> threads_;
};

const ExecutorMaker threads_maker("threads", make_of<ThreadsExecutor>);

}  // namespace
}  // namespace gilscale
