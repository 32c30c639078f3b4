#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <random>

#include "gilscale/measure/executor.hpp"
#include "gilscale/measure/point.hpp"
#include "gilscale/measure/samples.hpp"

namespace gilscale {

/// When to stop sampling a point. Times are what rounds took, those of the warm-up included, and
/// what starting and collecting them took: nearly all that a point costs, without a clock of its
/// own.
struct StopRule {
  double budget_s = 3;
  double precision = 0.02;  ///< relative half-width of the interval that is narrow enough
  std::optional<std::int64_t> exactly;  ///< this many samples, whatever they say
  double at_least_s = 0;                ///< N-thread rounds that add up to less than this go on

  friend bool operator==(const StopRule&, const StopRule&) = default;
};

/// The calls that make a 1-thread round last at least `target_s`, found by growing rounds; at least
/// 1. A single call that lasts longer is enough. Warms the executor up on the way. What it took is
/// added to `spent_s`, if there is one.
std::int64_t calibrate_calls(Executor& executor, double target_s, double* spent_s = nullptr);

/// How long a 1-thread round of Python code must be: long against the switch interval, or GIL
/// contention is hidden, and long against the clock. `switch_interval_s` is CPython's, 5 ms.
///
/// `quota_period_s`: of a CPU quota, if there is one. A round that is short against it fits into
/// one period and does not feel it, so then each spans two of them at least.
double round_target_s(double switch_interval_s, std::optional<double> quota_period_s = {});

/// How many times as long N-thread rounds are as those of one thread, where a round of N threads
/// that do nothing takes `empty_s`: threads attach to Python one after another. Up to 3 % of a
/// round it is let pass; beyond, rounds grow until it is 1 %, but not beyond all measure.
std::int64_t growth_of_rounds(double empty_s, double single_s);

/// How long the control's 1-thread round is beside a workload's that lasts `single_s`: the same,
/// since it must see the same disturbances; but not so long that it doubles the cost of a slow
/// workload, unless a quota throttles long rounds only.
double control_target_s(double single_s, std::optional<double> quota_period_s = {});

/// How many threads the control has beside N of a workload that computes for a share of its time:
/// min(N, max(CPUs, share·N)), so that computing threads have a control that queues for CPUs as
/// they do, and waiting ones none that takes all the time.
int control_threads_beside(int threads, int cpus, double cpu_share);

/// When ledger rounds with all threads say where a missing speedup went.
enum class Why { automatic, always, never };  ///< automatic: where a point does not seem to scale

/// Where and in which order a point is sampled.
struct SamplingConditions {
  int cpus = most_threads;                    ///< that the process may use
  std::optional<double> quota_period_s = {};  ///< see round_target_s()
  std::uint64_t seed = 0;
  Why why = Why::automatic;
  bool latency = false;  ///< see Executor::round_with_bystander()
};

/// What the thread counts of a case have in common: how the control is called, and the last pair of
/// 1-thread rounds, for as long as it is fresh.
struct CommonRounds {
  /// How old a pair may be, so that each sample's rounds belong to the same moments.
  static constexpr double fresh_for_s = 2;

  struct Pair {
    RoundTimes workload;
    RoundTimes control;
    std::int64_t block = 0;
    double age_s = 0;  ///< what rounds took since
  };

  std::int64_t control_calls = 0;  ///< 0 before they are found
  double cpu_share = 1;            ///< of a 1-thread round that warmed up
  std::optional<Pair> singles;
  /// The same workload in processes; null where it cannot be run in them.
  Executor* in_processes = nullptr;
  /// What stands in for it where it cannot: see triad_slowdown_here(). Empty: nothing does.
  std::function<std::optional<double>(int threads)> triad;

  /// The last pair, if it belongs to that block and is fresh; else null.
  [[nodiscard]] const Pair* fresh_singles(std::int64_t block) const {
    const bool is_fresh = singles && singles->block == block && singles->age_s <= fresh_for_s;
    return is_fresh ? &*singles : nullptr;
  }
};

/// Samples one point: for each sample the 1-thread round, the N-thread round and their controls,
/// each beside its own. Coins decide which of the two pairs comes first, and in each whether the
/// workload or the control does, so that whatever the machine does has the same chance of hitting
/// either (Fisher, The Design of Experiments, 1935). Then a short round that tells the GIL demand,
/// as long as these do not cost much. Call warm_up() once, then take() until stop_reason() gives
/// one.
///
/// Samples that other thread counts of the case take in the same block have their 1-thread rounds
/// in common with it. What these took counts for each, so that a budget has as many samples as
/// without.
class Sampler {
 public:
  /// `point` says what to measure (threads, calls) and receives control_calls, control_threads and
  /// the samples. `spent_s` counts towards the budget: what has been spent on this point before.
  /// `common` is the case's; null: nothing is in common with anybody.
  Sampler(Executor& workload, Executor& control, Point& point, const StopRule& rule,
          const SamplingConditions& conditions = {}, double spent_s = 0,
          CommonRounds* common = nullptr);

  Sampler(const Sampler&) = delete;
  Sampler& operator=(const Sampler&) = delete;

  /// One round of each kind, not recorded; also finds the control's calls and threads.
  void warm_up();
  void take(std::int64_t block);
  /// In a block of its own.
  void take() { take(next_block_); }
  /// Why to stop now; nothing to go on.
  [[nodiscard]] std::optional<StopReason> stop_reason() const;
  [[nodiscard]] double spent_s() const { return spent_s_; }

 private:
  enum class Kind { control_single, single, control_parallel, parallel };
  static constexpr std::size_t kinds = 4;

  [[nodiscard]] std::array<Kind, kinds> drawn_order();
  RoundTimes run(Kind kind);
  void keep_ledger();
  [[nodiscard]] bool asks_why() const;
  void ask_why();
  std::optional<Account> account_of(int threads, CallShare calls);
  void ask_processes();
  void ask_triad();
  void get_processes_ready(Executor& processes);
  void note_gil_demand(const LedgerRound& round);
  void note_holds(const Ledger& ledger);
  void watch_bystander();
  void dispatch();
  RoundTimes counted(const RoundTimes& times);
  void record(const std::array<RoundTimes, kinds>& rounds, std::int64_t block);
  [[nodiscard]] bool budget_ends() const;

  Executor& workload_;
  Executor& control_;
  Point& point_;
  StopRule rule_;
  SamplingConditions conditions_;
  std::mt19937_64 coins_;
  double spent_s_;
  CommonRounds own_;
  CommonRounds& common_;
  std::int64_t next_block_ = 0;
  double ledgers_s_ = 0;
  double whys_s_ = 0;
  double bystanders_s_ = 0;
  bool nobody_knows_why_ = false;  ///< the executor keeps no books
  bool processes_are_ready_ = false;
  double last_sample_s_ = 0;
};

}  // namespace gilscale
