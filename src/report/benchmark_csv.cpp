#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "report/formats.hpp"
#include "report/text.hpp"

namespace gilscale {
namespace {

using nlohmann::json;

/// Google Benchmark's columns, in its order; user counters follow.
constexpr std::array google_columns{
    "name",           "iterations",       "real_time",        "cpu_time",
    "time_unit",      "bytes_per_second", "items_per_second", "label",
    "error_occurred", "error_message"};

std::string cell(const json& benchmark, const std::string& key) {
  if (!benchmark.contains(key)) return "";
  const json& value = benchmark.at(key);
  if (value.is_string() && key != "time_unit") return csv_quoted(value.get<std::string>());
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) return fmt::format("{:.6g}", value.get<double>());
  return value.dump();
}

bool is_known(const std::string& key) {
  static const std::set<std::string> others{
      "family_index",  "per_family_instance_index", "run_name", "run_type",
      "repetitions",   "repetition_index",          "threads",  "aggregate_name",
      "aggregate_unit"};
  return others.contains(key) ||
         std::find(google_columns.begin(), google_columns.end(), key) != google_columns.end();
}

std::set<std::string> counter_names(const json& benchmarks) {
  std::set<std::string> names;
  for (const json& benchmark : benchmarks)
    for (const auto& [key, value] : benchmark.items())
      if (!is_known(key)) names.insert(key);
  return names;
}

}  // namespace

std::string render_benchmark_csv(const Report& report, const Style&) {
  const json document = to_document(report);
  const json& benchmarks = document.at("benchmarks");
  const std::set<std::string> counters = counter_names(benchmarks);
  std::vector<std::string> header(google_columns.begin(), google_columns.end());
  for (const std::string& counter : counters) header.push_back(csv_quoted(counter));
  std::string text = fmt::format("{}\n", fmt::join(header, ","));
  for (const json& benchmark : benchmarks) {
    std::vector<std::string> cells;
    for (const char* column : google_columns) cells.push_back(cell(benchmark, column));
    for (const std::string& counter : counters) cells.push_back(cell(benchmark, counter));
    text += fmt::format("{}\n", fmt::join(cells, ","));
  }
  return text;
}

}  // namespace gilscale
