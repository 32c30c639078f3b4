#pragma once

#include <atomic>
#include <chrono>

#include "measure/shared_count.hpp"

namespace gilscale {

using Clock = std::chrono::steady_clock;

/// Lets N threads start at the same instant: each pass()es, the last one to come opens the gate for
/// all. That last one is running already, so nobody has to be woken to open it. Those who wait spin
/// first, because waking a parked thread takes 50 to 150 µs on a virtual machine, then park.
///
/// arm() it before every round, while nobody is inside. A thread attached to Python must detach
/// before it passes: it blocks. It may lie in memory that several processes share.
class StartGate {
 public:
  /// Expects `threads` threads. `spin` is false when they outnumber the CPUs: then a spinning
  /// thread would keep a CPU from one that has not arrived yet.
  void arm(int threads, bool spin);

  /// Blocks until `threads` threads are here.
  void pass();

  /// When the gate opened; valid for a thread that has passed, and for whoever it told.
  [[nodiscard]] Clock::time_point opened_at() const { return opened_at_; }

 private:
  void open();
  [[nodiscard]] bool spin_until_open(int round) const;

  std::atomic<int> missing_{0};
  SharedCount opened_round_;
  int round_ = 0;
  bool spin_ = false;
  Clock::time_point opened_at_{};
};

}  // namespace gilscale
