#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "gilscale/executor.hpp"
#include "gilscale/point.hpp"
#include "gilscale/samples.hpp"

namespace gilscale {

/// When to stop sampling a point. Times in seconds of measured rounds, so the rule does not depend
/// on a clock of its own.
struct StopRule {
  double budget_s = 2;
  double precision = 0.02;  ///< relative half-width of the interval that is narrow enough
  std::optional<std::int64_t> exactly;  ///< this many samples, whatever they say
  double at_least_s = 0;                ///< N-thread rounds that add up to less than this go on

  friend bool operator==(const StopRule&, const StopRule&) = default;
};

/// The calls that make a 1-thread round last at least `target_s`, found by growing rounds; at least
/// 1. A single call that lasts longer is enough. Warms the executor up on the way.
std::int64_t calibrate_calls(Executor& executor, double target_s);

/// How long a 1-thread round of Python code must be: long against the switch interval, or GIL
/// contention is hidden, and long against the clock. `switch_interval_s` is CPython's, 5 ms.
double round_target_s(double switch_interval_s);

/// How long the control's 1-thread round is beside a workload's that lasts `single_s`: the same
/// within bounds, since it must see the same disturbances and not double the cost of a slow
/// workload.
double control_target_s(double single_s);

/// Samples one point: for each sample the 1-thread round, the N-thread round and their controls,
/// then the same backwards (A B B A), so that a machine that gets steadily slower or faster favours
/// neither. Call warm_up() once, then take() until stop_reason() gives one.
class Sampler {
 public:
  /// `point` says what to measure (threads, calls) and receives control_calls and the samples.
  Sampler(Executor& workload, Executor& control, Point& point);

  /// One round of each kind, not recorded; also finds the control's calls.
  void warm_up();
  void take();
  /// Why to stop now: "precision", "budget" or "requested"; nothing to go on.
  [[nodiscard]] std::optional<std::string> stop_reason(const StopRule& rule) const;

 private:
  enum class Round { control_single, single, control_parallel, parallel };
  RoundTimes run(Round round);
  void record(const RoundTimes (&means)[4]);

  Executor& workload_;
  Executor& control_;
  Point& point_;
  double spent_s_ = 0;
};

}  // namespace gilscale
