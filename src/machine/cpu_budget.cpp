#include "gilscale/machine/cpu_budget.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

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

bool lists_cpu(const std::string& controllers) {
  std::istringstream list(controllers);
  for (std::string name; std::getline(list, name, ',');)
    if (name == "cpu") return true;
  return false;
}

struct Group {
  fs::path folder;
  bool version_2;
};

/// All control groups that can limit the process's CPU time: its own and every ancestor.
std::vector<Group> cpu_groups(const fs::path& root) {
  const fs::path mount = root / "sys/fs/cgroup";
  std::vector<Group> groups;
  const auto add_path = [&](const fs::path& hierarchy, const std::string& group, bool version_2) {
    fs::path here = hierarchy;
    groups.push_back({here, version_2});
    for (const fs::path& part : fs::path(group).relative_path())
      groups.push_back({here /= part, version_2});
  };
  std::ifstream lines(root / "proc/self/cgroup");
  for (std::string line; std::getline(lines, line);) {
    // hierarchy-ID:controller-list:cgroup-path (cgroups(7))
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string group = line.substr(second + 1);
    if (controllers.empty()) add_path(mount, group, true);
    if (!lists_cpu(controllers)) continue;
    add_path(mount / "cpu", group, false);
    add_path(mount / controllers, group, false);
  }
  return groups;
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
  for (const Group& group : cpu_groups(root))
    quota = smaller(quota, group.version_2 ? read_v2(group.folder) : read_v1(group.folder));
  return quota;
}

Throttling cgroup_throttling(const fs::path& root) {
  Throttling most;
  for (const Group& group : cpu_groups(root)) {
    const Throttling here = read_throttling(group.folder);
    if (here.throttled > most.throttled || most.periods == 0) most = here;
  }
  return most;
}

CpuBudget cpu_budget() { return {read_topology(), cgroup_cpu_quota("/")}; }

}  // namespace gilscale
