#include "gilscale/machine/cpu_budget.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "machine/control_groups.hpp"

namespace gilscale {
namespace {

namespace fs = std::filesystem;
using Quota = std::optional<CpuQuota>;

constexpr double microsecond_s = 1e-6;

Quota smaller(Quota a, Quota b) {
  if (!a || !b) return a ? a : b;
  return a->cpus <= b->cpus ? a : b;
}

/// cgroup v2: "max 100000" or "150000 100000", run time and period in µs.
Quota read_v2(const fs::path& group) {
  std::ifstream file(group / "cpu.max");
  double allowed = 0;
  double period = 0;
  if (!(file >> allowed >> period) || allowed <= 0 || period <= 0) return std::nullopt;
  return CpuQuota{allowed / period, period * microsecond_s};
}

/// cgroup v1: two files, run time −1 for no limit.
Quota read_v1(const fs::path& group) {
  std::ifstream allowed_file(group / "cpu.cfs_quota_us");
  std::ifstream period_file(group / "cpu.cfs_period_us");
  double allowed = 0;
  double period = 0;
  if (!(allowed_file >> allowed) || !(period_file >> period)) return std::nullopt;
  if (allowed <= 0 || period <= 0) return std::nullopt;
  return CpuQuota{allowed / period, period * microsecond_s};
}

/// cpu.stat has lines of a name and a number; both versions have these two.
Throttling read_throttling(const fs::path& group) {
  std::ifstream file(group / "cpu.stat");
  Throttling throttling;
  double value = 0;
  for (std::string name; file >> name >> value;) {
    if (name == "nr_periods") throttling.periods = value;
    if (name == "nr_throttled") throttling.throttled = value;
  }
  return throttling;
}

}  // namespace

int CpuBudget::usable() const {
  const int cpus = topology.cpus();
  if (!quota) return cpus;
  return std::clamp(static_cast<int>(std::ceil(quota->cpus)), 1, cpus);
}

std::optional<double> CpuBudget::quota_period_s() const {
  if (!quota || quota->cpus >= topology.cpus()) return std::nullopt;
  return quota->period_s;
}

std::vector<int> CpuBudget::thread_counts() const {
  const int most = usable();
  std::set<int> counts{most};
  for (int count = 1; count < most; count *= 2) counts.insert(count);
  for (const int bend : {static_cast<int>(topology.cores.size()), topology.fast_cores()})
    if (bend < most) counts.insert(bend);
  return {counts.begin(), counts.end()};
}

Placement CpuBudget::placement(bool pinned) const {
  return {usable(), topology.pin_order(), pinned};
}

std::optional<CpuQuota> cgroup_cpu_quota(const fs::path& root) {
  Quota quota;
  for (const ControlGroup& group : control_groups(root, "cpu"))
    quota = smaller(quota, group.version_2 ? read_v2(group.folder) : read_v1(group.folder));
  return quota;
}

Throttling cgroup_throttling(const fs::path& root) {
  Throttling most;
  for (const ControlGroup& group : control_groups(root, "cpu")) {
    const Throttling here = read_throttling(group.folder);
    if (here.throttled > most.throttled || most.periods == 0) most = here;
  }
  return most;
}

CpuBudget cpu_budget() { return {read_topology(), cgroup_cpu_quota("/")}; }

}  // namespace gilscale
