#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "gilscale/machine/placement.hpp"
#include "gilscale/machine/topology.hpp"

namespace gilscale {

/// The run time that control groups allow.
struct CpuQuota {
  double cpus = 1;        ///< run time in each period, over the period
  double period_s = 0.1;  ///< after which it is given anew

  friend bool operator==(const CpuQuota&, const CpuQuota&) = default;
};

/// How much of this machine's CPUs the process may use.
struct CpuBudget {
  Topology topology;              ///< the CPUs that the scheduler may run it on
  std::optional<CpuQuota> quota;  ///< if its control groups limit it

  /// Threads that can make progress at once: a quota of 1.5 CPUs lets 2 run.
  [[nodiscard]] int usable() const;

  /// The period of a quota that all these CPUs together can exhaust; none if there is none.
  [[nodiscard]] std::optional<double> quota_period_s() const;

  /// "--threads auto": 1, 2, 4, … up to what is usable, that itself, and on the way the number of
  /// physical cores and that of fast cores, since the curve bends there.
  [[nodiscard]] std::vector<int> thread_counts() const;

  /// Threads start on CPUs in the topology's order, and stay there if `pinned`.
  [[nodiscard]] Placement placement(bool pinned) const;
};

/// The budget of the calling process. Files that are missing or cannot be read limit nothing.
CpuBudget cpu_budget();

/// The smallest CPU quota along the whole control-group path (v1 and v2) of the process
/// that `root`/proc/self/cgroup describes; nothing if there is no limit. `root` is "/" but in
/// tests.
std::optional<CpuQuota> cgroup_cpu_quota(const std::filesystem::path& root);

/// How often those control groups have run out of quota so far: `throttled` of `periods`.
struct Throttling {
  double periods = 0;
  double throttled = 0;
};
/// Over the whole path, the group that was throttled most often; zeros where nothing is limited.
Throttling cgroup_throttling(const std::filesystem::path& root);

}  // namespace gilscale
