#include "gilscale/judge/judged_case.hpp"

#include <algorithm>
#include <utility>

#include "gilscale/judge/findings.hpp"

namespace gilscale {

namespace {

std::map<int, std::vector<WhatIf>> what_ifs_by_threads(const std::vector<MeasuredPoint>& points) {
  std::map<int, std::vector<WhatIf>> all;
  for (const MeasuredPoint& each : points) all[each.point.threads] = what_ifs_of(each);
  return all;
}

}  // namespace

JudgedCase::JudgedCase(CaseResult measured)
    : result(std::move(measured)),
      points(measured_points(result.points)),
      judgement(judge(result, points)),
      scalability(scalability_of(points)),
      findings(findings_of(result, points)),
      what_ifs(what_ifs_by_threads(points)) {}

std::span<const WhatIf> JudgedCase::what_ifs_at(int threads) const {
  const auto found = what_ifs.find(threads);
  if (found == what_ifs.end()) return {};
  return found->second;
}

const MeasuredPoint* JudgedCase::at(int threads) const {
  const auto found = std::find_if(points.begin(), points.end(), [&](const MeasuredPoint& each) {
    return each.point.threads == threads;
  });
  return found == points.end() ? nullptr : &*found;
}

}  // namespace gilscale
