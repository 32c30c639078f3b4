#include "gilscale/judge/judged_case.hpp"

#include <algorithm>
#include <utility>

#include "gilscale/judge/findings.hpp"

namespace gilscale {

JudgedCase::JudgedCase(CaseResult measured)
    : result(std::move(measured)),
      points(measured_points(result.points)),
      judgement(judge(result, points)),
      scalability(scalability_of(points)),
      findings(findings_of(result, points)) {}

const MeasuredPoint* JudgedCase::at(int threads) const {
  const auto found = std::find_if(points.begin(), points.end(), [&](const MeasuredPoint& each) {
    return each.point.threads == threads;
  });
  return found == points.end() ? nullptr : &*found;
}

}  // namespace gilscale
