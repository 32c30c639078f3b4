#include <pybind11/pybind11.h>

#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "gilscale/text/error.hpp"
#include "python/executors.hpp"
#include "python/python_executor.hpp"

namespace gilscale {
namespace {

/// Threads that C++ makes and Python does not know: each attaches for a call and detaches after it,
/// as the callbacks of a library's own thread pool do. Attaching makes a thread state and detaching
/// ends it (PyGILState_Ensure, PyGILState_Release), which is part of what such a call costs.
class NativeThreadsExecutor : public PythonExecutor {
 public:
  using PythonExecutor::PythonExecutor;

  /// Detached: its threads may still want to attach.
  ~NativeThreadsExecutor() override {
    team_.dismiss();
    for (std::thread& thread : threads_) thread.join();
  }

  RoundTimes round(int threads, CallShare calls) override {
    return team_.checked_round(threads, calls);
  }

 protected:
  void start_threads() override {
    while (static_cast<int>(threads_.size()) < team_.size()) start_one();
  }

 private:
  void start_one() {
    WorkerThread& work = team_.thread(static_cast<int>(threads_.size()));
    try {
      threads_.emplace_back([&work] { work.attach_for_each_call(); });
    } catch (const std::system_error& error) {
      throw WorkloadError(std::string("a thread cannot be started: ") + error.what() +
                          "; try fewer --threads");
    }
  }

  std::vector<std::thread> threads_;
};

const ExecutorMaker native_threads_maker("native-threads", make_of<NativeThreadsExecutor>);

}  // namespace
}  // namespace gilscale
