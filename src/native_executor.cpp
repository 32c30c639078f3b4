#include "gilscale/native_executor.hpp"

#include <fmt/format.h>

#include <system_error>

#include "gilscale/error.hpp"

namespace gilscale {
namespace {

/// Keeps `value` alive for the optimiser without storing it.
void keep(std::uint64_t value) { asm volatile("" : : "r"(value)); }

/// A chain of dependent multiplications and additions (Knuth's MMIX generator): no memory, nothing
/// to vectorise, the same instructions every time.
void compute(std::int64_t calls) {
  constexpr int steps_per_call = 32;
  std::uint64_t state = static_cast<std::uint64_t>(calls);
  for (std::int64_t call = 0; call < calls; ++call) {
    for (int step = 0; step < steps_per_call; ++step) {
      state = state * 6364136223846793005U + 1442695040888963407U;
      keep(state);
    }
  }
}

}  // namespace

NativeExecutor::~NativeExecutor() {
  team_.dismiss();
  for (std::thread& thread : threads_) thread.join();
}

double NativeExecutor::prepare(int threads) {
  try {
    while (team_.size() < threads) {
      Team::Member& member = team_.add_member();
      threads_.emplace_back([this, &member] { serve(member); });
    }
  } catch (const std::system_error& error) {
    throw WorkloadError(fmt::format(
        "a thread of the control cannot be started: {}; try fewer --threads", error.what()));
  }
  return 0;
}

RoundTimes NativeExecutor::round(int threads, std::int64_t calls) {
  return team_.round(threads, calls);
}

void NativeExecutor::serve(Team::Member& me) {
  while (const auto calls = team_.wait_for_round(me)) {
    team_.pass_gate(me);
    compute(*calls);
    team_.stop_clocks(me);
    team_.finish();
  }
}

}  // namespace gilscale
