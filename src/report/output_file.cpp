#include "report/output_file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "gilscale/text/error.hpp"

namespace gilscale {
namespace {

namespace fs = std::filesystem;

bool is_special(const fs::path& path) {
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  return fs::exists(status) && !fs::is_regular_file(status);
}

/// Where a chain of symbolic links ends: the links themselves are to stay.
fs::path behind_links(fs::path path) {
  std::error_code none;
  constexpr int most_links = 40;  // as the kernel's own limit
  for (int i = 0; i < most_links && fs::is_symlink(path, none); ++i)
    path = path.parent_path() / fs::read_symlink(path, none);
  return path;
}

fs::path temporary_beside(const fs::path& path) {
  return fs::path(path).concat(fmt::format(".{}.tmp", getpid()));
}

void write_whole(const fs::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file)
    throw UsageError(fmt::format("cannot write '{}': {}; choose another path", path.string(),
                                 std::strerror(errno)));
}

}  // namespace

void check_writable(const std::string& path) {
  if (path.empty()) throw UsageError("the name of a file to write is empty; give one");
  std::error_code ignored;
  if (fs::is_directory(path, ignored))
    throw UsageError(fmt::format("cannot write '{}': it is a folder; name a file", path));
  if (is_special(path)) return;
  const fs::path temporary = temporary_beside(behind_links(path));
  try {
    write_whole(temporary, "");
  } catch (const UsageError&) {
    throw UsageError(
        fmt::format("cannot write '{}': {}; choose another path", path, std::strerror(errno)));
  }
  fs::remove(temporary);
}

bool same_file(const std::string& path, const std::string& other) {
  const auto place = [](const std::string& name) {
    return fs::weakly_canonical(fs::absolute(behind_links(name)));
  };
  return !is_special(path) && !is_special(other) && place(path) == place(other);
}

void write_atomically(const std::string& path, const std::string& text) {
  if (is_special(path)) return write_whole(path, text);
  const fs::path target = behind_links(path);
  const fs::path temporary = temporary_beside(target);
  std::error_code failed;
  try {
    write_whole(temporary, text);
    fs::rename(temporary, target, failed);
    if (failed)
      throw UsageError(fmt::format("cannot write '{}': {}", target.string(), failed.message()));
  } catch (const UsageError&) {
    fs::remove(temporary, failed);
    throw;
  }
}

}  // namespace gilscale
