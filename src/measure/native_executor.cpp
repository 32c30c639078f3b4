#include "gilscale/measure/native_executor.hpp"

#include <fmt/format.h>

#include <system_error>

#include "gilscale/measure/arithmetic.hpp"
#include "gilscale/text/error.hpp"

namespace gilscale {

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

RoundTimes NativeExecutor::round(int threads, CallShare calls) {
  return team_.round(threads, calls);
}

void NativeExecutor::serve(Team::Member& me) {
  while (const auto calls = team_.wait_for_round(me)) {
    team_.pass_gate(me);
    compute(static_cast<std::uint64_t>(*calls));
    team_.stop_clocks(me);
    team_.finish();
  }
}

}  // namespace gilscale
