#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>

#include "gilscale/machine/placement.hpp"
#include "gilscale/measure/executor.hpp"
#include "gilscale/measure/point.hpp"
#include "gilscale/model/case.hpp"

namespace gilscale {

/// What is told while a case is measured.
struct MeasureEvents {
  std::function<void(int threads, std::size_t samples)> on_round;
  std::function<void(const Point& point, nlohmann::json benchmarks, nlohmann::json context)>
      on_point;
  /// Before each sample but the first: why not to take it, or nothing to go on. `stop` is what the
  /// rule says.
  std::function<std::optional<StopReason>(const Point& so_far, double spent_s,
                                          std::optional<StopReason> stop)>
      stop_reason = [](const Point&, double, auto stop) { return stop; };
};

/// What measuring needs to know of the place where it runs.
struct MeasureSettings {
  Placement placement;                        ///< where threads run
  std::optional<double> quota_period_s = {};  ///< of a CPU quota, if there is one
  double switch_interval_s = 5e-3;            ///< CPython's
};

/// Measures all thread counts of a case: each is one benchmark of Google Benchmark's, whose
/// iterations are the samples and whose manual time is the makespan of the N-thread round.
/// Points are told as they are finished. Throws what the executors throw.
void measure_case(const Case& planned, Executor& workload, Executor& control,
                  const MeasureSettings& settings, const MeasureEvents& events);

}  // namespace gilscale
