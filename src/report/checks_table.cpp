#include <fmt/format.h>

#include "report/columns.hpp"
#include "report/paragraphs.hpp"
#include "report/text.hpp"
#include "report/tone.hpp"

namespace gilscale {
namespace {

/// Wide enough for an expectation as they usually are; the reasons below have it in full.
std::string row_text(const Check& check) { return abridged(one_line(check.expectation.text), 60); }

std::string where(const Check& check) { return row_label(point_name(check.label, check.threads)); }

std::string reasons(const Report& report, const Style& style) {
  std::string text;
  for (const Check& check : report.checks)
    if (check.outcome != Outcome::passed)
      text += fmt::format("{}: {}: {}\n", one_line(check.expectation.text),
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
