#pragma once

#include <optional>
#include <string>
#include <vector>

#include "gilscale/judge/judged_case.hpp"

namespace gilscale {

/// The library to try: that one, else the first of those that are known and installed, as jemalloc.
/// None if there is none. Throws UsageError if the one that was asked for is not there, or cannot
/// be loaded before all others (LD_PRELOAD).
std::optional<std::string> allocator_to_try(const std::string& asked_for);

/// Whether the calls of a case may be slowed down by how memory is allocated: they are slower on
/// their CPUs or wait where nobody saw it, and the machine is not to blame.
bool may_be_slowed_by_allocator(const JudgedCase& judged);

/// Measures the case's largest point with the library in place of the C library's allocator and
/// without it, in turns. Throws WorkloadError where that fails, or the user interrupts.
AllocatorTrial try_allocator(const CaseResult& result, const std::string& library,
                             double timeout_s);

}  // namespace gilscale
