#include "python/set_up_in_turn.hpp"

namespace gilscale {

void SetUpInTurn::operator()(int thread) noexcept {
  if (!workload_.has_own_sets()) {
    if (thread == 0) prepare(threads_);
    return;
  }
  wait_for_turn(thread);
  if (!failure_) prepare(thread + 1);
  const std::scoped_lock lock(mutex_);
  ++turn_;
  turn_changed_.notify_all();
}

void SetUpInTurn::wait_for_turn(int thread) {
  const py::gil_scoped_release detached;
  std::unique_lock lock(mutex_);
  turn_changed_.wait(lock, [&] { return turn_ == thread; });
}

void SetUpInTurn::prepare(int threads) noexcept {
  try {
    seconds_ += workload_.prepare(threads);
  } catch (...) {
    failure_ = std::current_exception();
  }
}

double SetUpInTurn::seconds() const {
  if (failure_) std::rethrow_exception(failure_);
  return seconds_;
}

}  // namespace gilscale
