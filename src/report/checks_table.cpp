#include <fmt/format.h>

#include <algorithm>

#include "report/columns.hpp"
#include "report/paragraphs.hpp"
#include "report/text.hpp"
#include "report/tone.hpp"

namespace gilscale {
namespace {

/// Wide enough for an expectation as they usually are; the reasons below have it in full.
std::string row_text(const Check& check) { return abridged(one_line(check.expectation.text), 60); }

std::string where(const Check& check) { return row_label(point_name(check.label, check.threads)); }

/// Where that does not say which point is meant: it is about several, or has a pattern.
std::string with_point(const Check& check, const std::vector<Check>& all) {
  const std::string& text = check.expectation.text;
  const auto same = [&](const Check& each) { return each.expectation.text == text; };
  const bool has_pattern = check.expectation.workload.find_first_of("*?") != std::string::npos;
  if (!has_pattern && std::count_if(all.begin(), all.end(), same) == 1) return one_line(text);
  return fmt::format("{} ({})", one_line(text), one_line(point_name(check.label, check.threads)));
}

std::string reasons(const Report& report, const Style& style) {
  std::string text;
  for (const Check& check : report.checks)
    if (check.outcome != Outcome::passed)
      text += fmt::format("{}: {}: {}\n", with_point(check, report.checks),
                          dressed_word(check.outcome, style), one_line(check.why));
  return text;
}

}  // namespace

std::string checks_paragraph(const Report& report, const Style& style) {
  if (report.checks.empty()) return "";
  Columns columns({"expectation", "at", "seen", "result"});
  for (const Check& check : report.checks)
    columns.add({row_text(check), where(check), check.seen ? with_interval(*check.seen) : "-",
                 dressed_word(check.outcome, style)});
  return columns.paragraph() + reasons(report, style);
}

}  // namespace gilscale
