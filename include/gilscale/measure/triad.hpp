#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace gilscale {

/// What threads want of memory that compute next to nothing: a = b + s·c over arrays that no cache
/// holds (the triad of McCalpin, "Memory Bandwidth and Machine Balance in Current High Performance
/// Computers", IEEE TCCA Newsletter, 1995).
///
/// How many times as long it takes a thread beside `threads` - 1 others as alone: 1 where memory
/// has room for all. Each thread has three arrays of `bytes` each. None where memory for them
/// cannot be had.
std::optional<double> triad_slowdown(int threads, std::size_t bytes);

/// The same with arrays that suit this machine: four times its last cache, as STREAM asks for, but
/// no more than `free_bytes` leave room for. None where that is too little.
std::optional<double> triad_slowdown_here(int threads);

/// How long each of those arrays is; none where too little is free.
std::optional<std::size_t> triad_bytes(int threads, std::int64_t last_cache_bytes,
                                       std::optional<std::int64_t> free_bytes);

}  // namespace gilscale
