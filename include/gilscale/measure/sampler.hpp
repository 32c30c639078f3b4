#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

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
double round_target_s(double switch_interval_s);

/// How long the control's 1-thread round is beside a workload's that lasts `single_s`: the same
/// within bounds, since it must see the same disturbances and not double the cost of a slow
/// workload.
double control_target_s(double single_s);

/// Samples one point: for each sample the 1-thread round, the N-thread round and their controls,
/// forth and back in turns (A B B A), so that a machine that gets steadily slower or faster favours
/// neither; then a short round that tells the GIL demand, as long as these do not cost much. Call
/// warm_up() once, then take() until stop_reason() gives one.
class Sampler {
 public:
  /// `point` says what to measure (threads, calls) and receives control_calls and the samples.
  /// `spent_s` counts towards the budget: what has been spent on this point before.
  Sampler(Executor& workload, Executor& control, Point& point, const StopRule& rule,
          double spent_s = 0);

  /// One round of each kind, not recorded; also finds the control's calls.
  void warm_up();
  void take();
  /// Why to stop now; nothing to go on.
  [[nodiscard]] std::optional<StopReason> stop_reason() const;
  [[nodiscard]] double spent_s() const { return spent_s_; }

 private:
  enum class Kind { control_single, single, control_parallel, parallel };
  static constexpr std::size_t kinds = 4;

  RoundTimes run(Kind kind);
  void keep_ledger();
  RoundTimes counted(const RoundTimes& times);
  void record(const std::array<RoundTimes, kinds>& rounds);
  [[nodiscard]] bool budget_ends() const;

  Executor& workload_;
  Executor& control_;
  Point& point_;
  StopRule rule_;
  double spent_s_;
  double ledgers_s_ = 0;
  double last_sample_s_ = 0;
};

}  // namespace gilscale
