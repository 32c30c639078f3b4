#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "gilscale/model/case.hpp"
#include "gilscale/model/result.hpp"
#include "gilscale/supervise/messages.hpp"

namespace gilscale {

/// In how many processes each of two versions is measured: one process has one layout of memory and
/// one seed of hashes, which are no part of the version (Mytkowicz et al., "Producing wrong data
/// without doing anything obviously wrong!", ASPLOS 2009; Kalibera & Jones, "Rigorous benchmarking
/// in reasonable time", ISMM 2013).
inline constexpr std::size_t launches_of_a_version = 3;

/// The case as one of these processes measures it: its part of the budget, an order of its own.
Case launch_of(Case planned, std::size_t number);

/// What the processes of one version ask about a point, as if it were one; in the order of their
/// numbers.
Question merged(std::span<const Question* const> launches);

/// The same of what came of them. A failure of one is that of the case.
CaseResult merged(std::vector<CaseResult> launches);

}  // namespace gilscale
