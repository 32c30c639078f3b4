#pragma once

#include <filesystem>
#include <optional>

namespace gilscale {

/// How much of this machine's CPUs the process may use.
struct CpuBudget {
  int in_affinity_mask = 1;  ///< CPUs that the scheduler may run it on
  std::optional<double>
      quota;  ///< CPUs of run time that its control groups allow, if they limit it

  /// Threads that can make progress at once: a quota of 1.5 CPUs lets 2 run.
  [[nodiscard]] int usable() const;
};

/// The budget of the calling process. Files that are missing or cannot be read limit nothing.
CpuBudget cpu_budget();

/// The smallest CPU quota, in CPUs, along the whole control-group path (v1 and v2) of the process
/// that `root`/proc/self/cgroup describes; nothing if there is no limit. `root` is "/" but in
/// tests.
std::optional<double> cgroup_cpu_quota(const std::filesystem::path& root);

}  // namespace gilscale
