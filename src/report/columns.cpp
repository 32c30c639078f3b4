#include "report/columns.hpp"

#include <algorithm>

#include "report/text.hpp"

namespace gilscale {

std::string Columns::paragraph() const {
  std::string text = "\n";
  for (const std::string& line : lines()) text += line + "\n";
  return text;
}

std::vector<std::string> Columns::lines() const {
  std::vector<std::string> lines;
  for (const auto& row : rows_) lines.push_back(line(row));
  return lines;
}

std::size_t Columns::column_width(std::size_t column) const {
  std::size_t widest = 0;
  for (const auto& row : rows_)
    if (column < row.size()) widest = std::max(widest, width(row[column]));
  return widest;
}

std::string Columns::line(const std::vector<std::string>& row) const {
  std::string text;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const std::string padding(column_width(i) - width(row[i]), ' ');
    text += i == 0 ? row[i] + padding : "  " + padding + row[i];
  }
  return text;
}

}  // namespace gilscale
