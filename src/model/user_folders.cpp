#include "gilscale/model/user_folders.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace gilscale {

namespace fs = std::filesystem;

std::string environment_variable(const char* name) {
  const char* const value = std::getenv(name);
  return value ? value : "";
}

fs::path user_folder(const char* name, const char* below_home) {
  std::string own = environment_variable(name);
  if (!own.empty()) return own;
  const std::string home = environment_variable("HOME");
  return home.empty() ? fs::path() : fs::path(home) / below_home;
}

fs::path user_data_folder() { return user_folder("XDG_DATA_HOME", ".local/share"); }

std::vector<fs::path> folders_on_path() {
  std::vector<fs::path> folders;
  const std::string path = environment_variable("PATH");
  for (std::string_view left = path; !left.empty();) {
    const std::size_t end = std::min(left.find(':'), left.size());
    if (end > 0) folders.emplace_back(left.substr(0, end));
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  return folders;
}

bool is_program(const fs::path& file) {
  std::error_code ignored;
  return fs::is_regular_file(file, ignored) && access(file.c_str(), X_OK) == 0;
}

}  // namespace gilscale
