#include "measure/start_gate.hpp"

#include <thread>

#include "gilscale/machine/pause.hpp"

namespace gilscale {
namespace {

/// Longer than it takes to wake the other threads of a round on a virtual machine, far shorter than
/// a scheduler's time slice.
constexpr std::chrono::microseconds spin_limit{500};

/// After this long the missing thread may be queued behind this one, on this very CPU: yield to it.
constexpr std::chrono::microseconds alone_limit{30};

}  // namespace

void StartGate::arm(int threads, bool spin) {
  ++round_;
  spin_ = spin;
  missing_.store(threads, std::memory_order_release);
}

void StartGate::pass() {
  const int round = round_;
  if (missing_.fetch_sub(1, std::memory_order_acq_rel) == 1) return open();
  if (spin_ && spin_until_open(round)) return;
  for (int seen = opened_round_.value(); seen != round; seen = opened_round_.value())
    opened_round_.wait_while(seen);
}

void StartGate::open() {
  opened_at_ = Clock::now();
  opened_round_.set(round_);
}

bool StartGate::spin_until_open(int round) const {
  const Clock::time_point began = Clock::now();
  for (Clock::duration waited{}; waited < spin_limit; waited = Clock::now() - began) {
    if (waited > alone_limit) std::this_thread::yield();
    for (int i = 0; i < 64; ++i) {
      if (opened_round_.value() == round) return true;
      cpu_pause();
    }
  }
  return false;
}

}  // namespace gilscale
