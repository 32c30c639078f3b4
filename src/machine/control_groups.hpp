#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

namespace gilscale {

/// A control group of the Linux kernel (cgroups(7)).
struct ControlGroup {
  std::filesystem::path folder;
  bool version_2;
};

/// All control groups that can limit the process by that controller ("cpu", "memory"): its own and
/// every ancestor. `root` is the folder in which /proc and /sys lie. Not all folders need exist.
std::vector<ControlGroup> control_groups(const std::filesystem::path& root,
                                         std::string_view controller);

}  // namespace gilscale
