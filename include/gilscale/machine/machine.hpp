#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "gilscale/machine/cpu_budget.hpp"

namespace gilscale {

/// What the system tells about itself that has to do with measuring. Nothing where it does not
/// tell.
struct Machine {
  CpuBudget budget;
  std::optional<std::string> governor;  ///< of CPU frequency: "performance", "powersave", …
  std::optional<bool> turbo;            ///< a core alone may be clocked higher than all together
  std::optional<double> load;           ///< average number of threads that wanted a CPU, 1 minute
  bool is_virtual = false;              ///< a hypervisor runs it
  Throttling throttling;                ///< so far
};

/// As the network knows it; empty where the system does not tell.
std::string host_name();

/// The machine as the files below `root` describe it ("/" but in tests), with the budget given.
Machine read_machine(const std::filesystem::path& root, CpuBudget budget);

}  // namespace gilscale
