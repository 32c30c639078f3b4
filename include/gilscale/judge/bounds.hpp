#pragma once

#include <optional>

#include "gilscale/model/result.hpp"
#include "gilscale/statistics/estimate.hpp"

namespace gilscale {

// What keeps N threads from doing N times the work of one: each question is answered here, for
// verdicts, expectations, changes, comparisons, findings and the page alike.

/// From this relative efficiency on, a workload counts as parallel.
inline constexpr double parallel_from = 0.9;

/// A speedup between these is about 1.
inline constexpr double about_one_from = 0.9;
inline constexpr double about_one_to = 1.15;

/// A machine that gives N threads less than this cannot tell serial from parallel.
inline constexpr double least_achievable = 1.25;

/// Whether a machine that gave `cores` where `wanted` were asked for counts as having given them.
bool had_its_cores(double cores, double wanted);

/// A relative efficiency over the least that code without any fault may do, in place of the most:
/// only what is too low by this can be blamed on the workload.
Estimate efficiency_over_least(const Estimate& relative_efficiency, double achievable,
                               double achievable_low);

/// The share of a call, 0 to 1, for which a thread holds the GIL that all threads share: 0 where
/// they share none, 1 where it could not be measured, since nothing is known then.
double shared_gil_demand(const Point& point, const GilState& gil);

/// Whether the GIL explains that threads gain nothing: it is held nearly throughout a call, their
/// speedup is about 1, and the machine would have allowed more.
bool gil_explains_no_speedup(const Point& point, const GilState& gil, double speedup,
                             double achievable);

/// Whether the GIL allows less than the cores do: a demand of s allows a speedup of 1/s (the
/// utilisation law: Denning & Buzen, "The Operational Analysis of Queueing Network Models", 1978).
/// The demand is that of one thread, or of earlier versions an upper bound: a speedup well above
/// 1/s refutes it.
bool gil_allows_less(const Point& point, const GilState& gil, double speedup, double achievable);

/// The GIL demand of a case, 0 to 1: the median of what its points measured; nothing where its
/// threads share no GIL or it was not measured.
std::optional<double> gil_demand_of(const CaseResult& result);

}  // namespace gilscale
