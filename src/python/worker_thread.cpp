#include "python/worker_thread.hpp"

#include <utility>

#include "python/host.hpp"
#include "python/interpreter.hpp"
#include "python/python_place.hpp"

namespace gilscale {

void WorkerThread::use(BoundCall& call) {
  call_ = &call;
  switch_interval_ = std::chrono::duration<double>(switch_interval_s());
}

std::optional<Raised> WorkerThread::make_calls(std::int64_t calls) {
  PlacesOfThread::begin();
  const bool made = call_->repeat(calls, switch_interval_);
  PlacesOfThread::end();
  team_.stop_clocks(member_);
  if (made) return std::nullopt;
  // The object may not leave its interpreter, and goes while this thread is attached.
  return raised(take_exception());
}

void WorkerThread::run(bool once) {
  PyThreadState* state = detach_and_show_gil();
  do {
    const auto calls = team_.wait_for_round(member_);
    if (!calls) break;
    team_.pass_gate(member_);
    PyEval_RestoreThread(state);
    std::optional<Raised> raised = make_calls(*calls);
    state = PyEval_SaveThread();
    if (raised) on_raised_(*std::move(raised));
    team_.finish();
  } while (!once);
  PyEval_RestoreThread(state);
}

}  // namespace gilscale
