#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "gilscale/ledger/ledger.hpp"

namespace gilscale {

/// Of a round.
inline constexpr int most_threads = 1024;

/// The calls of a round, shared out over its threads. A plain number is the same for each thread.
struct CallShare {
  std::int64_t each = 1;  ///< calls of every thread
  int extra = 0;          ///< this many threads, the first ones, make one more

  // NOLINTNEXTLINE(google-explicit-constructor): a number of calls is a share
  constexpr CallShare(std::int64_t each_thread = 1, int with_one_more = 0)
      : each(each_thread), extra(with_one_more) {}

  [[nodiscard]] std::int64_t of(int thread) const { return each + (thread < extra ? 1 : 0); }
  [[nodiscard]] std::int64_t most() const { return of(0); }
  [[nodiscard]] std::int64_t total(int threads) const { return each * threads + extra; }

  friend bool operator==(const CallShare&, const CallShare&) = default;
};

/// `total` calls shared out over `threads` threads as evenly as possible.
constexpr CallShare share_out(std::int64_t total, int threads) {
  return {total / threads, static_cast<int>(total % threads)};
}

/// What one round took. Times in seconds.
struct RoundTimes {
  double makespan_s = 0;  ///< from the gate's opening to the last thread's finish
  double spread_s = 0;    ///< from the first thread's finish to the last one's
  double wall_s = 0;      ///< from the gate's opening to its own finish, over all threads
  double cpu_s = 0;       ///< CPU time of all its threads between their start and finish
  /// While its threads were ready to run but had no CPU, over all of them; 0 where the system does
  /// not tell.
  double runnable_s = 0;
  /// The makespan without that: the longest time, over the threads, from the gate's opening to its
  /// own finish less what it waited for a CPU.
  double undelayed_s = 0;
  double handover_s = 0;  ///< what the caller waited besides: waking threads, collecting results
  // How often that happened to its threads between their start and finish.
  std::int64_t page_faults = 0;
  std::int64_t switches = 0;         ///< they gave their CPUs up, to wait
  std::int64_t forced_switches = 0;  ///< they lost them
};

/// A round for which the threads of this process kept their books, which costs them some time.
struct LedgerRound {
  RoundTimes times;
  Ledger ledger;
  /// The share, 0 to 1, of the round for which a thread held the GIL; none where there is no GIL,
  /// or none that threads share.
  std::optional<double> gil_demand;
};

/// A round, and what a thread waited for the GIL that takes no part in it.
struct BystanderRound {
  RoundTimes times;
  Durations waits;
};

/// How calls run at once. Create one, prepare() it for a number of threads, then round() any number
/// of times with up to that many. One thread drives it; that thread must not be attached to Python.
class Executor {
 public:
  Executor() = default;
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;
  virtual ~Executor() = default;

  /// Makes threads and arguments ready for rounds of up to `threads` threads. Returns the seconds
  /// for which the workload's own set-up code ran now (0 if it has none, or has run before).
  /// Throws WorkloadError when that set-up fails.
  virtual double prepare(int threads) = 0;

  /// `threads` threads leave one start gate together and each makes its share of `calls`.
  /// Throws WorkloadError when a call failed, after all threads have finished.
  virtual RoundTimes round(int threads, CallShare calls) = 0;

  /// Whether there is a GIL now that all threads of a round share. Between rounds.
  virtual bool shares_gil() { return false; }

  /// A round whose threads keep their books; see keep_books(). Nothing, and no round, where books
  /// cannot be kept. Throws like round().
  virtual std::optional<LedgerRound> ledger_round(int /*threads*/, CallShare /*calls*/) {
    return std::nullopt;
  }

  /// A round beside which a thread wants the GIL now and then; see waits_of_bystander(). Nothing
  /// where it could not meet the round's threads. Throws like round().
  virtual std::optional<BystanderRound> round_with_bystander(int /*threads*/, CallShare /*calls*/) {
    return std::nullopt;
  }

  /// Seconds from the first task's submission to the last one's result, where the executor is one
  /// that people submit tasks to: `threads` tasks with their shares of `calls`, without a gate.
  /// Nothing, and no round, for others. Throws like round().
  virtual std::optional<double> dispatched_round_s(int /*threads*/, CallShare /*calls*/) {
    return std::nullopt;
  }

  /// The processes besides this one that take part in rounds, by their ids.
  [[nodiscard]] virtual std::vector<int> helper_processes() const { return {}; }
};

}  // namespace gilscale
