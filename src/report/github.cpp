#include <fmt/format.h>

#include "report/formats.hpp"
#include "report/text.hpp"

namespace gilscale {
namespace {

// The escapes of workflow commands: those of GitHub's toolkit (@actions/core, command.ts).

std::string replaced(char c, bool in_property) {
  switch (c) {
    case '%':
      return "%25";
    case '\r':
      return "%0D";
    case '\n':
      return "%0A";
    case ':':
      return in_property ? "%3A" : ":";
    case ',':
      return in_property ? "%2C" : ",";
    default:
      return std::string(1, c);
  }
}

std::string escaped(const std::string& text, bool in_property) {
  std::string safe;
  for (const char c : text) safe += replaced(c, in_property);
  return safe;
}

std::string annotation(const char* level, const std::string& title, const std::string& message) {
  return fmt::format("::{} title={}::{}\n", level, escaped(one_line(title), true),
                     escaped(plain(message), false));
}

std::string of(const JudgedCase& judged) {
  const CaseResult& result = judged.result;
  if (!result.failure || judged.judgement.verdict != Verdict::failed) return "";
  return annotation("error", label_of(result.planned) + " failed", result.failure->message);
}

std::string of(const Check& check) {
  if (check.outcome == Outcome::passed) return "";
  const std::string title = fmt::format("{}: {}", to_string(check.outcome), check.expectation.text);
  const std::string at = point_name(check.label, check.threads);
  return annotation(check.outcome == Outcome::failed ? "error" : "warning", title,
                    fmt::format("{}: {}", at, check.why));
}

std::string of(const Change& change) {
  if (change.verdict != ChangeVerdict::slower && change.verdict != ChangeVerdict::unclear)
    return "";
  const bool slower = change.verdict == ChangeVerdict::slower;
  const std::string why = change.why.empty() ? "" : "; " + change.why;
  return annotation(slower ? "error" : "warning",
                    fmt::format("{}: {}", to_string(change.verdict), change.name),
                    fmt::format("{}: a call costs {} times what it did before{}", change.name,
                                with_interval(change.cost), why));
}

}  // namespace

std::string render_github(const Report& report, const Style&) {
  std::string text;
  for (const Check& check : report.checks) text += of(check);
  if (report.changes)
    for (const Change& change : report.changes->points) text += of(change);
  for (const JudgedCase& judged : report.cases) text += of(judged);
  return text;
}

}  // namespace gilscale
