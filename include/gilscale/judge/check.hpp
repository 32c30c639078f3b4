#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gilscale/judge/expectation.hpp"
#include "gilscale/judge/judged_case.hpp"
#include "gilscale/model/result.hpp"
#include "gilscale/statistics/estimate.hpp"

namespace gilscale {

enum class Outcome { passed, failed, inconclusive };

/// "passed", "failed", "inconclusive".
std::string_view to_string(Outcome outcome);

/// One expectation at one point of a case.
struct Check {
  Expectation expectation;
  std::string label;           ///< of the case, as in tables
  std::optional<int> threads;  ///< none for what concerns a case as a whole
  /// The figure when it was decided, or of all samples; its interval decides nothing.
  std::optional<Estimate> seen;
  Outcome outcome = Outcome::inconclusive;
  std::string why;  ///< one sentence
};

/// The expectation at a point, with the samples that there are: the first of them that sufficed
/// decide (see evidence.hpp). Where the machine did not have the cores that an answer needs, there
/// is none.
Check check_point(const Expectation& expectation, const CaseResult& result, const Point& point);

/// Those of the expectations that are about a case, at all points that they are about.
std::vector<Check> checks_of(const std::vector<Expectation>& expectations,
                             const JudgedCase& judged);

}  // namespace gilscale
