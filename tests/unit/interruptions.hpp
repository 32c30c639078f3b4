#pragma once

#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>

namespace gilscale {

/// SIGUSR1 that interrupts system calls and does nothing else, while an object of this class
/// exists; one at a time.
class Interruptions {
 public:
  Interruptions() {
    struct sigaction action{};
    action.sa_handler = [](int) { ++taken_; };  // and no SA_RESTART
    sigaction(SIGUSR1, &action, &before_);
  }
  ~Interruptions() { sigaction(SIGUSR1, &before_, nullptr); }
  Interruptions(const Interruptions&) = delete;
  Interruptions& operator=(const Interruptions&) = delete;

  /// Calls `send`, which sends the signal, 20 times, with time between them to take it and to go
  /// back to sleep: so a thread that waits for something is interrupted there.
  template <typename Send>
  static void send(const Send& send) {
    for (int i = 0; i < 20; ++i) {
      const int before = taken_;
      send();
      wait_until_taken(before);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

 private:
  /// Not for ever: whoever should take it may have ended, and ThreadSanitizer puts handlers off.
  static void wait_until_taken(int before) {
    for (int ms = 0; ms < 100 && taken_ == before; ++ms)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

  static inline std::atomic<int> taken_ = 0;
  struct sigaction before_{};
};

/// SIGUSR1, for this thread: those sent to the process are another thread's to take.
class InterruptionsElsewhere {
 public:
  InterruptionsElsewhere() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &signals, &before_);
  }
  ~InterruptionsElsewhere() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  InterruptionsElsewhere(const InterruptionsElsewhere&) = delete;
  InterruptionsElsewhere& operator=(const InterruptionsElsewhere&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace gilscale
