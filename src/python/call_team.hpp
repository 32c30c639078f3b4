#pragma once

#include <pybind11/pybind11.h>

#include <chrono>
#include <memory>
#include <vector>

#include "gilscale/team.hpp"
#include "python/python_workload.hpp"

namespace gilscale {

/// A team whose members make calls of a Python workload: what the executors on Python threads have
/// in common. Who makes the threads is theirs to choose.
class CallTeam {
 public:
  /// Attached.
  CallTeam(PythonWorkload& workload, Placement placement);
  /// Attached.
  ~CallTeam();

  /// Makes room and arguments for `threads` members; see Executor::prepare(). Attached.
  double prepare(int threads);
  [[nodiscard]] int size() const { return team_.size(); }

  /// One round of members 0 … threads−1. Detached; blocks. Failures wait for throw_failure().
  RoundTimes round(int threads, CallShare calls);
  /// Whether the members share a GIL that is on. Detached.
  [[nodiscard]] bool shares_gil() const;
  /// Whether rounds measure how long members are detached, which costs them some time.
  void keep_ledger(bool keep) { keep_ledger_ = keep; }
  /// See Executor::gil_demand(); `last` was a round of 1 thread with the ledger kept.
  [[nodiscard]] double gil_demand(const RoundTimes& last) const;
  /// Throws WorkloadError for the first member whose call raised in the last round. Detached.
  void throw_failure();

  /// A member's place: its calls, and the exception that one of them raised.
  struct Seat;
  /// Its address stays while the team lives.
  Seat& seat(int index) { return *seats_[static_cast<std::size_t>(index)]; }

  /// Takes part in rounds until the team is dismissed. Called attached on a Python thread; detaches
  /// while it waits, returns attached.
  void play_all_rounds(Seat& seat) { play(seat, false); }
  /// The same for the next round only.
  void play_one_round(Seat& seat) { play(seat, true); }

  /// Ends play_all_rounds(). Does not block.
  void dismiss() { team_.dismiss(); }

 private:
  void play(Seat& seat, bool once);

  PythonWorkload& workload_;
  Team team_;
  std::vector<std::unique_ptr<Seat>> seats_;
  std::chrono::duration<double> switch_interval_;
  std::int64_t rounds_ = 0;
  bool keep_ledger_ = false;
};

}  // namespace gilscale
