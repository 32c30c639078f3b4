#include "machine/control_groups.hpp"

#include <fstream>
#include <sstream>
#include <string>

namespace gilscale {
namespace {

bool lists(const std::string& controllers, std::string_view controller) {
  std::istringstream list(controllers);
  for (std::string name; std::getline(list, name, ',');)
    if (name == controller) return true;
  return false;
}

}  // namespace

std::vector<ControlGroup> control_groups(const std::filesystem::path& root,
                                         std::string_view controller) {
  namespace fs = std::filesystem;
  const fs::path mount = root / "sys/fs/cgroup";
  std::vector<ControlGroup> groups;
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
    if (!lists(controllers, controller)) continue;
    add_path(mount / controller, group, false);
    if (controllers != controller) add_path(mount / controllers, group, false);
  }
  return groups;
}

}  // namespace gilscale
