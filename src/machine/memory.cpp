#include "gilscale/machine/memory.hpp"

#include <charconv>
#include <fstream>
#include <iterator>
#include <string>

namespace gilscale {
namespace {

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
