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

std::size_t Columns::line_width() const {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < rows_.front().size(); ++i)
    if (is_shown(i)) sum += column_width(i) + (i == 0 ? 0 : 2);
  return sum;
}

void Columns::fit(std::size_t widest, std::span<const std::size_t> dispensable) {
  for (const std::size_t column : dispensable)
    if (line_width() > widest) hidden_.insert(column);
  const std::size_t missing = line_width() - std::min(line_width(), widest);
  constexpr std::size_t least = 8;
  const std::size_t room = std::max(column_width(0) - std::min(column_width(0), missing), least);
  for (auto& row : rows_) row.front() = abridged(row.front(), room);
}

std::string Columns::line(const std::vector<std::string>& row) const {
  std::string text;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (!is_shown(i)) continue;
    const std::string padding(column_width(i) - width(row[i]), ' ');
    text += i == 0 ? row[i] + padding : "  " + padding + row[i];
  }
  return text;
}

}  // namespace gilscale
