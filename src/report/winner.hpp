#pragma once

#include <string>

#include "gilscale/judge/comparison.hpp"

namespace gilscale {

/// Who is ahead of whom, by how much and from how many threads on: "fastest from 2 threads on:
/// pool, with 1.93 [1.90, 1.96] times the calls/s of threads at 4 threads"; or why nobody is.
std::string winner_text(const ExecutorComparison& comparison);

}  // namespace gilscale
