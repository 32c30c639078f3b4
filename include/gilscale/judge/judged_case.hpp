#pragma once

#include <map>
#include <span>
#include <vector>

#include "gilscale/judge/scalability.hpp"
#include "gilscale/judge/verdict.hpp"
#include "gilscale/judge/what_if.hpp"
#include "gilscale/model/finding.hpp"
#include "gilscale/model/result.hpp"

namespace gilscale {

/// A case and all that follows from it alone, worked out once: what reporters read. Nothing of it
/// is to be changed afterwards.
struct JudgedCase {
  JudgedCase(CaseResult measured);  // NOLINT: a result goes wherever its judgement is wanted

  /// The point with this many threads; null if there is none that has samples.
  [[nodiscard]] const MeasuredPoint* at(int threads) const;
  /// See what_ifs_of().
  [[nodiscard]] std::span<const WhatIf> what_ifs_at(int threads) const;

  CaseResult result;
  std::vector<MeasuredPoint> points;  ///< those that have samples
  Judgement judgement;
  Scalability scalability;
  std::vector<Finding> findings;
  std::map<int, std::vector<WhatIf>> what_ifs;  ///< by threads
};

}  // namespace gilscale
