#include "gilscale/machine/topology.hpp"

#include <hwloc.h>

#include <algorithm>
#include <set>
#include <thread>
#include <tuple>

namespace gilscale {
namespace {

/// Frees a bitmap of hwloc's.
class CpuSet {
 public:
  CpuSet() : set_(hwloc_bitmap_alloc()) {}
  ~CpuSet() { hwloc_bitmap_free(set_); }
  CpuSet(const CpuSet&) = delete;
  CpuSet& operator=(const CpuSet&) = delete;
  [[nodiscard]] hwloc_bitmap_t get() const { return set_; }

 private:
  hwloc_bitmap_t set_;
};

/// The machine as hwloc sees it, without what this process may not use.
class SystemTopology {
 public:
  SystemTopology() {
    if (hwloc_topology_init(&topology_) != 0) return;
    if (hwloc_topology_load(topology_) == 0) loaded_ = true;
    if (loaded_ && hwloc_topology_is_thissystem(topology_) != 0) restrict_to_affinity();
  }
  ~SystemTopology() {
    if (topology_) hwloc_topology_destroy(topology_);
  }
  SystemTopology(const SystemTopology&) = delete;
  SystemTopology& operator=(const SystemTopology&) = delete;

  [[nodiscard]] std::vector<Core> cores() const {
    std::vector<Core> cores;
    if (!loaded_) return cores;
    // Where cores are not known, every hardware thread stands for one.
    const int depth = hwloc_get_type_or_below_depth(topology_, HWLOC_OBJ_CORE);
    for (hwloc_obj_t object = nullptr;
         (object = hwloc_get_next_obj_by_depth(topology_, depth, object));) {
      if (hwloc_bitmap_iszero(object->cpuset) == 0) cores.push_back(core(object));
    }
    return cores;
  }

 private:
  void restrict_to_affinity() const {
    const CpuSet allowed;
    if (hwloc_get_cpubind(topology_, allowed.get(), HWLOC_CPUBIND_PROCESS) == 0)
      hwloc_topology_restrict(topology_, allowed.get(), 0);
  }

  [[nodiscard]] Core core(hwloc_obj_t object) const {
    Core core;
    for (int cpu = hwloc_bitmap_first(object->cpuset); cpu >= 0;
         cpu = hwloc_bitmap_next(object->cpuset, cpu))
      core.cpus.push_back(cpu);
    core.numa_node = std::max(0, hwloc_bitmap_first(object->nodeset));
    core.efficiency = std::max(0, hwloc_cpukinds_get_by_cpuset(topology_, object->cpuset, 0));
    return core;
  }

  hwloc_topology_t topology_ = nullptr;
  bool loaded_ = false;
};

}  // namespace

int Topology::cpus() const {
  int count = 0;
  for (const Core& core : cores) count += static_cast<int>(core.cpus.size());
  return count;
}

int Topology::fast_cores() const {
  int fastest = 0;
  for (const Core& core : cores) fastest = std::max(fastest, core.efficiency);
  return static_cast<int>(std::count_if(
      cores.begin(), cores.end(), [&](const Core& core) { return core.efficiency == fastest; }));
}

int Topology::numa_nodes() const {
  std::set<int> nodes;
  for (const Core& core : cores) nodes.insert(core.numa_node);
  return static_cast<int>(nodes.size());
}

std::vector<int> Topology::pin_order() const {
  // sibling, slowness, node, core, CPU: sorted, they are in the order wanted
  std::vector<std::tuple<std::size_t, int, int, std::size_t, int>> places;
  for (std::size_t i = 0; i < cores.size(); ++i)
    for (std::size_t sibling = 0; sibling < cores[i].cpus.size(); ++sibling)
      places.emplace_back(sibling, -cores[i].efficiency, cores[i].numa_node, i,
                          cores[i].cpus[sibling]);
  std::sort(places.begin(), places.end());
  std::vector<int> order;
  for (const auto& place : places) order.push_back(std::get<4>(place));
  return order;
}

Topology flat_topology(int cpus) {
  Topology topology;
  for (int cpu = 0; cpu < cpus; ++cpu) topology.cores.push_back({{cpu}});
  return topology;
}

Topology read_topology() {
  Topology topology{SystemTopology().cores()};
  if (topology.cores.empty())
    return flat_topology(std::max(1, static_cast<int>(std::thread::hardware_concurrency())));
  return topology;
}

}  // namespace gilscale
