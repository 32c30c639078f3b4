#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "gilscale/machine/placement.hpp"
#include "gilscale/measure/executor.hpp"
#include "gilscale/measure/shared_memory.hpp"

namespace gilscale {

/// The rendezvous between one coordinator and a persistent team of threads that somebody else made
/// (std::thread for the control, threading.Thread for Python, the main threads of worker
/// processes). Nothing in a round allocates.
///
/// The coordinator adds a member for each thread it starts, then calls round() any number of times,
/// then dismiss(). The thread of a member loops:
///   while (auto calls = team.wait_for_round(me)) {
///     team.pass_gate(me);  ...make the calls...;  team.stop_clocks(me);  team.finish();
///   }
/// All but stop_clocks() may block: a thread that is attached to Python detaches before them.
///
/// What coordinator and members share lies in a SharedMemory. In another process, a member is
/// played by the same loop on the team that it has joined().
class Team {
 public:
  class Member;
  /// Called now and then while a round lasts. What it throws ends the wait for the round, and with
  /// it the team: nothing is left but to dismiss() it.
  using Watch = std::function<void()>;

  /// Of threads of this process. Rounds of more threads than the placement has CPUs do not spin at
  /// the gate.
  explicit Team(Placement placement);
  /// In memory made for it, of shared_bytes().
  Team(Placement placement, SharedMemory memory);
  /// The team in another process's memory, for the functions that members call. The memory was
  /// mapped with shared_bytes().
  static Team joined(Placement placement, SharedMemory memory);
  static std::size_t shared_bytes();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  /// A place for one more thread, up to most_threads; the reference lives as long as the team.
  /// Coordinator only, between rounds.
  Member& add_member();
  [[nodiscard]] int size() const { return size_; }
  /// One that the coordinator has added.
  [[nodiscard]] Member& member(int index) const;

  /// Wakes the first `threads` members and blocks until the last of them has finished.
  RoundTimes round(int threads, CallShare calls, const Watch& watch = {});

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
  struct Rendezvous;
  Team(Placement placement, SharedMemory memory, Rendezvous* shared);

  [[nodiscard]] RoundTimes times_of(int threads) const;
  void wait_for_finish(int rounds_before, const Watch& watch);
  void take_place(const Member& me) const;

  Placement placement_;
  SharedMemory memory_;
  Rendezvous* shared_;  ///< at the beginning of the memory; then come the members
  int size_ = 0;
};

}  // namespace gilscale
