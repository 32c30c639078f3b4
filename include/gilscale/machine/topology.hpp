#pragma once

#include <vector>

namespace gilscale {

/// A physical core, with the hardware threads of it that the process may use.
struct Core {
  std::vector<int> cpus;  ///< numbers of the system's, at least one
  int numa_node = 0;
  int efficiency = 0;  ///< the higher the faster; all the same where cores are of one kind

  friend bool operator==(const Core&, const Core&) = default;
};

/// The cores that the process may use: what its affinity mask and its cpuset leave of the machine.
struct Topology {
  std::vector<Core> cores;

  /// Hardware threads over all cores.
  [[nodiscard]] int cpus() const;
  /// Cores of the fastest kind.
  [[nodiscard]] int fast_cores() const;
  [[nodiscard]] int numa_nodes() const;
  [[nodiscard]] bool has_siblings() const { return cpus() > static_cast<int>(cores.size()); }

  /// All CPUs in the order in which threads should fill them: one thread to a core before a core
  /// gets a second one, fast cores before slow ones, and one memory node before the next.
  [[nodiscard]] std::vector<int> pin_order() const;
};

/// The topology of this machine as hwloc sees it, restricted to the calling process's affinity
/// mask. hwloc's variables (HWLOC_XMLFILE, HWLOC_SYNTHETIC, HWLOC_FSROOT) show it another one.
/// Where hwloc finds nothing: one core for each CPU of the affinity mask.
Topology read_topology();

/// So many cores of one hardware thread each, numbered from 0.
Topology flat_topology(int cpus);

}  // namespace gilscale
