#include "python/seat.hpp"

#include <utility>

#include "python/gil_ledger.hpp"
#include "python/interpreter.hpp"

namespace gilscale {

void Seat::give(BoundCall& call) {
  call_ = &call;
  switch_interval_ = std::chrono::duration<double>(switch_interval_s());
}

std::optional<Raised> Seat::make_calls(std::int64_t calls) {
  if (keep_ledger_) GilLedger::start();
  const bool made = call_->repeat(calls, switch_interval_);
  if (keep_ledger_) detached_s_ = GilLedger::stop();
  team_.stop_clocks(member_);
  if (made) return std::nullopt;
  // The object may not leave its interpreter, and goes while this thread is attached.
  return raised(take_exception());
}

void Seat::play(bool once) {
  PyThreadState* state = PyEval_SaveThread();
  do {
    const auto calls = team_.wait_for_round(member_);
    if (!calls) break;
    team_.pass_gate(member_);
    PyEval_RestoreThread(state);
    std::optional<Raised> raised = make_calls(*calls);
    state = PyEval_SaveThread();
    if (raised) tell_(*std::move(raised));
    team_.finish();
  } while (!once);
  PyEval_RestoreThread(state);
}

}  // namespace gilscale
