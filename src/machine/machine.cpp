#include "gilscale/machine/machine.hpp"

#include <unistd.h>

#include <array>
#include <fstream>
#include <utility>

namespace gilscale {
namespace {

namespace fs = std::filesystem;

template <typename T>
std::optional<T> read_value(const fs::path& file) {
  std::ifstream stream(file);
  T value{};
  if (!(stream >> value)) return std::nullopt;
  return value;
}

/// intel_pstate says what it forbids, the other drivers what they allow
/// (Documentation/admin-guide/pm).
std::optional<bool> read_turbo(const fs::path& cpus) {
  if (const auto forbidden = read_value<int>(cpus / "intel_pstate/no_turbo"))
    return *forbidden == 0;
  if (const auto allowed = read_value<int>(cpus / "cpufreq/boost")) return *allowed != 0;
  return std::nullopt;
}

/// The CPU's own flag, which every hypervisor sets on x86; elsewhere the devicetree or DMI tells.
bool has_hypervisor(const fs::path& root) {
  if (fs::exists(root / "proc/device-tree/hypervisor")) return true;
  std::ifstream cpuinfo(root / "proc/cpuinfo");
  for (std::string line; std::getline(cpuinfo, line);)
    if (line.starts_with("flags")) return line.find(" hypervisor") != std::string::npos;
  return false;
}

}  // namespace

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

Machine read_machine(const fs::path& root, CpuBudget budget) {
  const fs::path cpus = root / "sys/devices/system/cpu";
  Machine machine;
  machine.budget = std::move(budget);
  const std::vector<int> order = machine.budget.topology.pin_order();
  const std::string first = "cpu" + std::to_string(order.empty() ? 0 : order.front());
  machine.governor = read_value<std::string>(cpus / first / "cpufreq/scaling_governor");
  machine.turbo = read_turbo(cpus);
  machine.load = read_value<double>(root / "proc/loadavg");
  machine.is_virtual = has_hypervisor(root);
  machine.throttling = cgroup_throttling(root);
  return machine;
}

}  // namespace gilscale
