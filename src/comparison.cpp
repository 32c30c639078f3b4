#include "gilscale/comparison.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace gilscale {
namespace {

std::optional<double> number_in(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// The speedup at so many threads, if it was measured.
std::optional<Estimate> speedup_at(const CaseResult& result, int threads) {
  for (const Point& point : result.points)
    if (point.threads == threads && point.samples.size() > 0) return figures_of(point).speedup;
  return std::nullopt;
}

int most_threads(const CaseResult& result, bool may_be_oversubscribed) {
  int most = 1;
  for (const Point& point : result.points)
    if (may_be_oversubscribed || !point.oversubscribed) most = std::max(most, point.threads);
  return most;
}

Case without_parameter(Case planned, std::size_t index) {
  ParameterValues& params = planned.workload.params;
  params.erase(params.begin() + static_cast<std::ptrdiff_t>(index));
  return planned;
}

bool same_but_for_threads(const Case& a, const Case& b) {
  return a.workload == b.workload && a.executor == b.executor;
}

/// The cases that are the same but for one parameter.
struct Family {
  Case common;  ///< without the parameter
  std::string parameter;
  std::vector<std::pair<ParameterCurve::Entry, const CaseResult*>> members;
};

Family& family_of(std::vector<Family>& families, const Case& common, const std::string& parameter) {
  const auto same = std::find_if(families.begin(), families.end(), [&](const Family& family) {
    return family.parameter == parameter && same_but_for_threads(family.common, common);
  });
  return same != families.end() ? *same : families.emplace_back(Family{common, parameter, {}});
}

std::vector<Family> families_in(const Report& report) {
  std::vector<Family> families;
  for (const CaseResult& result : report.cases) {
    const ParameterValues& params = result.planned.workload.params;
    for (std::size_t i = 0; i < params.size(); ++i) {
      const auto& [name, text] = params[i];
      if (const auto value = number_in(text))
        family_of(families, without_parameter(result.planned, i), name)
            .members.push_back({{*value, text, {}}, &result});
    }
  }
  return families;
}

ParameterCurve curve_of(const Family& family) {
  ParameterCurve curve{label_of(family.common), family.parameter, 0, {}};
  for (const auto& [entry, result] : family.members) {
    const int most = most_threads(*result, false);
    curve.threads = curve.threads == 0 ? most : std::min(curve.threads, most);
  }
  for (const auto& [entry, result] : family.members) {
    if (const auto speedup = speedup_at(*result, curve.threads))
      curve.entries.push_back({entry.value, entry.text, *speedup});
  }
  std::sort(curve.entries.begin(), curve.entries.end(),
            [](const auto& a, const auto& b) { return a.value < b.value; });
  return curve;
}

}  // namespace

std::optional<double> ParameterCurve::break_even() const {
  std::optional<double> from;
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    if (!(entry->speedup.low > 1)) break;
    from = entry->value;
  }
  return from;
}

std::vector<ParameterCurve> parameter_curves(const Report& report) {
  std::vector<ParameterCurve> curves;
  for (const Family& family : families_in(report)) {
    ParameterCurve curve = curve_of(family);
    if (curve.threads > 1 && curve.entries.size() > 1) curves.push_back(std::move(curve));
  }
  return curves;
}

bool SharingCost::differs() const { return shared.high < own.low || own.high < shared.low; }

std::vector<SharingCost> sharing_costs(const Report& report) {
  std::vector<SharingCost> costs;
  for (const CaseResult& with_own : report.cases) {
    if (with_own.planned.workload.share != "none") continue;
    Case shared = with_own.planned;
    shared.workload.share = "all";
    for (const CaseResult& result : report.cases) {
      if (!same_but_for_threads(result.planned, shared)) continue;
      const int threads = std::min(most_threads(with_own, true), most_threads(result, true));
      const auto together = speedup_at(result, threads);
      const auto apart = speedup_at(with_own, threads);
      if (threads > 1 && together && apart)
        costs.push_back({label_of(shared), threads, *together, *apart});
    }
  }
  return costs;
}

}  // namespace gilscale
