#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "gilscale/judge/comparison.hpp"
#include "gilscale/model/executors.hpp"
#include "report/environment.hpp"
#include "report/formats.hpp"
#include "report/markup.hpp"
#include "report/python_tables.hpp"
#include "report/remedies.hpp"
#include "report/text.hpp"
#include "report/winner.hpp"

namespace gilscale {
namespace {

/// In a cell; the sentences below a table have it in full.
std::string short_name(const std::string& name) {
  constexpr std::size_t widest = 60;
  return abridged(one_line(name), widest);
}

// ---- the overall result ----

template <typename Items, typename Condition>
std::size_t count(const Items& items, Condition condition) {
  return static_cast<std::size_t>(std::count_if(items.begin(), items.end(), condition));
}

/// "1 is", "2 are".
std::string how_many_are(std::size_t many) {
  return fmt::format("{} {}", many, many == 1 ? "is" : "are");
}

/// Of expectations, of points, or of cases: how many there are, are bad, and gave no answer.
struct Tally {
  std::size_t all = 0;
  std::size_t bad = 0;
  std::size_t open = 0;
};

Tally tally(const std::vector<Check>& checks) {
  const auto has = [](Outcome outcome) {
    return [=](const Check& check) { return check.outcome == outcome; };
  };
  return {checks.size(), count(checks, has(Outcome::failed)),
          count(checks, has(Outcome::inconclusive))};
}

Tally tally(const Changes& changes) {
  const auto has = [](ChangeVerdict verdict) {
    return [=](const Change& change) { return change.verdict == verdict; };
  };
  return {changes.points.size(), count(changes.points, has(ChangeVerdict::slower)),
          count(changes.points, has(ChangeVerdict::unclear))};
}

std::size_t failed_cases(const Report& report) {
  return count(report.cases, [](const JudgedCase& judged) {
    return judged.judgement.verdict == Verdict::failed;
  });
}

std::string sentence_of_checks(const Tally& checks) {
  const std::string open =
      checks.open > 0 ? fmt::format(", {} inconclusive", how_many_are(checks.open)) : "";
  const bool failed = checks.bad > 0;
  return fmt::format("{} of {} expectation{} {}{}", failed ? checks.bad : checks.all - checks.open,
                     checks.all, checks.all == 1 ? "" : "s", failed ? "failed" : "passed", open);
}

std::string sentence_of_changes(const Tally& changes) {
  const std::string open =
      changes.open > 0 ? fmt::format(", {} unclear", how_many_are(changes.open)) : "";
  const std::string bad = changes.bad > 0 ? how_many_are(changes.bad) : "none is";
  return fmt::format("of {} point{}, {} slower{}", changes.all, changes.all == 1 ? "" : "s", bad,
                     open);
}

const char* overall_word(std::size_t bad, std::size_t open) {
  if (bad > 0) return "failed";
  return open > 0 ? "inconclusive" : "passed";
}

/// Where nothing was asked for: "2 parallel, 1 gil-bound", in the order of the cases.
std::string verdict_counts(const Report& report) {
  if (report.cases.empty()) return "nothing was measured";
  std::vector<std::string_view> words;
  for (const JudgedCase& judged : report.cases)
    words.push_back(to_string(judged.judgement.verdict));
  std::vector<std::string> counts;
  std::set<std::string_view> seen;
  for (const std::string_view word : words)
    if (seen.insert(word).second)
      counts.push_back(fmt::format("{} {}", std::count(words.begin(), words.end(), word), word));
  return fmt::format("{} case{}: {}", words.size(), words.size() == 1 ? "" : "s",
                     fmt::join(counts, ", "));
}

std::string overall(const Report& report) {
  if (report.checks.empty() && !report.changes) return verdict_counts(report) + "\n";
  const Tally checks = tally(report.checks);
  const Tally changes = report.changes ? tally(*report.changes) : Tally{};
  const std::size_t failed = failed_cases(report);
  std::vector<std::string> sentences;
  if (checks.all > 0) sentences.push_back(sentence_of_checks(checks));
  if (report.changes) sentences.push_back(sentence_of_changes(changes));
  if (failed > 0)
    sentences.push_back(fmt::format("{} of {} case{} failed", failed, report.cases.size(),
                                    report.cases.size() == 1 ? "" : "s"));
  return fmt::format("**{}**: {}\n",
                     overall_word(checks.bad + changes.bad + failed, checks.open + changes.open),
                     fmt::join(sentences, "; "));
}

// ---- expectations and changes ----

std::string checks_section(const Report& report) {
  if (report.checks.empty()) return "";
  MarkdownTable table({"result", "expectation", "workload", " threads", " seen", "why"});
  for (const Check& check : report.checks)
    table.add({std::string(to_string(check.outcome)), check.expectation.text,
               short_name(check.label), check.threads ? std::to_string(*check.threads) : "",
               check.seen ? with_interval(*check.seen) : "",
               check.outcome == Outcome::passed ? "" : check.why});
  return "\n### Expectations\n" + table.paragraph();
}

std::string list_item(const std::string& head, const std::string& text) {
  return fmt::format("- **{}**: {}\n", markdown_of(head), markdown_of(text));
}

std::string change_table(const Changes& changes) {
  MarkdownTable table(
      {"point", "change", " cost", " call", " calls/s", " speedup", " rel. eff.", " p"});
  for (const Change& change : changes.points)
    table.add({short_name(change.name), std::string(to_string(change.verdict)),
               with_interval(change.cost), ratio(change.call_s), ratio(change.throughput_per_s),
               ratio(change.speedup), ratio(change.relative_efficiency),
               probability(change.corrected_p)});
  return table.paragraph();
}

std::string change_list(const Changes& changes) {
  std::string text;
  for (const Change& change : changes.points)
    if (!change.why.empty())
      text += list_item(change.name, fmt::format("{}: {}", to_string(change.verdict), change.why));
  for (const Difference& difference : changes.differences)
    text += list_item("differs", difference.what);
  for (const auto& [where, names] :
       {std::pair{"only before", &changes.only_before}, {"only after", &changes.only_after}})
    if (!names->empty()) text += list_item(where, fmt::format("{}", fmt::join(*names, ", ")));
  return text;
}

std::string changes_section(const Report& report) {
  if (!report.changes) return "";
  const Changes& changes = *report.changes;
  return fmt::format(
      "\n### Changes since {}\n{}All ratios are new over old; a cost within {:g} % counts as "
      "the same.\n\n{}",
      markdown_of(changes.before), change_table(changes), 100 * changes.threshold,
      change_list(changes));
}

// ---- cases ----

bool has_several_executors(const Report& report) {
  std::set<std::string> executors;
  for (const JudgedCase& judged : report.cases) executors.insert(judged.result.planned.executor);
  return executors.size() > 1;
}

/// With the executor in a column of its own where there are several.
std::vector<std::string> name_cells(const CaseResult& result, bool executors) {
  if (!executors) return {short_name(label_of(result.planned))};
  Case planned = result.planned;
  planned.executor = executor_kinds().front().name;  // which labels do not name
  return {short_name(label_of(planned)), result.planned.executor};
}

void add_figures(std::vector<std::string>& cells, const MeasuredPoint& measured) {
  const auto& [point, values, figures] = measured;
  cells.push_back(duration(figures.call_s.estimate));
  cells.push_back(rate(figures.throughput_per_s.estimate));
  cells.push_back(ratio(figures.speedup));
  const bool several = point.threads > 1;
  cells.push_back(several ? interval(figures.speedup) : "");
  cells.push_back(several ? ratio(figures.capacity) : "");
  cells.push_back(several ? ratio(figures.relative_efficiency) : "");
}

/// `measured` is null where the point has no samples.
std::vector<std::string> point_cells(const Point& point, const MeasuredPoint* measured) {
  constexpr std::size_t figures = 6;
  std::vector<std::string> cells{
      fmt::format("{}{}", point.threads, point.oversubscribed ? "*" : "")};
  if (measured)
    add_figures(cells, *measured);
  else
    cells.resize(1 + figures);
  return cells;
}

/// The verdict stands in the last row of its case.
void add_case(MarkdownTable& table, const JudgedCase& judged, bool executors) {
  const CaseResult& result = judged.result;
  const std::vector<std::string> names = name_cells(result, executors);
  const std::string verdict(to_string(judged.judgement.verdict));
  const auto add = [&](std::vector<std::string> figures, const std::string& word) {
    figures.insert(figures.begin(), names.begin(), names.end());
    figures.push_back(word);
    table.add(figures);
  };
  for (const Point& point : result.points)
    add(point_cells(point, judged.at(point.threads)),
        &point == &result.points.back() ? verdict : "");
  if (result.points.empty()) add(std::vector<std::string>(7), verdict);
}

std::string scaling_table(const Report& report) {
  const bool executors = has_several_executors(report);
  std::vector<std::string> header{"workload"};
  if (executors) header.emplace_back("executor");
  for (const char* name : {" threads", " call", " calls/s", " speedup", " 95 % interval",
                           " capacity", " rel. eff.", "verdict"})
    header.emplace_back(name);
  MarkdownTable table(header);
  for (const JudgedCase& judged : report.cases) add_case(table, judged, executors);
  return table.paragraph();
}

std::string footnote(const Report& report) {
  for (const JudgedCase& judged : report.cases)
    for (const Point& point : judged.result.points)
      if (point.oversubscribed)
        return markdown_of(std::string("* more threads than CPUs that this process may use")) +
               "\n\n";
  return "";
}

std::string sentences(const Report& report) {
  std::string text;
  for (const JudgedCase& judged : report.cases) {
    const auto& [verdict, why, cause] = judged.judgement;
    text +=
        list_item(label_of(judged.result.planned), fmt::format("{}: {}", to_string(verdict), why));
  }
  return text;
}

/// Where a missing speedup went, where ledger rounds told it.
std::string stack_section(const Report& report) {
  MarkdownTable table({"threads' worth", " threads", " achieved", " GIL", " locks", " I/O",
                       " no CPU", " slower on CPU", " imbalance", " rest"});
  bool any = false;
  for (const JudgedCase& judged : report.cases)
    for (const MeasuredPoint& measured : judged.points) {
      const auto stack = stack_of(measured);
      if (!stack) continue;
      std::vector<std::string> cells{short_name(label_of(judged.result.planned)),
                                     std::to_string(measured.point.threads)};
      for (const double part : parts_of(*stack)) cells.push_back(fmt::format("{:.2f}", part));
      table.add(cells);
      any = true;
    }
  return any ? table.paragraph() : "";
}

/// Workloads by Pythons, where there are several.
std::string pythons_section(const Report& report) {
  std::string text;
  for (const TextTable& table : python_tables_of(report)) {
    std::vector<std::string> header{table.header.front()};
    for (std::size_t i = 1; i < table.header.size(); ++i) header.push_back(" " + table.header[i]);
    MarkdownTable drawn(header);
    for (const std::vector<std::string>& row : table.rows) {
      std::vector<std::string> cells = row;
      cells.front() = short_name(cells.front());
      drawn.add(cells);
    }
    text += drawn.paragraph();
  }
  return text;
}

/// Who makes more calls: executors, or Pythons.
std::string winners_section(const Report& report) {
  std::string text;
  for (const ExecutorComparison& comparison : executor_comparisons(report))
    text += list_item(comparison.label, winner_text(comparison));
  return text.empty() ? text : "\n" + text;
}

/// What would come of changes, and what a bystander waits for the GIL.
std::string notes_section(const Report& report) {
  std::string text;
  for (const JudgedCase& judged : report.cases)
    for (const MeasuredPoint& measured : judged.points) {
      const Point& point = measured.point;
      const std::string name = point_name(label_of(judged.result.planned), point.threads);
      for (const std::string& each : remedies_of(judged, point)) text += list_item(name, each);
      if (const auto& waits = point.bystander_waits)
        text += list_item(name, "beside it, " + bystander_text(*waits));
    }
  return text.empty() ? text : "\n" + text;
}

/// Tracebacks and crash reports, folded up.
std::string details(const Report& report) {
  std::string text;
  for (const JudgedCase& judged : report.cases) {
    const CaseResult& result = judged.result;
    if (!result.failure || result.failure->details.empty()) continue;
    text += fmt::format(
        "\n<details><summary>{}</summary>\n\n{}\n</details>\n",
        html_of(fmt::format("{}: {}", label_of(result.planned), to_string(result.failure->kind))),
        code_block(result.failure->details));
  }
  return text;
}

std::string cases_section(const Report& report) {
  if (report.cases.empty()) return "";
  return "\n### Scaling\n" + scaling_table(report) + footnote(report) + sentences(report) +
         pythons_section(report) + winners_section(report) + stack_section(report) +
         notes_section(report) + details(report);
}

std::string environment_line(const Report& report) {
  std::vector<std::string> facts;
  for (const auto& [name, value] : environment_of(report))
    facts.push_back(markdown_of(fmt::format("{}: {}", name, value)));
  return facts.empty() ? "" : fmt::format("\n{}\n", fmt::join(facts, ", "));
}

}  // namespace

std::string render_markdown(const Report& report, const Style&) {
  return overall(report) + checks_section(report) + changes_section(report) +
         cases_section(report) + environment_line(report);
}

}  // namespace gilscale
