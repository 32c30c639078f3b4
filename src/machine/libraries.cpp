#include "gilscale/machine/libraries.hpp"

#include <dlfcn.h>

#include <cstdlib>
#include <sstream>
#include <vector>

namespace gilscale {
namespace {

namespace fs = std::filesystem;

/// The folder of the C library that runs here: on Debian, that of this architecture.
std::optional<fs::path> folder_of_libc() {
  Dl_info found{};
  const void* const function = dlsym(RTLD_DEFAULT, "gnu_get_libc_version");
  if (!function || dladdr(function, &found) == 0 || !found.dli_fname) return std::nullopt;
  return fs::path(found.dli_fname).parent_path();
}

std::vector<fs::path> folders() {
  std::vector<fs::path> all;
  if (const char* const path = std::getenv("LD_LIBRARY_PATH")) {
    std::istringstream folders(path);
    for (std::string folder; std::getline(folders, folder, ':');) all.emplace_back(folder);
  }
  if (const auto own = folder_of_libc()) all.push_back(*own);
  for (const char* const usual : {"/usr/local/lib", "/usr/lib64", "/usr/lib"})
    all.emplace_back(usual);
  return all;
}

}  // namespace

std::optional<fs::path> find_library(const std::string& name) {
  std::error_code error;
  if (name.find('/') != name.npos)
    return fs::is_regular_file(name, error) ? std::optional(fs::absolute(name)) : std::nullopt;
  for (const fs::path& folder : folders())
    if (fs::is_regular_file(folder / name, error)) return folder / name;
  return std::nullopt;
}

}  // namespace gilscale
