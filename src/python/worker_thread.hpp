#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "python/bound_call.hpp"
#include "python/host_team.hpp"
#include "python/python_error.hpp"

namespace gilscale {

/// What a member of a team does that calls Python, on whatever thread and in whatever interpreter:
/// use() a call, then run rounds.
class WorkerThread {
 public:
  /// Told of an exception in a call, on the member's thread, detached, before its part of the round
  /// is over. The other calls of the round are not made.
  using OnRaised = std::function<void(Raised)>;

  WorkerThread(HostTeam& team, HostTeam::Member& member, OnRaised on_raised)
      : team_(team), member_(member), on_raised_(std::move(on_raised)) {}

  /// What it calls in later rounds. Attached to the interpreter that it runs in; while it waits.
  void use(BoundCall& call);

  /// What it does in the next round, attached, in place of calls. Between rounds; may not throw.
  void do_next(std::function<void()> job) { job_ = std::move(job); }

  /// Takes part in rounds until the team is dismissed. Called attached on the member's thread;
  /// detaches while it waits, returns attached.
  void run_all_rounds() { run(false); }
  /// The same for the next round only.
  void run_one_round() { run(true); }

  /// The same as run_all_rounds() on a thread that Python need not know: attaches for each call and
  /// is detached in between. Called detached, returns detached.
  void attach_for_each_call();

  /// Makes calls without a round, on the current thread, attached. A Python exception is pending if
  /// it returns false.
  [[nodiscard]] bool make_calls_at_once(std::int64_t calls) {
    return call_->repeat(calls, switch_interval_);
  }

 private:
  void run(bool once);
  /// Attached. Whether there was one.
  bool do_job();
  /// Attached. The exception that one of them raised.
  std::optional<Raised> make_calls(std::int64_t calls);
  /// Detached; stops the clocks after the last one.
  std::optional<Raised> make_calls_each_attached(std::int64_t calls);

  HostTeam& team_;
  HostTeam::Member& member_;
  OnRaised on_raised_;
  std::function<void()> job_;
  BoundCall* call_ = nullptr;
  std::chrono::duration<double> switch_interval_{};
  bool is_first_round_ = true;
};

}  // namespace gilscale
