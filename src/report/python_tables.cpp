#include "report/python_tables.hpp"

#include <fmt/format.h>

#include <optional>

#include "gilscale/judge/comparison.hpp"
#include "report/text.hpp"

namespace gilscale {
namespace {

std::string speedup_of(const std::optional<PythonCell>& cell) {
  if (!cell) return "-";
  const std::string_view verdict = to_string(cell->judged->judgement.verdict);
  return cell->speedup ? fmt::format("{:.2f} {}", cell->speedup->estimate, verdict)
                       : std::string(verdict);
}

std::string single_of(const std::optional<PythonCell>& cell) {
  return cell && cell->single_relative ? fmt::format("{:.2f}", cell->single_relative->estimate)
                                       : "-";
}

}  // namespace

std::vector<TextTable> python_tables_of(const Report& report) {
  const PythonMatrix matrix = python_matrix(report);
  if (matrix.columns.size() < 2) return {};
  TextTable speedups{{"speedup and verdict", "threads"}, {}};
  TextTable singles{{"one thread, relative to fastest"}, {}};
  for (const std::string& column : matrix.columns) {
    speedups.header.push_back(column);
    singles.header.push_back(column);
  }
  for (const PythonRow& row : matrix.rows) {
    auto& speedup = speedups.rows.emplace_back();
    speedup = {one_line(row.label), std::to_string(row.threads)};
    auto& single = singles.rows.emplace_back();
    single = {one_line(row.label)};
    for (const auto& cell : row.cells) {
      speedup.push_back(speedup_of(cell));
      single.push_back(single_of(cell));
    }
  }
  return {speedups, singles};
}

}  // namespace gilscale
