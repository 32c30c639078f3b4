#pragma once

#include <string>
#include <vector>

namespace gilscale {

/// Thread counts from the command line: numbers and ranges joined by commas ("1,2,4", "1-24",
/// "1,4-8"). Sorted, each once.
/// Throws UsageError for anything else, and for counts outside 1 … most_threads.
std::vector<int> parse_thread_list(const std::string& text);

}  // namespace gilscale
