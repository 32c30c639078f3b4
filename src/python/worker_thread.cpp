#include "python/worker_thread.hpp"

#include <utility>

#include "python/gil_modules.hpp"
#include "python/host.hpp"
#include "python/interpreter.hpp"
#include "python/python_place.hpp"

namespace gilscale {

namespace {

/// As a callback has it that cannot know whether its thread is attached.
class GilState {
 public:
  GilState() : state_(PyGILState_Ensure()) {}
  ~GilState() { PyGILState_Release(state_); }
  GilState(const GilState&) = delete;
  GilState& operator=(const GilState&) = delete;

 private:
  PyGILState_STATE state_;
};

}  // namespace

void WorkerThread::use(BoundCall& call) {
  call_ = &call;
  switch_interval_ = std::chrono::duration<double>(switch_interval_s());
}

bool WorkerThread::do_job() {
  if (!job_) return false;
  std::exchange(job_, nullptr)();
  return true;
}

std::optional<Raised> WorkerThread::make_calls(std::int64_t calls) {
  if (do_job()) {
    team_.stop_clocks(member_);
    return std::nullopt;
  }
  PlacesOfThread::begin();
  const bool made = call_->repeat(calls, switch_interval_);
  PlacesOfThread::end();
  team_.stop_clocks(member_);
  if (made && std::exchange(is_first_round_, false)) note_gil_of_sub_interpreter();
  if (made) return std::nullopt;
  // The object may not leave its interpreter, and goes while this thread is attached.
  return raised(take_exception());
}

std::optional<Raised> WorkerThread::make_calls_each_attached(std::int64_t calls) {
  if (job_) {
    const GilState attached;
    do_job();
  }
  for (std::int64_t left = calls; left > 0; --left) {
    const GilState attached;
    PlacesOfThread::begin();
    const bool made = call_->once();
    PlacesOfThread::end();
    if (made && left > 1) continue;
    // Attached, since what the account still has to name lies in this interpreter.
    team_.stop_clocks(member_);
    if (!made) return raised(take_exception());
  }
  return std::nullopt;
}

void WorkerThread::attach_for_each_call() {
  while (const auto calls = team_.wait_for_round(member_)) {
    team_.pass_gate(member_);
    if (*calls == 0) team_.stop_clocks(member_);
    std::optional<Raised> raised = make_calls_each_attached(*calls);
    if (raised) on_raised_(*std::move(raised));
    team_.finish();
  }
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
