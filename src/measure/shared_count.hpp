#pragma once

#include <atomic>
#include <chrono>

namespace gilscale {

/// A number whose change threads wait for, as std::atomic<int> with wait() and notify_all(); but
/// those who wait may also be threads of other processes, when it lies in memory that they share.
/// (What the standard library waits by is private to a process.) Changing it while nobody waits
/// costs no system call.
class SharedCount {
 public:
  [[nodiscard]] int value() const { return value_.load(std::memory_order_acquire); }

  /// Changes it and wakes all who wait.
  void set(int value);
  /// Adds one and wakes all who wait.
  void advance();

  /// Blocks while it is `same`.
  void wait_while(int same);
  /// The same, but not longer than `limit`. Whether it is another by now.
  bool wait_while(int same, std::chrono::nanoseconds limit);

 private:
  void wake();

  std::atomic<int> value_{0};
  std::atomic<int> sleepers_{0};
};

}  // namespace gilscale
