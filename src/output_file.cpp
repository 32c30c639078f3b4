#include "output_file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "gilscale/error.hpp"

namespace gilscale {
namespace {

namespace fs = std::filesystem;

bool is_special(const fs::path& path) { return fs::exists(path) && !fs::is_regular_file(path); }

fs::path temporary_beside(const fs::path& path) {
  return fs::path(path).concat(fmt::format(".{}.tmp", getpid()));
}

void write_whole(const fs::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file)
    throw UsageError(fmt::format("cannot write '{}': {}; choose another place", path.string(),
                                 std::strerror(errno)));
}

}  // namespace

void check_writable(const std::string& path) {
  if (fs::is_directory(path))
    throw UsageError(fmt::format("cannot write '{}': it is a folder; name a file", path));
  if (is_special(path)) return;
  const fs::path temporary = temporary_beside(path);
  try {
    write_whole(temporary, "");
  } catch (const UsageError&) {
    throw UsageError(fmt::format("cannot write '{}': {}; choose another place", path,
                                 std::strerror(errno)));
  }
  fs::remove(temporary);
}

void write_atomically(const std::string& path, const std::string& text) {
  if (is_special(path)) return write_whole(path, text);
  const fs::path temporary = temporary_beside(path);
  write_whole(temporary, text);
  fs::rename(temporary, path);
}

}  // namespace gilscale
