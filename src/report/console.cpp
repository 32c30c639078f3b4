#include <fmt/format.h>

#include <algorithm>

#include "report/formats.hpp"

namespace gilscale {
namespace {

using nlohmann::json;

bool is_error(const json& benchmark) { return benchmark.value("error_occurred", false); }

/// Keys of a benchmark entry that are not user counters.
bool is_counter(const std::string& key, const json& value) {
  constexpr std::string_view own[] = {"family_index", "per_family_instance_index",
                                      "repetitions",  "repetition_index",
                                      "threads",      "iterations",
                                      "real_time",    "cpu_time"};
  return value.is_number() && std::find(std::begin(own), std::end(own), key) == std::end(own);
}

/// Three significant digits and a metric suffix, as Google Benchmark's console prints counters.
std::string human(double value) {
  for (const auto& [limit, suffix] : {std::pair{1e9, "G"}, {1e6, "M"}, {1e3, "k"}})
    if (value >= limit) return fmt::format("{:.6g}{}", value / limit, suffix);
  return fmt::format("{:.6g}", value);
}

std::string counters_of(const json& benchmark) {
  std::string text;
  for (const auto& [key, value] : benchmark.items()) {
    if (!is_counter(key, value)) continue;
    const bool rate = key == "items_per_second";
    text += fmt::format(" {}={}{}", key, human(value.get<double>()), rate ? "/s" : "");
  }
  return text;
}

std::string row(const json& benchmark, std::size_t name_width) {
  const auto name = benchmark.at("name").get<std::string>();
  if (is_error(benchmark))
    return fmt::format("{:<{}} ERROR OCCURRED: '{}'\n", name, name_width,
                       benchmark.at("error_message").get<std::string>());
  const auto unit = benchmark.value("time_unit", "ns");
  const bool dimensionless = benchmark.value("aggregate_unit", "time") == "percentage";
  const double factor = dimensionless ? 100 : 1;
  const std::string shown_unit = dimensionless ? "%" : unit;
  const bool aggregate = benchmark.value("run_type", "") == "aggregate";
  return fmt::format(
      "{:<{}} {:>10.3g} {:<2} {:>10.3g} {:<2} {:>10}{}\n", name, name_width,
      benchmark.at("real_time").get<double>() * factor, shown_unit,
      benchmark.at("cpu_time").get<double>() * factor, shown_unit,
      aggregate ? benchmark.value("repetitions", 0) : benchmark.at("iterations").get<int>(),
      counters_of(benchmark));
}

}  // namespace

std::string render_console(const Report& report, const Style&) {
  const json document = to_document(report);
  const json& benchmarks = document.at("benchmarks");
  std::size_t width = std::string_view("Benchmark").size();
  for (const json& benchmark : benchmarks)
    width = std::max(width, benchmark.at("name").get<std::string>().size());
  const std::string header = fmt::format("{:<{}} {:>13} {:>13} {:>10} UserCounters...\n",
                                         "Benchmark", width, "Time", "CPU", "Iterations");
  const std::string rule = std::string(header.size() - 1, '-') + "\n";
  std::string text = rule + header + rule;
  for (const json& benchmark : benchmarks) text += row(benchmark, width);
  return text;
}

}  // namespace gilscale
