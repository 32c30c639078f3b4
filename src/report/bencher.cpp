#include <cmath>

#include "report/formats.hpp"
#include "report/text.hpp"

namespace gilscale {
namespace {

using nlohmann::json;

/// Bencher takes 1024 characters at most; 250 of UTF-8 are never more bytes than that, so that it
/// does not matter what is counted.
std::string benchmark_name(const std::string& label, int threads) {
  constexpr std::size_t most_bytes = 1000;
  const std::string name = utf8(label);
  return point_name(name.size() > most_bytes ? abridged(name, 250) : name, threads);
}

void add(json& measures, const char* name, const Estimate& value, double factor = 1) {
  if (!std::isfinite(value.estimate)) return;
  json& measure = measures[name];
  measure["value"] = value.estimate * factor;
  if (std::isfinite(value.low)) measure["lower_value"] = value.low * factor;
  if (std::isfinite(value.high)) measure["upper_value"] = value.high * factor;
}

json measures_of(const MeasuredPoint& measured) {
  constexpr double ns_per_s = 1e9;
  const auto& [point, values, figures] = measured;
  json measures = json::object();
  add(measures, "latency", figures.call_s, ns_per_s);
  add(measures, "throughput", figures.throughput_per_s);
  if (point.threads == 1) return measures;
  add(measures, "speedup", figures.speedup);
  add(measures, "relative-efficiency", figures.relative_efficiency);
  return measures;
}

}  // namespace

std::string render_bencher(const Report& report, const Style&) {
  json benchmarks = json::object();
  for (const JudgedCase& judged : report.cases)
    for (const MeasuredPoint& measured : judged.points)
      benchmarks[benchmark_name(label_of(judged.result.planned), measured.point.threads)] =
          measures_of(measured);
  return benchmarks.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace gilscale
