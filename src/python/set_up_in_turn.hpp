#pragma once

#include <condition_variable>
#include <exception>
#include <mutex>

#include "python/python_workload.hpp"

namespace gilscale {

/// Sets a workload up on the threads that will make its calls: thread 0 makes what they share, or
/// each thread what it has for itself (--share none). A free-threaded Python gives an object to the
/// thread that made it; all others count references to it with atomic instructions, even where no
/// two of them meet. Set-up code need not be safe for threads: they take turns.
class SetUpInTurn {
 public:
  SetUpInTurn(PythonWorkload& workload, int threads) : workload_(workload), threads_(threads) {}

  /// The part of thread `thread`, called on it, once. Attached; detaches while it waits.
  void operator()(int thread) noexcept;

  /// After all of them: for how long set-up code ran, in seconds. Throws what
  /// PythonWorkload::prepare() threw.
  [[nodiscard]] double seconds() const;

 private:
  void wait_for_turn(int thread);
  void prepare(int threads) noexcept;

  PythonWorkload& workload_;
  int threads_;
  std::mutex mutex_;
  std::condition_variable turn_changed_;
  int turn_ = 0;
  double seconds_ = 0;
  std::exception_ptr failure_;
};

}  // namespace gilscale
