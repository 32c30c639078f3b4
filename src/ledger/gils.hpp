#pragma once

#include <atomic>
#include <cstdint>

namespace gilscale {

/// Where CPython keeps a GIL (Python/ceval_gil.c): who wants it waits for the condition, and who
/// gives it up signals that, both under the mutex.
struct Gil {
  const void* mutex = nullptr;
  const void* condition = nullptr;
  std::atomic<bool>* is_held = nullptr;  ///< as far as threads with open books have seen
};

/// The GIL with this mutex; null if there is none. Any thread, at any time.
const Gil* gil_of(const void* mutex);
/// Remembers it, for the life of the process. False if there were too many.
bool remember(const void* mutex, const void* condition);
bool any_gil_is_known();

/// Takes the calling thread's calls while it detaches from its interpreter and attaches again. The
/// GIL is what it does then: it locks a mutex, signals a condition, and unlocks the mutex.
class GilLearner {
 public:
  void locked(const void* mutex) {
    mutex_ = mutex;
    condition_ = nullptr;
  }
  void signalled(const void* condition) {
    if (mutex_) condition_ = condition;
  }
  void unlocked(const void* mutex) {
    if (mutex == mutex_ && condition_) remember(mutex_, condition_);
    mutex_ = nullptr;
  }

 private:
  const void* mutex_ = nullptr;
  const void* condition_ = nullptr;
};

}  // namespace gilscale
