#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <utility>

namespace gilscale {

/// Lets the threads of a round do a job each, one after the other: code that sets a workload up, or
/// tears it down, need not be safe for threads.
class InTurn {
 public:
  using Job = std::function<void(int thread)>;

  explicit InTurn(Job job) : job_(std::move(job)) {}

  /// The part of thread `thread`, called on it, once. Attached; detaches while it waits.
  void operator()(int thread) noexcept;

  /// After all of them: throws what a job threw. Those of the threads after it were not done.
  void check() const;

 private:
  void wait_for_turn(int thread);

  Job job_;
  std::mutex mutex_;
  std::condition_variable turn_changed_;
  int turn_ = 0;
  std::exception_ptr failure_;
};

}  // namespace gilscale
