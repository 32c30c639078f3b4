#include "gilscale/judge/bounds.hpp"

#include <algorithm>
#include <vector>

#include "gilscale/statistics/statistics.hpp"

namespace gilscale {
namespace {

constexpr double cores_were_there = 0.75;

bool share_a_gil(const GilState& gil) { return gil.shared && gil.after_run; }

}  // namespace

bool had_its_cores(double cores, double wanted) { return cores >= cores_were_there * wanted; }

Estimate efficiency_over_least(const Estimate& relative_efficiency, double achievable,
                               double achievable_low) {
  const double factor = achievable / achievable_low;
  return {relative_efficiency.estimate * factor, relative_efficiency.low * factor,
          relative_efficiency.high * factor};
}

double shared_gil_demand(const Point& point, const GilState& gil) {
  return share_a_gil(gil) ? point.gil_demand.value_or(1) : 0;
}

bool gil_explains_no_speedup(const Point& point, const GilState& gil, double speedup,
                             double achievable) {
  return shared_gil_demand(point, gil) >= 1 / about_one_to && speedup <= about_one_to &&
         achievable >= least_achievable;
}

bool gil_allows_less(const Point& point, const GilState& gil, double speedup, double achievable) {
  const double demand = shared_gil_demand(point, gil);
  constexpr double refuted_from = 1.1;
  return demand * achievable > 1 && demand * speedup <= refuted_from;
}

std::optional<double> gil_demand_of(const CaseResult& result) {
  std::vector<double> demands;
  for (const Point& point : result.points)
    if (point.gil_demand) demands.push_back(*point.gil_demand);
  if (demands.empty() || !share_a_gil(result.gil)) return std::nullopt;
  return std::clamp(median(demands), 0.0, 1.0);
}

}  // namespace gilscale
