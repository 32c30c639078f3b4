#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "gilscale/report/reporters.hpp"

namespace gilscale {

// One function for each output format; reporters.cpp has the table of them.

std::string render_table(const Report& report, const Style& style);
std::string render_json(const Report& report, const Style& style);
std::string render_csv(const Report& report, const Style& style);
std::string render_markdown(const Report& report, const Style& style);
std::string render_junit(const Report& report, const Style& style);
std::string render_github(const Report& report, const Style& style);
std::string render_custom_bigger(const Report& report, const Style& style);
std::string render_bencher(const Report& report, const Style& style);
std::string render_console(const Report& report, const Style& style);
std::string render_benchmark_csv(const Report& report, const Style& style);

/// The JSON document of a report: Google Benchmark's keys `context` and `benchmarks`, and ours.
nlohmann::json to_document(const Report& report);

}  // namespace gilscale
