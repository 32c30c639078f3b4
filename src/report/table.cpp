#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "gilscale/statistics/statistics.hpp"
#include "gilscale/text/counted.hpp"
#include "report/columns.hpp"
#include "report/environment.hpp"
#include "report/formats.hpp"
#include "report/paragraphs.hpp"
#include "report/remedies.hpp"
#include "report/text.hpp"
#include "report/tone.hpp"

namespace gilscale {
namespace {

std::vector<std::string> point_row(const std::string& label, const MeasuredPoint& measured) {
  const auto& [point, values, figures] = measured;
  std::vector<std::string> cells{
      label, fmt::format("{}{}", point.threads, point.oversubscribed ? "*" : " "),
      duration(figures.makespan_s.estimate), rate(figures.throughput_per_s.estimate),
      fmt::format("{:.2f}", figures.speedup.estimate)};
  if (point.threads == 1) {
    cells.insert(cells.end(), {"", "", ""});
  } else {
    cells.push_back(interval(figures.speedup));
    cells.push_back(fmt::format("{:.2f}", figures.capacity.estimate));
    cells.push_back(fmt::format("{:.2f}", figures.relative_efficiency.estimate));
  }
  return cells;
}

/// What can be done without in a narrow terminal, by its place in the table: the least wanted
/// first.
constexpr std::array<std::size_t, 3> dispensable{2, 6, 3};

/// The scaling table; the verdict stands in the last row of its case.
std::string scaling_table(const Report& report, const Style& style) {
  Columns columns({"workload", "threads ", "round", "calls/s", "speedup", "95 % interval",
                   "capacity", "rel. eff."});
  std::vector<std::string> verdicts{"verdict"};
  std::size_t verdict_width = verdicts.front().size();
  constexpr std::size_t gap = 2;
  for (const JudgedCase& judged : report.cases) {
    const std::string label = row_label(label_of(judged.result.planned));
    const Verdict verdict = judged.judgement.verdict;
    for (const MeasuredPoint& measured : judged.points) columns.add(point_row(label, measured));
    if (judged.points.empty()) columns.add({label, "-", "-", "-", "-", "-", "-", "-"});
    verdicts.resize(verdicts.size() + std::max<std::size_t>(judged.points.size(), 1));
    verdicts.back() = dressed_word(verdict, style);
    verdict_width = std::max(verdict_width, to_string(verdict).size());
  }
  if (style.columns > 0) columns.fit(style.columns - gap - verdict_width, dispensable);
  const std::vector<std::string> lines = columns.lines();
  std::string text;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string line = verdicts[i].empty() ? lines[i] : lines[i] + "  " + verdicts[i];
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

std::string footnotes(const Report& report) {
  const auto any_point = [&](auto condition) {
    return std::any_of(report.cases.begin(), report.cases.end(), [&](const JudgedCase& judged) {
      return std::any_of(judged.points.begin(), judged.points.end(), condition);
    });
  };
  std::string text;
  if (any_point([](const MeasuredPoint& each) { return each.point.oversubscribed; }))
    text += "* more threads than CPUs that this process may use\n";
  return text;
}

std::string sentences(const Report& report, const Style& style) {
  std::string text;
  for (const JudgedCase& judged : report.cases) {
    const auto& [verdict, why, cause] = judged.judgement;
    text += fmt::format("{}: {}: {}\n", one_line(label_of(judged.result.planned)),
                        dressed_word(verdict, style), one_line(why));
  }
  return text;
}

/// Where the time of the threads went, at the largest number of them.
std::string time_table(const Report& report) {
  Columns columns(
      {"threads' time", "threads", "on a CPU", "ready, no CPU", "blocked", "finish spread"});
  bool any = false;
  for (const JudgedCase& judged : report.cases) {
    if (judged.points.empty() || judged.points.back().point.threads < 2) continue;
    const auto& [point, values, figures] = judged.points.back();
    columns.add({row_label(label_of(judged.result.planned)), std::to_string(point.threads),
                 percent(figures.time.cpu), percent(figures.time.runnable),
                 percent(figures.time.blocked), duration(figures.spread_s.estimate)});
    any = true;
  }
  if (!any) return "";
  return columns.paragraph();
}

/// Where the speedup that is missing went, at the largest number of threads for which ledger rounds
/// told it.
std::string stack_table(const Report& report) {
  Columns columns({"threads' worth", "threads", "achieved", "GIL", "locks", "I/O", "no CPU",
                   "slower on CPU", "imbalance", "rest"});
  bool any = false;
  for (const JudgedCase& judged : report.cases) {
    for (auto measured = judged.points.rbegin(); measured != judged.points.rend(); ++measured) {
      const auto stack = stack_of(*measured);
      if (!stack) continue;
      std::vector<std::string> cells{row_label(label_of(judged.result.planned)),
                                     std::to_string(measured->point.threads)};
      for (const double part : parts_of(*stack)) cells.push_back(fmt::format("{:.2f}", part));
      columns.add(cells);
      any = true;
      break;
    }
  }
  if (!any) return "";
  return columns.paragraph();
}

/// What would come of changes, at the largest number of threads for which something is known.
std::string what_if_notes(const Report& report) {
  std::string text;
  for (const JudgedCase& judged : report.cases)
    for (auto measured = judged.points.rbegin(); measured != judged.points.rend(); ++measured) {
      const std::vector<std::string> remedies = remedies_of(judged, measured->point);
      for (const std::string& each : remedies)
        text += fmt::format("{}: {}\n", one_line(label_of(judged.result.planned)), one_line(each));
      if (!remedies.empty()) break;
    }
  return text.empty() ? text : "\n" + text;
}

std::string with_ends(const Estimate& figure, int digits) {
  return fmt::format("{:.{}f} [{:.{}f}, {:.{}f}]", figure.estimate, digits, figure.low, digits,
                     figure.high, digits);
}

/// The Universal Scalability Law, where there were enough points for it.
std::string laws(const Report& report) {
  std::string text;
  for (const JudgedCase& judged : report.cases) {
    const auto& [law, saturation_threads] = judged.scalability;
    if (!law) continue;
    text +=
        fmt::format("{}: contention {}, coherency {}", one_line(label_of(judged.result.planned)),
                    with_ends(law->contention, 3), with_ends(law->coherency, 5));
    if (const auto& peak = law->peak_threads)
      text += fmt::format(", peak at {} [{:.0f}, {:.0f}]",
                          counted(std::lround(peak->estimate), "thread"), peak->low, peak->high);
    if (saturation_threads)
      text += fmt::format("; no gain beyond {}", counted(*saturation_threads, "thread"));
    text += '\n';
  }
  return text.empty() ? text : "\n" + text;
}

/// What was paid once, apart from the calls.
std::string setup_notes(const Report& report) {
  std::string text;
  for (const JudgedCase& judged : report.cases) {
    if (judged.points.empty() || judged.points.back().point.setup_s <= 0) continue;
    const Point& point = judged.points.back().point;
    text += fmt::format("{}: set up for {} in {}\n", one_line(label_of(judged.result.planned)),
                        counted(point.threads, "thread"), duration(point.setup_s));
  }
  return text.empty() ? text : "\n" + text;
}

/// What a pool does as people use it, beside its gated rounds.
std::string pool_notes(const Report& report) {
  std::string text;
  for (const JudgedCase& judged : report.cases) {
    if (judged.points.empty() || judged.points.back().point.threads < 2) continue;
    const auto& [point, values, figures] = judged.points.back();
    if (values.dispatched_speedup.empty()) continue;
    text += fmt::format(
        "{}: from submission to result, {} threads do {:.2f} times the work of one (gated: "
        "{:.2f}); "
        "dispatching a task takes {}\n",
        one_line(label_of(judged.result.planned)), point.threads, median(values.dispatched_speedup),
        figures.speedup.estimate, duration(median(values.dispatch_s)));
  }
  return text.empty() ? text : "\n" + text;
}

/// What an event loop beside the workload waits for the GIL, at the largest number of threads.
std::string bystander_notes(const Report& report) {
  std::string text;
  for (const JudgedCase& judged : report.cases) {
    if (judged.points.empty()) continue;
    const Point& point = judged.points.back().point;
    if (!point.bystander_waits) continue;
    text += fmt::format("{}: beside {}, {}\n", one_line(label_of(judged.result.planned)),
                        counted(point.threads, "thread"), bystander_text(*point.bystander_waits));
  }
  return text.empty() ? text : "\n" + text;
}

/// The CPUs of places elsewhere.
std::string places_of(const Report& report) {
  std::string text;
  const auto places = report.context.find("places");
  if (places == report.context.end() || !places->is_array()) return text;
  for (const nlohmann::json& place : *places)
    if (place.contains("usable_cpus"))
      text += fmt::format("\n{}: {} usable", one_line(place.value("name", "")),
                          counted(place.value("usable_cpus", 0), "CPU"));
  return text;
}

std::string heading(const Report& report) {
  const std::string pythons = pythons_of(report);
  if (pythons.empty()) return "";
  return fmt::format("CPython {}, GIL {}; {} usable{}\n\n", pythons, gil_of_all(report),
                     counted(report.context.value("usable_cpus", 0), "CPU"), places_of(report));
}

}  // namespace

std::string row_label(const std::string& label) { return abridged(one_line(label), 36); }

std::string render_table(const Report& report, const Style& style) {
  const std::string gates = checks_paragraph(report, style) + changes_paragraph(report, style);
  if (report.cases.empty()) return gates.empty() ? "nothing was measured\n" : gates.substr(1);
  return heading(report) + scaling_table(report, style) + footnotes(report) + "\n" +
         sentences(report, style) + gates + laws(report) + parameter_tables(report) +
         sharing_sentences(report) + python_paragraphs(report) + executor_tables(report) +
         time_table(report) + stack_table(report) + what_if_notes(report) +
         bystander_notes(report) + single_thread_table(report) + pool_notes(report) +
         setup_notes(report);
}

}  // namespace gilscale
