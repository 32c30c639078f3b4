#include <fmt/color.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "formats.hpp"
#include "gilscale/comparison.hpp"
#include "gilscale/scalability.hpp"
#include "gilscale/verdict.hpp"

namespace gilscale {
namespace {

/// "19.8 ms": four significant digits at most, in the unit that suits the size.
std::string duration(double seconds) {
  struct Unit {
    double least_s;
    double per_s;
    const char* name;
  };
  constexpr Unit units[] = {{1, 1, "s"}, {1e-3, 1e3, "ms"}, {1e-6, 1e6, "µs"}, {0, 1e9, "ns"}};
  for (const Unit& unit : units)
    if (seconds >= unit.least_s)
      return fmt::format("{:.{}f} {}", seconds * unit.per_s, seconds * unit.per_s < 100 ? 2 : 1,
                         unit.name);
  return "?";
}

/// "7.62", "504", "1.25M".
std::string rate(double per_s) {
  if (per_s >= 1e6) return fmt::format("{:.3g}M", per_s / 1e6);
  if (per_s >= 1e4) return fmt::format("{:.3g}k", per_s / 1e3);
  return per_s >= 100 ? fmt::format("{:.0f}", per_s) : fmt::format("{:.3g}", per_s);
}

std::string percent(double share) { return fmt::format("{:.0f} %", 100 * share); }

std::string interval(const Estimate& estimate) {
  if (!std::isfinite(estimate.low) || !std::isfinite(estimate.high)) return "[too few]";
  return fmt::format("[{:.2f}, {:.2f}]", estimate.low, estimate.high);
}

fmt::text_style verdict_style(Verdict verdict) {
  switch (verdict) {
    case Verdict::parallel:
      return fmt::fg(fmt::terminal_color::green);
    case Verdict::gil_bound:
    case Verdict::contended:
    case Verdict::failed:
      return fmt::fg(fmt::terminal_color::red);
    case Verdict::partial:
    case Verdict::machine_limited:
    case Verdict::inconclusive:
    case Verdict::unavailable:
      break;
  }
  return fmt::fg(fmt::terminal_color::yellow);
}

std::string dressed(const std::string& text, fmt::text_style dress, const Style& style) {
  return style.color ? fmt::format(dress, "{}", text) : text;
}

/// Code points, since "µs" is three bytes.
bool begins_code_point(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_code_point));
}

/// The label in a table: a long one without its middle, so that rows fit on a screen. The sentences
/// below the table have it in full.
std::string row_label(const Case& planned) {
  constexpr std::size_t widest = 36;
  std::string label = label_of(planned);
  const std::size_t length = width(label);
  if (length <= widest) return label;
  std::string text;
  std::size_t place = 0;
  for (const char byte : label) {
    if (begins_code_point(byte)) ++place;
    if (place <= widest / 2 || place > length - widest / 2 + 1) text += byte;
    if (place == widest / 2 + 1 && begins_code_point(byte)) text += "…";
  }
  return text;
}

/// Columns as wide as their widest cell, the first one flush left.
class Columns {
 public:
  explicit Columns(std::vector<std::string> header) { add(std::move(header)); }

  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

  /// All lines, after an empty one.
  [[nodiscard]] std::string paragraph() const {
    std::string text = "\n";
    for (const std::string& line : lines()) text += line + "\n";
    return text;
  }

  [[nodiscard]] std::vector<std::string> lines() const {
    std::vector<std::string> lines;
    for (const auto& row : rows_) lines.push_back(line(row));
    return lines;
  }

 private:
  [[nodiscard]] std::size_t column_width(std::size_t column) const {
    std::size_t widest = 0;
    for (const auto& row : rows_)
      if (column < row.size()) widest = std::max(widest, width(row[column]));
    return widest;
  }

  [[nodiscard]] std::string line(const std::vector<std::string>& row) const {
    std::string text;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string padding(column_width(i) - width(row[i]), ' ');
      text += i == 0 ? row[i] + padding : "  " + padding + row[i];
    }
    return text;
  }

  std::vector<std::vector<std::string>> rows_;
};

std::vector<std::string> point_row(const CaseResult& result, const Point& point) {
  const PointFigures figures = figures_of(point);
  std::vector<std::string> cells{
      row_label(result.planned),
      fmt::format("{}{}", point.threads, point.oversubscribed ? "*" : " "),
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

/// The scaling table; the verdict stands in the last row of its case.
std::string scaling_table(const Report& report, const Style& style) {
  Columns columns({"workload", "threads ", "round", "calls/s", "speedup", "95 % interval",
                   "capacity", "rel. eff."});
  std::vector<std::string> verdicts{"verdict"};
  for (const CaseResult& result : report.cases) {
    const Verdict verdict = judge(result).verdict;
    const std::string word =
        dressed(std::string(to_string(verdict)), verdict_style(verdict), style);
    for (const Point& point : result.points) {
      columns.add(point_row(result, point));
      verdicts.emplace_back();
    }
    if (result.points.empty()) {
      columns.add({row_label(result.planned), "-", "-", "-", "-", "-", "-", "-"});
      verdicts.emplace_back();
    }
    verdicts.back() = word;
  }
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
    return std::any_of(report.cases.begin(), report.cases.end(), [&](const CaseResult& result) {
      return std::any_of(result.points.begin(), result.points.end(), condition);
    });
  };
  std::string text;
  if (any_point([](const Point& point) { return point.oversubscribed; }))
    text += "* more threads than CPUs that this process may use\n";
  return text;
}

std::string sentences(const Report& report, const Style& style) {
  std::string text;
  for (const CaseResult& result : report.cases) {
    const Judgement judgement = judge(result);
    const std::string word =
        dressed(std::string(to_string(judgement.verdict)), verdict_style(judgement.verdict), style);
    text += fmt::format("{}: {}: {}\n", label_of(result.planned), word, judgement.why);
  }
  return text;
}

/// Where the time of the threads went, at the largest number of them.
std::string time_table(const Report& report) {
  Columns columns(
      {"threads' time", "threads", "on a CPU", "ready, no CPU", "blocked", "last after first"});
  bool any = false;
  for (const CaseResult& result : report.cases) {
    if (result.points.empty() || result.points.back().threads < 2) continue;
    const Point& point = result.points.back();
    const PointFigures figures = figures_of(point);
    columns.add({row_label(result.planned), std::to_string(point.threads),
                 percent(figures.time.cpu), percent(figures.time.runnable),
                 percent(figures.time.blocked), duration(figures.spread_s.estimate)});
    any = true;
  }
  if (!any) return "";
  return columns.paragraph();
}

/// The Universal Scalability Law, where there were enough points for it.
std::string laws(const Report& report) {
  std::string text;
  for (const CaseResult& result : report.cases) {
    const auto [law, saturation_threads] = scalability_of(result.points);
    if (!law) continue;
    text += fmt::format("{}: contention {:.3f}, coherency {:.5f}", label_of(result.planned),
                        law->contention, law->coherency);
    if (const auto peak = law->peak_threads())
      text += fmt::format(", peak at {:.0f} threads", *peak);
    if (saturation_threads) text += fmt::format("; no gain beyond {} threads", *saturation_threads);
    text += '\n';
  }
  return text.empty() ? text : "\n" + text;
}

std::string threads_beat_one(const ParameterCurve& curve) {
  const auto from = curve.break_even();
  const std::string& smallest = curve.entries.front().text;
  const std::string& largest = curve.entries.back().text;
  const std::string begin = fmt::format("{}: {} threads ", curve.label, curve.threads);
  if (!from)
    return begin +
           fmt::format("do not surely beat one at {}={} or below\n", curve.parameter, largest);
  if (*from == curve.entries.front().value)
    return begin + fmt::format("beat one at every {} from {} on\n", curve.parameter, smallest);
  return begin + fmt::format("beat one from {}={:g} on\n", curve.parameter, *from);
}

/// The speedup over each parameter's values, and where threads begin to pay.
std::string parameter_tables(const Report& report) {
  std::string text;
  for (const ParameterCurve& curve : parameter_curves(report)) {
    std::vector<std::string> header{curve.parameter};
    std::vector<std::string> speedups{fmt::format("speedup, {} threads", curve.threads)};
    for (const ParameterCurve::Entry& entry : curve.entries) {
      header.push_back(entry.text);
      speedups.push_back(fmt::format("{:.2f}", entry.speedup.estimate));
    }
    Columns columns(std::move(header));
    columns.add(std::move(speedups));
    text += columns.paragraph() + threads_beat_one(curve);
  }
  return text;
}

std::string sharing_sentences(const Report& report) {
  std::string text;
  for (const SharingCost& cost : sharing_costs(report)) {
    text += fmt::format(
        "{}: {} threads with arguments of their own do {:.2f} times the work of one, "
        "with shared ones {:.2f}: ",
        cost.label, cost.threads, cost.own.estimate, cost.shared.estimate);
    text += cost.differs() ? fmt::format("sharing costs {}\n", percent(cost.lost()))
                           : "no difference that can be told\n";
  }
  return text.empty() ? text : "\n" + text;
}

std::string megabytes(const std::optional<std::int64_t>& bytes) {
  return bytes ? fmt::format("{:.0f} MB", static_cast<double>(*bytes) / 1e6) : "?";
}

std::string winner_sentence(const ExecutorComparison& comparison) {
  const int threads = comparison.entries.front().threads;
  if (!comparison.had_cores)
    return fmt::format("{}: the machine gave too few cores to say which executor wins\n",
                       comparison.label);
  if (!comparison.winner)
    return fmt::format("{}: no executor is surely ahead at {} threads\n", comparison.label,
                       threads);
  const ExecutorComparison::Winner& winner = *comparison.winner;
  const std::string from = winner.from_threads == threads
                               ? std::string()
                               : fmt::format(" from {} threads on", winner.from_threads);
  const char* verb = winner.executors.size() == 1 ? "wins" : "win";
  return fmt::format("{}: {} {}{}: {:.2f} times the calls/s of {} at {} threads\n",
                     comparison.label, fmt::join(winner.executors, " and "), verb, from,
                     winner.factor, winner.next, threads);
}

/// The executors side by side, for each workload.
std::string executor_tables(const Report& report) {
  std::string text;
  for (const ExecutorComparison& comparison : executor_comparisons(report)) {
    Columns columns({comparison.label, "threads", "calls/s", "speedup", "start", "memory"});
    for (const ExecutorComparison::Entry& entry : comparison.entries)
      columns.add({entry.executor, std::to_string(entry.threads),
                   rate(entry.throughput_per_s.estimate), fmt::format("{:.2f}", entry.speedup),
                   duration(entry.start_s), megabytes(entry.memory_bytes)});
    text += columns.paragraph() + winner_sentence(comparison);
  }
  return text;
}

struct SingleCall {
  std::string label;
  double call_s;
  double corrected_s;  ///< at the machine's speed of the first case
};

/// The time of an undisturbed call if the machine were as fast as it was when the control took
/// `reference_s`; only the share that computes depends on that.
double at_reference_speed(const PointFigures& figures, double reference_s) {
  const double speed = reference_s / figures.control_call_s;
  return figures.undisturbed_call_s * (1 - figures.cpu_share + figures.cpu_share * speed);
}

/// From each case's first point: every sample holds a 1-thread round.
std::vector<SingleCall> single_calls(const Report& report) {
  std::vector<SingleCall> singles;
  double reference_s = 0;
  for (const CaseResult& result : report.cases) {
    if (result.points.empty() || !result.python) continue;
    const PointFigures figures = figures_of(result.points.front());
    if (singles.empty()) reference_s = figures.control_call_s;
    singles.push_back({row_label(result.planned), figures.single_call_s.estimate,
                       at_reference_speed(figures, reference_s)});
  }
  return singles;
}

/// The experiment's first chart: what a call costs on one thread.
std::string single_thread_table(const Report& report) {
  const std::vector<SingleCall> singles = single_calls(report);
  if (singles.size() < 2) return "";
  const auto cheaper = [](const SingleCall& a, const SingleCall& b) {
    return a.corrected_s < b.corrected_s;
  };
  const double fastest_s = std::min_element(singles.begin(), singles.end(), cheaper)->corrected_s;
  Columns columns({"one thread", "call", "times the fastest"});
  for (const SingleCall& single : singles)
    columns.add({single.label, duration(single.call_s),
                 fmt::format("{:.2f}", single.corrected_s / fastest_s)});
  return columns.paragraph();
}

/// What was paid once, apart from the calls.
std::string setup_notes(const Report& report) {
  std::string text;
  for (const CaseResult& result : report.cases) {
    if (result.points.empty() || result.points.back().setup_s <= 0) continue;
    const Point& point = result.points.back();
    text += fmt::format("{}: set up for {} threads in {}\n", label_of(result.planned),
                        point.threads, duration(point.setup_s));
  }
  return text.empty() ? text : "\n" + text;
}

std::string heading(const Report& report) {
  for (const CaseResult& result : report.cases)
    if (result.python)
      return fmt::format("CPython {}{}, GIL {}; {} CPUs usable\n\n", result.python->version,
                         result.python->build == "default" ? "" : " " + result.python->build,
                         result.gil.after_run ? "on" : "off",
                         report.context.value("usable_cpus", 0));
  return "";
}

}  // namespace

std::string render_table(const Report& report, const Style& style) {
  if (report.cases.empty()) return "nothing was measured\n";
  return heading(report) + scaling_table(report, style) + footnotes(report) + "\n" +
         sentences(report, style) + laws(report) + parameter_tables(report) +
         sharing_sentences(report) + executor_tables(report) + time_table(report) +
         single_thread_table(report) + setup_notes(report);
}

}  // namespace gilscale
