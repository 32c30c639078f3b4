#include "gilscale/machine/memory.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <string>

#include "machine/control_groups.hpp"

namespace gilscale {
namespace {

namespace fs = std::filesystem;

/// The number behind a name, in a file of lines of these two; nothing if it has none.
std::optional<std::int64_t> number_named(const fs::path& path, std::string_view wanted) {
  std::ifstream file(path);
  std::string rest;
  std::int64_t value = 0;
  for (std::string name; file >> name >> value; std::getline(file, rest))
    if (name == wanted) return value;
  return std::nullopt;
}

/// Nothing if the file has none; "max" is none.
std::optional<std::int64_t> number_in(const fs::path& path) {
  std::ifstream file(path);
  std::int64_t value = 0;
  return file >> value ? std::optional(value) : std::nullopt;
}

/// What a group may still use; nothing without a limit.
std::optional<std::int64_t> free_in(const ControlGroup& group) {
  const bool v2 = group.version_2;
  const auto limit = number_in(group.folder / (v2 ? "memory.max" : "memory.limit_in_bytes"));
  const auto used = number_in(group.folder / (v2 ? "memory.current" : "memory.usage_in_bytes"));
  if (!limit || !used) return std::nullopt;
  const auto cache =
      number_named(group.folder / "memory.stat", v2 ? "inactive_file" : "total_inactive_file");
  return *limit - *used + cache.value_or(0);
}

std::string smaps_rollup_of(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/smaps_rollup");
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

std::optional<std::int64_t> proportional_set_size(std::string_view smaps_rollup) {
  constexpr std::string_view key = "\nPss:";
  const std::size_t at = smaps_rollup.find(key);
  if (at == std::string_view::npos) return std::nullopt;
  const std::size_t digits = smaps_rollup.find_first_not_of(' ', at + key.size());
  if (digits == std::string_view::npos) return std::nullopt;
  std::int64_t kibibytes = 0;
  const auto [end, error] = std::from_chars(smaps_rollup.data() + digits,
                                            smaps_rollup.data() + smaps_rollup.size(), kibibytes);
  if (error != std::errc()) return std::nullopt;
  return kibibytes * 1024;
}

std::optional<std::int64_t> free_memory_bytes(const std::filesystem::path& root) {
  std::optional<std::int64_t> least;
  if (const auto kibibytes = number_named(root / "proc/meminfo", "MemAvailable:"))
    least = *kibibytes * 1024;
  for (const ControlGroup& group : control_groups(root, "memory"))
    if (const auto free = free_in(group)) least = std::min(least.value_or(*free), *free);
  return least;
}

std::optional<std::int64_t> free_memory_bytes() { return free_memory_bytes("/"); }

std::optional<std::int64_t> memory_of(std::span<const pid_t> processes) {
  std::int64_t sum = 0;
  for (const pid_t process : processes) {
    const auto size = proportional_set_size(smaps_rollup_of(process));
    if (!size) return std::nullopt;
    sum += *size;
  }
  return sum;
}

}  // namespace gilscale
