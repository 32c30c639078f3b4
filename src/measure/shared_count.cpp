#include "measure/shared_count.hpp"

#ifdef __linux__
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>
#include <ctime>
#else
#include <algorithm>
#include <thread>
#endif

namespace gilscale {
namespace {

static_assert(std::atomic<int>::is_always_lock_free && sizeof(std::atomic<int>) == sizeof(int),
              "processes can share it, and a futex is four bytes");

#ifdef __linux__

// Without FUTEX_PRIVATE_FLAG, so that it works between processes: futex(2).

/// Returns at once when `word` is another than `same`, and may return early.
void sleep_while(const std::atomic<int>& word, int same, std::chrono::nanoseconds limit) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(limit);
  const timespec timeout{seconds.count(), (limit - seconds).count()};
  syscall(SYS_futex, &word, FUTEX_WAIT, same, &timeout, nullptr, 0);
}

void wake_sleepers(const std::atomic<int>& word) {
  syscall(SYS_futex, &word, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

#else

void sleep_while(const std::atomic<int>&, int, std::chrono::nanoseconds limit) {
  constexpr std::chrono::microseconds nap{50};
  std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(limit, nap));
}

void wake_sleepers(const std::atomic<int>&) {}  // they look themselves

#endif

}  // namespace

// A sleeper announces itself before it looks at the value for the last time, whoever changes the
// value looks for sleepers afterwards, and all in one order (sequentially consistent): one of the
// two sees the other.

void SharedCount::set(int value) {
  value_.store(value);
  wake();
}

void SharedCount::advance() {
  value_.fetch_add(1);
  wake();
}

void SharedCount::wake() {
  if (sleepers_.load() > 0) wake_sleepers(value_);
}

void SharedCount::wait_while(int same) {
  while (!wait_while(same, std::chrono::hours(1))) {
  }
}

bool SharedCount::wait_while(int same, std::chrono::nanoseconds limit) {
  using Clock = std::chrono::steady_clock;
  if (value() != same) return true;
  const Clock::time_point deadline = Clock::now() + limit;
  sleepers_.fetch_add(1);
  bool changed = false;
  for (auto left = limit; !(changed = value_.load() != same) && left.count() > 0;
       left = deadline - Clock::now())
    sleep_while(value_, same, left);
  sleepers_.fetch_sub(1);
  return changed;
}

}  // namespace gilscale
