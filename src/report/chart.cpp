#include "gilscale/report/chart.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numeric>
#include <vector>

#include "gilscale/judge/cause.hpp"
#include "report/text.hpp"
#include "report/tone.hpp"

namespace gilscale {
namespace {

/// One bar.
struct Row {
  std::string label;    ///< empty where the row above has the same
  std::string threads;  ///< with an asterisk where there are more than CPUs
  double speedup;
  double achievable;
  bool has_interval;  ///< else there are too few samples for one
  Tone tone;
};

constexpr std::size_t widest_label = 28;
constexpr std::size_t threads_width = 7;
constexpr std::size_t value_width = 7;

/// With more rows than these, only the largest thread count of each case is shown.
constexpr std::size_t most_rows = 30;

std::string ascii(std::string text) {
  constexpr std::string_view ellipsis = "…";
  if (const std::size_t at = text.find(ellipsis); at != text.npos)
    text.replace(at, ellipsis.size(), "~");
  std::string kept;
  for (const char byte : text) {
    const auto code = static_cast<unsigned char>(byte);
    if (code < 0x80)
      kept += byte;
    else if (code >= 0xC0)
      kept += '?';
  }
  return kept;
}

std::string shown_label(const std::string& label, bool unicode) {
  const std::string shown = abridged(one_line(label), widest_label);
  return unicode ? shown : ascii(shown);
}

/// Points that show the shape: 2, 4, 8, … and the largest.
bool is_shown(const std::vector<MeasuredPoint>& points, const MeasuredPoint& each) {
  const int threads = each.point.threads;
  const bool doubled = (threads & (threads - 1)) == 0;
  return threads > 1 && (doubled || points.size() <= 5 || &each == &points.back());
}

std::vector<Row> rows_of(const JudgedCase& judged, bool largest_only) {
  std::vector<Row> rows;
  const Tone tone = tone_of(judged.judgement.verdict);
  for (const MeasuredPoint& each : judged.points) {
    if (!is_shown(judged.points, each)) continue;
    if (largest_only && &each != &judged.points.back()) continue;
    const auto& [point, values, figures] = each;
    rows.push_back({rows.empty() ? label_of(judged.result.planned) : "",
                    fmt::format("{}{}", point.threads, point.oversubscribed ? "*" : " "),
                    figures.speedup.estimate, figures.achievable, is_bounded(figures.speedup),
                    tone});
  }
  return rows;
}

std::vector<Row> rows_of(const Report& report, bool largest_only) {
  std::vector<Row> rows;
  for (const JudgedCase& judged : report.cases)
    for (Row& row : rows_of(judged, largest_only)) rows.push_back(std::move(row));
  return rows;
}

using Cells = std::vector<std::string_view>;  ///< each is one column wide

/// What charts are drawn with.
struct Pens {
  Cells solid;            ///< parts of a column, ascending; the last is a whole one
  std::string_view pale;  ///< a column of a figure without an interval
  std::string_view mark;
};

const Pens& pens(bool unicode) {
  static const Pens in_unicode{{"▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"}, "░", "│"};
  static const Pens in_ascii{{"#"}, "-", "|"};
  return unicode ? in_unicode : in_ascii;
}

/// A bar that is `length` columns long, to the smallest part of one that the pens can draw.
Cells bar(double length, bool has_interval, const Pens& pens) {
  const Cells parts = has_interval ? pens.solid : Cells{pens.pale};
  const auto drawn =
      static_cast<std::size_t>(std::lround(static_cast<double>(parts.size()) * length));
  Cells cells(drawn / parts.size(), parts.back());
  if (const std::size_t rest = drawn % parts.size(); rest > 0) cells.push_back(parts[rest - 1]);
  return cells;
}

std::string joined(Cells::const_iterator first, Cells::const_iterator last) {
  return fmt::format("{}", fmt::join(first, last, ""));
}

/// The bar, and in or behind it the mark of what was achievable.
std::string plotted(const Row& row, double columns_per_unit, const ChartStyle& style) {
  const Pens& with = pens(style.unicode);
  Cells cells = bar(std::max(row.speedup, 0.0) * columns_per_unit, row.has_interval, with);
  const auto end = std::lround(row.achievable * columns_per_unit);
  const auto place = static_cast<std::size_t>(std::max(end, 1L)) - 1;
  if (place >= cells.size()) cells.resize(place + 1, " ");
  const auto mark = cells.cbegin() + static_cast<std::ptrdiff_t>(place);
  return dressed(joined(cells.cbegin(), mark), row.tone, style.style) + std::string(with.mark) +
         dressed(joined(mark + 1, cells.cend()), row.tone, style.style);
}

// ---- the speedup stack ----

/// A part of the stack, by its letter in a bar.
struct Part {
  char letter;
  std::string_view name;
};

/// In the order of parts_of().
constexpr std::array<Part, 8> parts{{{'=', "achieved"},
                                     {'G', "GIL"},
                                     {'L', "locks"},
                                     {'I', "I/O, sleep"},
                                     {'C', "no CPU"},
                                     {'S', "slower on CPU"},
                                     {'E', "uneven ends"},
                                     {'?', "rest"}}};

/// How many columns each part has: all of them together `room`, each as near to its share as whole
/// columns come (largest remainders). What is below nothing has none.
std::array<std::size_t, parts.size()> columns_of(const Stack& stack, std::size_t room) {
  std::array<double, parts.size()> shares = parts_of(stack);
  for (double& share : shares) share = std::max(share, 0.0);
  const double all = std::accumulate(shares.begin(), shares.end(), 0.0);
  std::array<std::size_t, parts.size()> columns{};
  for (std::size_t i = 0; i < shares.size(); ++i) {
    shares.at(i) *= static_cast<double>(room) / all;
    columns.at(i) = static_cast<std::size_t>(shares.at(i));
    shares.at(i) -= static_cast<double>(columns.at(i));
  }
  while (std::accumulate(columns.begin(), columns.end(), std::size_t{0}) < room) {
    const auto most = std::max_element(shares.begin(), shares.end());
    ++columns.at(static_cast<std::size_t>(most - shares.begin()));
    *most = 0;
  }
  return columns;
}

/// One bar of the stack.
struct StackRow {
  std::string label;
  std::string threads;
  Stack stack;
};

/// At the largest number of threads of each case that has a stack.
std::vector<StackRow> stack_rows(const Report& report, bool unicode) {
  std::vector<StackRow> rows;
  for (const JudgedCase& judged : report.cases)
    for (auto measured = judged.points.rbegin(); measured != judged.points.rend(); ++measured) {
      const auto stack = stack_of(*measured);
      if (!stack) continue;
      rows.push_back({shown_label(label_of(judged.result.planned), unicode),
                      fmt::format("{} ", measured->point.threads), *stack});
      break;
    }
  return rows;
}

}  // namespace

std::string stack_chart(const Report& report, const ChartStyle& style) {
  constexpr std::string_view head = "threads' time";
  constexpr std::size_t gaps = 4;
  const std::vector<StackRow> rows = stack_rows(report, style.unicode);
  if (rows.empty() || rows.size() > most_rows) return "";
  std::size_t label_width = head.size();
  for (const StackRow& row : rows) label_width = std::max(label_width, width(row.label));
  const std::size_t room = style.columns - label_width - threads_width - gaps;
  std::array<bool, parts.size()> occurs{};
  std::string bars;
  for (const StackRow& row : rows) {
    bars +=
        fmt::format("{}{}  {:>{}}  ", row.label, std::string(label_width - width(row.label), ' '),
                    row.threads, threads_width);
    const auto columns = columns_of(row.stack, room);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      occurs.at(i) = occurs.at(i) || columns.at(i) > 0;
      bars += std::string(columns.at(i), parts.at(i).letter);
    }
    bars += '\n';
  }
  std::string legend;
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (occurs.at(i)) legend += fmt::format("  {} {}", parts.at(i).letter, parts.at(i).name);
  return fmt::format("\n{}{}  threads{}\n", head, std::string(label_width - head.size(), ' '),
                     legend) +
         bars;
}

std::string speedup_chart(const Report& report, const ChartStyle& style) {
  std::vector<Row> rows = rows_of(report, false);
  if (rows.size() > most_rows) rows = rows_of(report, true);
  if (rows.empty()) return "";
  std::size_t label_width = std::string_view("speedup").size();
  double most = 1;
  for (Row& row : rows) {
    row.label = shown_label(row.label, style.unicode);
    label_width = std::max(label_width, width(row.label));
    most = std::max({most, row.speedup, row.achievable});
  }
  const std::size_t room = style.columns - label_width - threads_width - value_width - 4;
  const double columns_per_unit = static_cast<double>(room) / most;
  const std::string pad(label_width - std::string_view("speedup").size(), ' ');
  const bool all_have = std::all_of(rows.begin(), rows.end(), std::mem_fn(&Row::has_interval));
  const std::string pale =
      all_have ? "" : fmt::format("  {} too few samples", pens(style.unicode).pale);
  std::string text = fmt::format("\nspeedup{}  threads  {} what was achievable{}\n", pad,
                                 pens(style.unicode).mark, pale);
  for (const Row& row : rows) {
    const std::string line = plotted(row, columns_per_unit, style);
    text += fmt::format("{}{}  {:>{}}  {}{}{:>{}.2f}\n", row.label,
                        std::string(label_width - width(row.label), ' '), row.threads,
                        threads_width, line, std::string(room - std::min(room, width(line)), ' '),
                        row.speedup, value_width);
  }
  return text;
}

bool is_utf8_locale(const char* lc_all, const char* lc_ctype, const char* lang) {
  for (const char* value : {lc_all, lc_ctype, lang}) {
    if (!value || !*value) continue;
    std::string name = value;
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char letter) {
      return static_cast<char>(letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter);
    });
    return name.find("utf-8") != name.npos || name.find("utf8") != name.npos;
  }
  return false;
}

}  // namespace gilscale
