#pragma once

#include "gilscale/judge/judged_case.hpp"

namespace gilscale {

/// Whether the calls of a case are slowed down by something that they share, and it may be
/// reference counts: without a GIL, all threads write to those of the objects that they have in
/// common.
bool may_be_slowed_by_counting(const JudgedCase& judged);

/// Measures the case's largest point with what its threads share made immortal and as it is, in
/// turns. Throws WorkloadError where there is nothing of the kind, that fails, or the user
/// interrupts.
ImmortalTrial try_immortal_objects(const CaseResult& result, double timeout_s);

}  // namespace gilscale
