#include "gilscale/cpu_budget.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

#ifdef __linux__
#include <sched.h>
#endif

namespace gilscale {
namespace {

namespace fs = std::filesystem;
using Quota = std::optional<double>;

Quota smaller(Quota a, Quota b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

/// cgroup v2: "max 100000" or "150000 100000", run time and period in µs.
Quota read_v2(const fs::path& group) {
  std::ifstream file(group / "cpu.max");
  double allowed = 0;
  double period = 0;
  if (!(file >> allowed >> period) || allowed <= 0 || period <= 0) return std::nullopt;
  return allowed / period;
}

/// cgroup v1: two files, run time −1 for no limit.
Quota read_v1(const fs::path& group) {
  std::ifstream allowed_file(group / "cpu.cfs_quota_us");
  std::ifstream period_file(group / "cpu.cfs_period_us");
  double allowed = 0;
  double period = 0;
  if (!(allowed_file >> allowed) || !(period_file >> period)) return std::nullopt;
  if (allowed <= 0 || period <= 0) return std::nullopt;
  return allowed / period;
}

/// A limit on any ancestor binds too.
template <typename Read>
Quota smallest_on_path(const fs::path& mount, const std::string& group, Read read) {
  Quota quota = read(mount);
  fs::path here = mount;
  for (const fs::path& part : fs::path(group).relative_path()) {
    here /= part;
    quota = smaller(quota, read(here));
  }
  return quota;
}

bool lists_cpu(const std::string& controllers) {
  std::istringstream list(controllers);
  for (std::string name; std::getline(list, name, ',');)
    if (name == "cpu") return true;
  return false;
}

int cpus_in_affinity_mask() {
#ifdef __linux__
  cpu_set_t mask;
  CPU_ZERO(&mask);
  if (sched_getaffinity(0, sizeof mask, &mask) == 0) return std::max(1, CPU_COUNT(&mask));
#endif
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace

int CpuBudget::usable() const {
  if (!quota) return in_affinity_mask;
  return std::clamp(static_cast<int>(std::ceil(*quota)), 1, in_affinity_mask);
}

std::optional<double> cgroup_cpu_quota(const fs::path& root) {
  const fs::path mount = root / "sys/fs/cgroup";
  std::ifstream groups(root / "proc/self/cgroup");
  Quota quota;
  for (std::string line; std::getline(groups, line);) {
    // hierarchy-ID:controller-list:cgroup-path (cgroups(7))
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string group = line.substr(second + 1);
    if (controllers.empty()) quota = smaller(quota, smallest_on_path(mount, group, read_v2));
    if (lists_cpu(controllers)) {
      quota = smaller(quota, smallest_on_path(mount / "cpu", group, read_v1));
      quota = smaller(quota, smallest_on_path(mount / controllers, group, read_v1));
    }
  }
  return quota;
}

CpuBudget cpu_budget() { return {cpus_in_affinity_mask(), cgroup_cpu_quota("/")}; }

}  // namespace gilscale
