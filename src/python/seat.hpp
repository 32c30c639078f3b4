#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

#include "gilscale/measure/team.hpp"
#include "python/bound_call.hpp"
#include "python/python_error.hpp"

namespace gilscale {

/// A team's member that calls Python, on whatever thread and in whatever interpreter or process:
/// give() it a call, then let it play.
class Seat {
 public:
  /// Told of an exception in a call, on the member's thread, detached, before its part of the round
  /// is over. The other calls of the round are not made.
  using Tell = std::function<void(Raised)>;

  Seat(Team& team, Team::Member& member, Tell tell)
      : team_(team), member_(member), tell_(std::move(tell)) {}

  /// What it calls in later rounds. Attached to the interpreter that it plays in; while it waits.
  void give(BoundCall& call);

  /// Takes part in rounds until the team is dismissed. Called attached on the thread that plays;
  /// detaches while it waits, returns attached.
  void play_all_rounds() { play(false); }
  /// The same for the next round only.
  void play_one_round() { play(true); }

  /// Whether rounds measure how long the thread is detached, which costs them some time. While it
  /// waits.
  void keep_ledger(bool keep) { keep_ledger_ = keep; }
  /// In the last round for which the ledger was kept.
  [[nodiscard]] double detached_s() const { return detached_s_; }

 private:
  void play(bool once);
  /// Attached. The exception that one of them raised.
  std::optional<Raised> make_calls(std::int64_t calls);

  Team& team_;
  Team::Member& member_;
  Tell tell_;
  BoundCall* call_ = nullptr;
  std::chrono::duration<double> switch_interval_{};
  bool keep_ledger_ = false;
  double detached_s_ = 0;
};

}  // namespace gilscale
