#include <fmt/format.h>
#include <fmt/ranges.h>

#include "report/columns.hpp"
#include "report/paragraphs.hpp"
#include "report/text.hpp"
#include "report/tone.hpp"

namespace gilscale {
namespace {

std::string change_table(const Changes& changes, const Style& style) {
  Columns columns({"since " + row_label(changes.before), "change", "cost", "call", "calls/s",
                   "speedup", "rel. eff.", "p"});
  for (const Change& change : changes.points)
    columns.add({row_label(change.name), dressed_word(change.verdict, style),
                 with_interval(change.cost), ratio(change.call_s), ratio(change.throughput_per_s),
                 ratio(change.speedup), ratio(change.relative_efficiency),
                 probability(change.corrected_p)});
  return columns.paragraph();
}

std::string reasons(const Changes& changes, const Style& style) {
  std::string text;
  for (const Change& change : changes.points)
    if (!change.why.empty())
      text += fmt::format("{}: {}: {}\n", one_line(change.name),
                          dressed_word(change.verdict, style), one_line(change.why));
  return text;
}

std::string names_line(const char* where, const std::vector<std::string>& names) {
  if (names.empty()) return "";
  return fmt::format("{}: {}\n", where, one_line(fmt::format("{}", fmt::join(names, ", "))));
}

std::string differences(const Changes& changes) {
  std::string text;
  for (const Difference& difference : changes.differences)
    text += fmt::format("differs: {}\n", one_line(difference.what));
  return text;
}

}  // namespace

std::string changes_paragraph(const Report& report, const Style& style) {
  if (!report.changes) return "";
  const Changes& changes = *report.changes;
  return change_table(changes, style) +
         fmt::format("all ratios are new over old; a cost within {:g} % counts as the same\n",
                     100 * changes.threshold) +
         reasons(changes, style) + differences(changes) +
         names_line("only before", changes.only_before) +
         names_line("only after", changes.only_after);
}

}  // namespace gilscale
