#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "gilscale/judge/verdict.hpp"
#include "report/formats.hpp"
#include "report/text.hpp"

namespace gilscale {
namespace {

using Fields = std::vector<std::string>;

template <auto figure>
std::optional<Estimate> get(const PointFigures& figures) {
  return figures.*figure;
}

/// Each is three columns: the median, and the ends of its interval.
struct EstimateColumn {
  std::string_view name;
  std::optional<Estimate> (*of)(const PointFigures& figures);
};
constexpr EstimateColumn estimates[] = {
    {"makespan_s", get<&PointFigures::makespan_s>},
    {"call_s", get<&PointFigures::call_s>},
    {"throughput_per_s", get<&PointFigures::throughput_per_s>},
    {"speedup", get<&PointFigures::speedup>},
    {"capacity", get<&PointFigures::capacity>},
    {"relative_efficiency", get<&PointFigures::relative_efficiency>},
    {"single_call_s", get<&PointFigures::single_call_s>},
    {"relative_call", get<&PointFigures::relative_call>},
    {"relative_throughput", get<&PointFigures::relative_throughput>},
    {"serial_fraction", get<&PointFigures::serial_fraction>},
    {"spread_s", get<&PointFigures::spread_s>},
};

/// Which case it is, before the estimates; and what is said of each point once, after them.
constexpr std::string_view first_columns[] = {"label",   "workload", "executor", "scaling", "share",
                                              "threads", "calls",    "rounds",   "verdict"};
constexpr std::string_view last_columns[] = {"cpu_share", "achievable",   "gil_demand", "setup_s",
                                             "start_s",   "memory_bytes", "error"};

Fields header() {
  Fields cells(std::begin(first_columns), std::end(first_columns));
  for (const EstimateColumn& column : estimates)
    for (const char* end : {"", "_low", "_high"})
      cells.push_back(fmt::format("{}{}", column.name, end));
  cells.insert(cells.end(), std::begin(last_columns), std::end(last_columns));
  return cells;
}

std::string number(double value) { return std::isfinite(value) ? fmt::format("{}", value) : ""; }

template <typename T>
std::string number(const std::optional<T>& value) {
  return value ? fmt::format("{}", *value) : "";
}

std::string field(const std::string& text) {
  const std::string safe = plain(text);
  return safe.find_first_of(",\"\r\n") == safe.npos ? safe : csv_quoted(safe);
}

/// Empty without a point.
Fields first_cells(const CaseResult& result, const Point* point) {
  const WorkloadSpec& workload = result.planned.workload;
  return {field(label_of(result.planned)),
          field(workload.name),
          field(result.planned.executor),
          std::string(to_string(result.planned.scaling)),
          std::string(to_string(workload.share)),
          point ? std::to_string(point->threads) : "",
          point ? std::to_string(point->calls) : "",
          point ? std::to_string(point->samples.size()) : "",
          std::string(to_string(judge(result).verdict))};
}

void add_estimates(Fields& cells, const std::optional<PointFigures>& figures) {
  for (const EstimateColumn& column : estimates) {
    const auto estimate = figures ? column.of(*figures) : std::nullopt;
    cells.push_back(estimate ? number(estimate->estimate) : "");
    cells.push_back(estimate ? number(estimate->low) : "");
    cells.push_back(estimate ? number(estimate->high) : "");
  }
}

void add_last(Fields& cells, const Point* point, const std::optional<PointFigures>& figures) {
  cells.push_back(figures ? number(figures->cpu_share) : "");
  cells.push_back(figures ? number(figures->achievable) : "");
  cells.push_back(point ? number(point->gil_demand) : "");
  cells.push_back(point ? number(point->setup_s) : "");
  cells.push_back(point ? number(point->start_s) : "");
  cells.push_back(point ? number(point->memory_bytes) : "");
}

std::string row(const CaseResult& result, const Point* point) {
  std::optional<PointFigures> figures;
  if (point && point->samples.size() > 0) figures = figures_of(*point);
  Fields cells = first_cells(result, point);
  add_estimates(cells, figures);
  add_last(cells, point, figures);
  cells.push_back(result.failure ? field(result.failure->message) : "");
  return fmt::format("{}\n", fmt::join(cells, ","));
}

}  // namespace

std::string render_csv(const Report& report, const Style&) {
  std::string text = fmt::format("{}\n", fmt::join(header(), ","));
  for (const CaseResult& result : report.cases) {
    for (const Point& point : result.points) text += row(result, &point);
    if (result.points.empty()) text += row(result, nullptr);
  }
  return text;
}

}  // namespace gilscale
