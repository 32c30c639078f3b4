#include "gilscale/measure/bystander.hpp"

#include <atomic>
#include <chrono>
#include <system_error>
#include <thread>

#ifdef __linux__
#include <sys/prctl.h>
#endif

namespace gilscale {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds period{1};

/// Linux lets a thread wake 50 µs late, to save energy, unless told otherwise.
void wake_in_time() {
#ifdef __linux__
  constexpr unsigned long nanosecond = 1;
  prctl(PR_SET_TIMERSLACK, nanosecond, 0UL, 0UL, 0UL);
#endif
}

class Bystander {
 public:
  explicit Bystander(const PythonAccess& access) : access_(access), thread_([this] { run(); }) {}
  ~Bystander() {
    if (thread_.joinable()) end();
  }
  Bystander(const Bystander&) = delete;
  Bystander& operator=(const Bystander&) = delete;

  std::optional<Durations> end() {
    ended_ = true;
    thread_.join();
    return has_state_ ? std::optional(waits_) : std::nullopt;
  }

 private:
  void run() {
    void* const state = access_.make_state();
    if (!state) return;
    has_state_ = true;
    wake_in_time();
    for (Clock::time_point event = Clock::now() + period; !ended_; event += period) {
      std::this_thread::sleep_until(event);
      event = attend(state, event);
    }
    access_.delete_state(state);
  }

  /// To it, and to all that come before the thread is attached. The last one.
  Clock::time_point attend(void* state, Clock::time_point event) {
    const Clock::time_point awake = Clock::now();
    access_.attach(state);
    const Clock::time_point attached = Clock::now();
    access_.detach();
    add(attached - awake);
    while (event + period <= attached) {
      event += period;
      if (event > awake) add(attached - event);
    }
    return event;
  }

  void add(Clock::duration wait) { waits_.add(std::chrono::duration<double>(wait).count()); }

  const PythonAccess& access_;
  std::atomic<bool> ended_{false};
  bool has_state_ = false;
  Durations waits_;
  std::thread thread_;  // the last one: it uses the others
};

}  // namespace

std::optional<Durations> waits_of_bystander(const PythonAccess& access,
                                            const std::function<void()>& work) {
  std::optional<Bystander> bystander;
  try {
    bystander.emplace(access);
  } catch (const std::system_error&) {
    return std::nullopt;  // no room for a thread
  }
  work();
  return bystander->end();
}

}  // namespace gilscale
