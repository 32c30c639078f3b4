#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "gilscale/estimate.hpp"
#include "gilscale/samples.hpp"

namespace gilscale {

/// One case at one number of threads, as measured.
struct Point {
  int threads = 1;
  std::int64_t calls = 1;            ///< calls per thread and round
  std::int64_t control_calls = 1;    ///< the same of the control
  bool oversubscribed = false;       ///< more threads than CPUs that the process may use
  double setup_s = 0;                ///< the workload's own set-up, paid once; 0 if it has none
  std::optional<double> gil_demand;  ///< share of a 1-thread call; see Executor::gil_demand()
  std::string stopped;               ///< why sampling ended: "precision", "budget" or "requested"
  Samples samples;
};

/// What the samples of a point say. Times in seconds.
struct PointFigures {
  Estimate makespan_s;
  Estimate call_s;               ///< makespan over calls: what one thread sees
  Estimate throughput_per_s;     ///< calls of all threads in a second
  Estimate speedup;              ///< weak scaling, N·T(1)/T(N)
  Estimate capacity;             ///< the control's speedup: cores that the machine gave
  Estimate relative_efficiency;  ///< speedup over what was achievable in the same sample
  Estimate single_call_s;        ///< a call in the 1-thread round
  Estimate relative_call;        ///< the same over one call of the control in the same sample
  std::optional<Estimate> serial_fraction;  ///< Karp–Flatt; none at 1 thread
  double cpu_share = 1;                     ///< of a 1-thread call
  double control_call_s = 0;                ///< one call of the control on 1 thread, median
  bool bound_by_cpus = true;                ///< fewer cores would make it slower
  double achievable = 1;                    ///< from the median capacity
};

/// The figures of a point that has at least one sample. Each is the median of per-sample values
/// with its interval, so that what disturbs a whole sample cancels in its ratios.
PointFigures figures_of(const Point& point);

}  // namespace gilscale
