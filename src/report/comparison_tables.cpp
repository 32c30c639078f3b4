#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gilscale/judge/comparison.hpp"
#include "gilscale/text/counted.hpp"
#include "report/columns.hpp"
#include "report/paragraphs.hpp"
#include "report/python_tables.hpp"
#include "report/text.hpp"
#include "report/winner.hpp"

namespace gilscale {
namespace {

std::string threads_beat_one(const ParameterCurve& curve) {
  const auto from = curve.break_even();
  const std::string& smallest = curve.entries.front().text;
  const std::string& largest = curve.entries.back().text;
  const std::string begin = fmt::format("{}: {} threads ", one_line(curve.label), curve.threads);
  if (!from)
    return begin +
           fmt::format("are not shown to beat one at {}={} or below\n", curve.parameter, largest);
  if (*from == curve.entries.front().value)
    return begin + fmt::format("beat one at every {} from {} on\n", curve.parameter, smallest);
  return begin + fmt::format("beat one from {}={:g} on\n", curve.parameter, *from);
}

std::string megabytes(const std::optional<std::int64_t>& bytes) {
  return bytes ? fmt::format("{:.0f} MB", static_cast<double>(*bytes) / 1e6) : "?";
}

}  // namespace

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
        "{}: {} threads with separate arguments do {:.2f} times the work of one, with shared "
        "ones {:.2f}: ",
        one_line(cost.label), cost.threads, cost.own.estimate, cost.shared.estimate);
    text += cost.differs() ? fmt::format("sharing costs {}\n", percent(cost.lost()))
                           : "no measurable difference\n";
  }
  return text.empty() ? text : "\n" + text;
}

std::string executor_tables(const Report& report) {
  std::string text;
  for (const ExecutorComparison& comparison : executor_comparisons(report)) {
    Columns columns(
        {one_line(comparison.label), "threads", "calls/s", "speedup", "start", "memory"});
    for (const ExecutorComparison::Entry& entry : comparison.entries)
      columns.add({entry.executor, std::to_string(entry.threads),
                   rate(entry.throughput_per_s.estimate), fmt::format("{:.2f}", entry.speedup),
                   duration(entry.start_s), megabytes(entry.memory_bytes)});
    text += columns.paragraph() +
            fmt::format("{}: {}\n", one_line(comparison.label), winner_text(comparison));
  }
  return text;
}

std::string python_paragraphs(const Report& report) {
  std::string text;
  for (TextTable& table : python_tables_of(report)) {
    Columns columns(std::move(table.header));
    for (std::vector<std::string>& row : table.rows) {
      row.front() = row_label(row.front());
      columns.add(std::move(row));
    }
    text += columns.paragraph();
  }
  return text;
}

std::string single_thread_table(const Report& report) {
  const std::vector<SingleThreadCost> costs = single_thread_costs(report);
  if (costs.size() < 2) return "";
  Columns columns({"one thread", "call", "relative to fastest", "95 % interval"});
  for (const SingleThreadCost& cost : costs)
    columns.add({row_label(cost.label), duration(cost.call_s),
                 fmt::format("{:.2f}", cost.relative.estimate),
                 cost.relative.low == cost.relative.high ? "-" : interval(cost.relative)});
  return columns.paragraph();
}

}  // namespace gilscale
