#pragma once

#include <string>
#include <vector>

namespace gilscale {

/// The entity of a character that means something in HTML and XML; empty for any other.
std::string entity_of(char c);

// Markdown as GitHub renders it. Whatever others wrote goes through these, so that no name can
// break a table, begin a heading, or bring HTML along.

/// The text as it stands, on one line, in a paragraph, a cell or a list item.
std::string markdown_of(const std::string& text);

/// The same inside an HTML element.
std::string html_of(const std::string& text);

/// A block of code whose fence is longer than any run of backticks in it.
std::string code_block(const std::string& text);

/// A table of plain text. A column whose header begins with a space is flush right. Create one,
/// add() rows, take the paragraph().
class MarkdownTable {
 public:
  explicit MarkdownTable(std::vector<std::string> header);

  void add(const std::vector<std::string>& cells);

  /// Between two empty lines.
  [[nodiscard]] std::string paragraph() const { return "\n" + text_ + "\n"; }

 private:
  std::string text_;
};

}  // namespace gilscale
