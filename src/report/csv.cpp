#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "gilscale/judge/metric.hpp"
#include "report/formats.hpp"
#include "report/text.hpp"

namespace gilscale {
namespace {

using Fields = std::vector<std::string>;

/// Which case it is, before the figures.
constexpr std::string_view first_columns[] = {"label",       "workload", "executor", "place",
                                              "interpreter", "gil",      "scaling",  "share",
                                              "threads",     "calls",    "rounds",   "verdict"};

/// A figure with an interval has three columns: the median, and the ends.
Fields columns_of(const Metric& metric) {
  const std::string name(metric.name);
  if (metric.shown == Shown::number) return {name};
  return {name, name + "_low", name + "_high"};
}

void append(Fields& cells, const Fields& more) {
  cells.insert(cells.end(), more.begin(), more.end());
}

Fields header() {
  Fields cells(std::begin(first_columns), std::end(first_columns));
  for (const Metric& metric : point_metrics())
    if (metric.in_csv) append(cells, columns_of(metric));
  cells.emplace_back("error");
  return cells;
}

std::string number(double value) { return std::isfinite(value) ? fmt::format("{}", value) : ""; }

std::string field(const std::string& text) {
  const std::string safe = plain(text);
  return safe.find_first_of(",\"\r\n") == safe.npos ? safe : csv_quoted(safe);
}

/// Empty without a point.
Fields first_cells(const JudgedCase& judged, const Point* point) {
  const CaseResult& result = judged.result;
  const WorkloadSpec& workload = result.planned.workload;
  return {field(label_of(result.planned)),
          field(workload.name),
          field(result.planned.executor),
          field(result.planned.place),
          field(result.planned.interpreter),
          result.python ? (result.gil.after_run ? "on" : "off") : "",
          std::string(to_string(result.planned.scaling)),
          std::string(to_string(workload.share)),
          point ? std::to_string(point->threads) : "",
          point ? std::to_string(point->calls) : "",
          point ? std::to_string(point->samples.size()) : "",
          std::string(to_string(judged.judgement.verdict))};
}

/// Empty where there is no figure.
Fields cells_of(const Metric& metric, const std::optional<Estimate>& figure) {
  if (!figure) return Fields(columns_of(metric).size());
  if (metric.shown == Shown::number) return {number(figure->estimate)};
  return {number(figure->estimate), number(figure->low), number(figure->high)};
}

/// Empty without a point that has samples.
void add_figures(Fields& cells, const MeasuredPoint* measured) {
  for (const Metric& metric : point_metrics())
    if (metric.in_csv)
      append(cells, cells_of(metric, measured ? figure_of(metric, *measured) : std::nullopt));
}

std::string row(const JudgedCase& judged, const Point* point) {
  Fields cells = first_cells(judged, point);
  add_figures(cells, point ? judged.at(point->threads) : nullptr);
  const auto& failure = judged.result.failure;
  cells.push_back(failure ? field(failure->message) : "");
  return fmt::format("{}\n", fmt::join(cells, ","));
}

}  // namespace

std::string render_csv(const Report& report, const Style&) {
  std::string text = fmt::format("{}\n", fmt::join(header(), ","));
  for (const JudgedCase& judged : report.cases) {
    for (const Point& point : judged.result.points) text += row(judged, &point);
    if (judged.result.points.empty()) text += row(judged, nullptr);
  }
  return text;
}

}  // namespace gilscale
