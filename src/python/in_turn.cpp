#include "python/in_turn.hpp"

#include <pybind11/pybind11.h>

namespace gilscale {

void InTurn::operator()(int thread) noexcept {
  wait_for_turn(thread);
  try {
    if (!failure_) job_(thread);
  } catch (...) {
    failure_ = std::current_exception();
  }
  const std::scoped_lock lock(mutex_);
  ++turn_;
  turn_changed_.notify_all();
}

void InTurn::wait_for_turn(int thread) {
  const pybind11::gil_scoped_release detached;
  std::unique_lock lock(mutex_);
  turn_changed_.wait(lock, [&] { return turn_ == thread; });
}

void InTurn::check() const {
  if (failure_) std::rethrow_exception(failure_);
}

}  // namespace gilscale
