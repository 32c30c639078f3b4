#pragma once

#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace gilscale {

/// Text in columns as wide as their widest cell, the first one flush left, the others flush right.
class Columns {
 public:
  explicit Columns(std::vector<std::string> header) { add(std::move(header)); }

  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

  /// All lines, after an empty one.
  [[nodiscard]] std::string paragraph() const;

  [[nodiscard]] std::vector<std::string> lines() const;

  /// Leaves columns out, the first of these first, until lines have at most `widest` columns of
  /// text, and then shortens the first column.
  void fit(std::size_t widest, std::span<const std::size_t> dispensable);

 private:
  [[nodiscard]] std::size_t column_width(std::size_t column) const;
  [[nodiscard]] std::size_t line_width() const;
  [[nodiscard]] bool is_shown(std::size_t column) const { return !hidden_.contains(column); }
  [[nodiscard]] std::string line(const std::vector<std::string>& row) const;

  std::vector<std::vector<std::string>> rows_;
  std::set<std::size_t> hidden_;
};

}  // namespace gilscale
