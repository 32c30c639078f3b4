#pragma once

#include <utility>
#include <vector>

namespace gilscale {

/// Where threads run: on how many CPUs at once, and on which.
struct Placement {
  int cpus = 1;             ///< that can run threads at once
  std::vector<int> places;  ///< thread i starts on CPU places[i % size]; empty: wherever it is
  bool pinned = false;      ///< and stays there

  // NOLINTNEXTLINE(google-explicit-constructor): a number of CPUs alone is a placement
  Placement(int cpu_count = 1, std::vector<int> cpu_numbers = {}, bool stay = false)
      : cpus(cpu_count), places(std::move(cpu_numbers)), pinned(stay) {}
};

/// Binds the calling thread to one CPU, by its number in the system. Cheap when it is bound there
/// already. False where that is not possible.
bool bind_this_thread(int cpu);

/// Moves the calling thread to a CPU that it may use, from where the system may move it again.
/// Cheap when it is there already. False where that is not possible.
bool move_this_thread(int cpu);

}  // namespace gilscale
