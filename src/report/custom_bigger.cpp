#include <fmt/format.h>

#include <cmath>

#include "gilscale/judge/verdict.hpp"
#include "report/formats.hpp"
#include "report/text.hpp"

namespace gilscale {
namespace {

using nlohmann::json;

/// The entries of one case, which share what is said of it.
class Entries {
 public:
  Entries(const CaseResult& result, json& all) : label_(label_of(result.planned)), all_(all) {
    const Judgement judgement = judge(result);
    extra_ = fmt::format("{}: {}", to_string(judgement.verdict), judgement.why);
  }

  void add(const Point& point, std::string_view figure, const char* unit, const Estimate& value) {
    if (!std::isfinite(value.estimate)) return;
    json entry{{"name", fmt::format("{} {}", point_name(label_, point.threads), figure)},
               {"unit", unit},
               {"value", value.estimate},
               {"extra", extra_}};
    if (is_bounded(value)) entry["range"] = fmt::format("± {:.3g}", (value.high - value.low) / 2);
    all_.push_back(std::move(entry));
  }

 private:
  std::string label_;
  std::string extra_;
  json& all_;
};

}  // namespace

std::string render_custom_bigger(const Report& report, const Style&) {
  json all = json::array();
  for (const CaseResult& result : report.cases) {
    Entries entries(result, all);
    for (const Point& point : result.points) {
      if (point.samples.size() == 0) continue;
      const PointFigures figures = figures_of(point);
      if (point.threads > 1) {
        entries.add(point, "speedup", "x", figures.speedup);
        entries.add(point, "relative efficiency", "ratio", figures.relative_efficiency);
      }
      entries.add(point, "throughput", "calls/s", figures.throughput_per_s);
    }
  }
  return all.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace gilscale
