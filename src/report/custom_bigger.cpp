#include <fmt/format.h>

#include <cmath>

#include "report/formats.hpp"
#include "report/text.hpp"

namespace gilscale {
namespace {

using nlohmann::json;

/// The entries of one case, which share what is said of it.
class Entries {
 public:
  Entries(const JudgedCase& judged, json& all)
      : label_(label_of(judged.result.planned)),
        extra_(fmt::format("{}: {}", to_string(judged.judgement.verdict), judged.judgement.why)),
        all_(all) {}

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
  for (const JudgedCase& judged : report.cases) {
    Entries entries(judged, all);
    for (const auto& [point, values, figures] : judged.points) {
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
