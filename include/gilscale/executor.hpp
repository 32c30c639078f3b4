#pragma once

#include <cstdint>
#include <optional>

namespace gilscale {

/// What one round took. Times in seconds.
struct RoundTimes {
  double makespan_s = 0;  ///< from the gate's opening to the last thread's finish
  double cpu_s = 0;       ///< CPU time of all its threads between their start and finish
  /// In a round of 1 thread, while it was ready to run but had no CPU, as far as the system tells.
  double runnable_s = 0;
  double handover_s = 0;  ///< what the caller waited besides: waking threads, collecting results
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
  /// that the workload's own set-up took (a cost paid once; 0 if it has none).
  /// Throws WorkloadError when that set-up fails.
  virtual double prepare(int threads) = 0;

  /// `threads` threads leave one start gate together and each makes `calls` calls.
  /// Throws WorkloadError when a call failed, after all threads have finished.
  virtual RoundTimes round(int threads, std::int64_t calls) = 0;

  /// GIL demand: the share, 0 to 1, of a 1-thread round of `calls` calls for which the thread held
  /// the GIL (was attached); an upper bound, since a release inside libpython is not seen.
  /// Nothing where there is no GIL to hold. Costs a round. Throws like round().
  virtual std::optional<double> gil_demand(std::int64_t /*calls*/) { return std::nullopt; }
};

}  // namespace gilscale
