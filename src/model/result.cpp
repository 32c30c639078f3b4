#include "gilscale/model/result.hpp"

#include <algorithm>

#include "gilscale/text/printable.hpp"

namespace gilscale {

const Point* point_at(const CaseResult& result, int threads) {
  const auto found = std::find_if(
      result.points.begin(), result.points.end(),
      [&](const Point& point) { return point.threads == threads && point.samples.size() > 0; });
  return found == result.points.end() ? nullptr : &*found;
}

const CaseResult* same_case(const Case& planned, const std::vector<CaseResult>& results) {
  // Those that were read from a file have been made so.
  const std::string label = printable(label_of(planned));
  const auto found = std::find_if(results.begin(), results.end(), [&](const CaseResult& result) {
    return printable(label_of(result.planned)) == label;
  });
  return found == results.end() ? nullptr : &*found;
}

}  // namespace gilscale
