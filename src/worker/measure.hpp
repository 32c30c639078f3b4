#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "gilscale/machine/placement.hpp"
#include "gilscale/measure/executor.hpp"
#include "gilscale/measure/late_processes.hpp"
#include "gilscale/measure/point.hpp"
#include "gilscale/model/case.hpp"
#include "gilscale/supervise/messages.hpp"

namespace gilscale {

/// What measuring needs to know of the place where it runs.
struct MeasureSettings {
  Placement placement;                        ///< where threads run
  std::optional<double> quota_period_s = {};  ///< of a CPU quota, if there is one
  double switch_interval_s = 5e-3;            ///< CPython's
};

/// A point that needs no more samples, with what Google Benchmark wrote of it.
struct FinishedPoint {
  Point point;
  nlohmann::json benchmarks;
  nlohmann::json context;
};

/// Told after each round, as a sign of life: of which point it was, and the samples that this has.
using RoundListener = std::function<void(int threads, std::size_t samples)>;

/// Measures the thread counts of a case, a sample at a time, in any order. Each is one benchmark of
/// Google Benchmark's, whose iterations are the samples and whose manual time is the makespan of
/// the N-thread round. Throws what the executors throw.
class CaseRun {
 public:
  CaseRun() = default;
  virtual ~CaseRun() = default;
  CaseRun(const CaseRun&) = delete;
  CaseRun& operator=(const CaseRun&) = delete;

  /// One sample more. Only this one is in the answer. What the case needs to start with, and what
  /// more threads than ever before need, counts for the point that asks first. The first sample of
  /// a point has rounds like those of another worker, if there is one.
  virtual Question take(int threads, std::int64_t block,
                        const std::optional<RoundCounts>& like = {}) = 0;
  /// Ends a repetition of the point. Once that was the last, the point is finished; else nothing,
  /// and another one begins with the next sample. After at least one sample.
  virtual std::optional<FinishedPoint> stop(int threads, std::optional<StopReason> reason) = 0;
};

/// Borrows everything but the functions. `make_processes` is null where nobody is to ask them.
std::unique_ptr<CaseRun> make_case_run(const Case& planned, Executor& workload, Executor& control,
                                       const MeasureSettings& settings, RoundListener on_round,
                                       const MakeProcesses& make_processes);

}  // namespace gilscale
