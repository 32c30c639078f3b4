#include "gilscale/model/executable.hpp"

#include <algorithm>
#include <cstdlib>

#ifdef __APPLE__
#include <mach-o/dyld.h>
#endif

namespace gilscale {

std::filesystem::path own_executable() {
#ifdef __APPLE__
  std::uint32_t size = 0;
  _NSGetExecutablePath(nullptr, &size);
  std::string path(size, '\0');
  _NSGetExecutablePath(path.data(), &size);
  return std::filesystem::canonical(path.c_str());
#else
  return std::filesystem::read_symlink("/proc/self/exe");
#endif
}

std::vector<std::string> worker_command() {
  return {own_executable().string(), "worker", "--supervised"};
}

std::vector<std::string> worker_command(const std::vector<std::string>& launcher,
                                        const std::string& role) {
  const char* const path = std::getenv("PATH");
  const std::string folder = own_executable().parent_path().string();
  std::vector<std::string> command{"env", "PATH=" + folder + (path ? ":" + std::string(path) : "")};
  command.insert(command.end(), launcher.begin(), launcher.end());
  const bool is_named = std::filesystem::path(launcher.back()).filename() == "gilscale";
  if (!is_named) command.emplace_back("gilscale");
  command.insert(command.end(), {"worker", role});
  return command;
}

std::vector<std::string> member_command() {
  return {own_executable().string(), "worker", "--member"};
}

bool is_member_command(int argc, const char* const* argv) {
  const std::vector<std::string> expected = member_command();
  return std::equal(argv + std::min(argc, 1), argv + argc, expected.begin() + 1, expected.end());
}

std::string own_python() {
  const char* const told = std::getenv("GILSCALE_OWN_PYTHON");
  std::error_code ignored;
  // Another gilscale may have started this one.
  return told && std::filesystem::exists(own_prefix() / "__main__.py", ignored) ? told : "";
}

std::filesystem::path own_prefix() { return own_executable().parent_path().parent_path(); }

std::filesystem::path own_clone() {
  const std::filesystem::path builds = own_prefix().parent_path();
  return builds.filename() == "build" ? builds.parent_path() : std::filesystem::path();
}

std::filesystem::path share_folder() { return own_prefix() / "share" / "gilscale"; }

}  // namespace gilscale
