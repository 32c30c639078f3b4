#include "report/markup.hpp"

#include <algorithm>

#include "report/text.hpp"

namespace gilscale {
namespace {

std::string markdown_of(char c) {
  constexpr std::string_view markup = "\\`*_[]|#~$";
  if (markup.find(c) != markup.npos) return {'\\', c};
  const std::string entity = c == '"' ? "" : entity_of(c);
  return entity.empty() ? std::string(1, c) : entity;
}

std::size_t longest_run(const std::string& text, char c) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char each : text) {
    run = each == c ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

}  // namespace

std::string entity_of(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    default:
      return "";
  }
}

std::string markdown_of(const std::string& text) {
  std::string safe;
  for (const char c : one_line(text)) safe += markdown_of(c);
  return safe;
}

std::string html_of(const std::string& text) {
  std::string safe;
  for (const char c : one_line(text)) {
    const std::string entity = entity_of(c);
    safe += entity.empty() ? std::string(1, c) : entity;
  }
  return safe;
}

std::string code_block(const std::string& text) {
  const std::string code = plain(text);
  const std::string fence(std::max<std::size_t>(3, longest_run(code, '`') + 1), '`');
  return fence + "text\n" + code + (code.ends_with('\n') ? "" : "\n") + fence + "\n";
}

MarkdownTable::MarkdownTable(std::vector<std::string> header) {
  std::string rule;
  for (std::string& name : header) {
    const bool flush_right = name.starts_with(' ');
    rule += flush_right ? "| ---: " : "| --- ";
    if (flush_right) name.erase(0, 1);
  }
  add(header);
  text_ += rule + "|\n";
}

void MarkdownTable::add(const std::vector<std::string>& cells) {
  for (const std::string& cell : cells) text_ += "| " + markdown_of(cell) + " ";
  text_ += "|\n";
}

}  // namespace gilscale
