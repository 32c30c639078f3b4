#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string_view>

namespace gilscale {

/// The proportional set size in bytes of a process, from the text of its /proc/PID/smaps_rollup
/// (Linux, Documentation/filesystems/proc.rst): what it has in memory, where a page that several
/// processes share counts in each with its part.
std::optional<std::int64_t> proportional_set_size(std::string_view smaps_rollup);

/// What new processes may use, in bytes: what the system has available (MemAvailable, proc(5)), or
/// less where a control group's limit is nearer; a group's file cache can be given up. Nothing
/// where the system does not tell. `root` is the folder in which /proc and /sys lie.
std::optional<std::int64_t> free_memory_bytes(const std::filesystem::path& root);
std::optional<std::int64_t> free_memory_bytes();

/// The sum over processes; nothing where the system does not tell, or one of them is gone.
std::optional<std::int64_t> memory_of(std::span<const pid_t> processes);

}  // namespace gilscale
