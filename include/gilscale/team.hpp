#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "gilscale/executor.hpp"
#include "gilscale/placement.hpp"
#include "gilscale/start_gate.hpp"

namespace gilscale {

/// The rendezvous between one coordinator and a persistent team of threads that somebody else made
/// (std::thread for the control, threading.Thread for Python). Nothing in a round allocates.
///
/// The coordinator adds a member for each thread it starts, then calls round() any number of times,
/// then dismiss(). The thread of a member loops:
///   while (auto calls = team.wait_for_round(me)) {
///     team.pass_gate(me);  ...make the calls...;  team.stop_clocks(me);  team.finish();
///   }
/// All but stop_clocks() may block: a thread that is attached to Python detaches before them.
class Team {
 public:
  class Member;

  /// Rounds of more threads than the placement has CPUs do not spin at the gate.
  explicit Team(Placement placement);
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  /// A place for one more thread; the reference lives as long as the team. Coordinator only,
  /// between rounds.
  Member& add_member();
  [[nodiscard]] int size() const { return static_cast<int>(members_.size()); }

  /// Wakes the first `threads` members and blocks until the last of them has finished.
  RoundTimes round(int threads, CallShare calls);

  /// Ends every member's loop. The coordinator then joins its threads.
  void dismiss();

  /// Blocks until a round wants this member; the calls it is to make, or nothing on dismissal.
  std::optional<std::int64_t> wait_for_round(Member& me);
  /// Goes to the member's CPU and blocks until all members of the round are here; the member's
  /// clocks start on return.
  void pass_gate(Member& me);
  /// Takes the member's finish time.
  void stop_clocks(Member& me);
  /// Ends the member's part of the round. The last one wakes the coordinator.
  void finish();

 private:
  void take_place(const Member& me) const;

  Placement placement_;
  StartGate gate_;
  std::vector<std::unique_ptr<Member>> members_;
  CallShare calls_;
  bool dismissed_ = false;
  std::atomic<int> unfinished_{0};
  std::atomic<int> finished_rounds_{0};
};

}  // namespace gilscale
