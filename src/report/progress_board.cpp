#include "gilscale/report/progress_board.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "gilscale/text/counted.hpp"
#include "report/paragraphs.hpp"
#include "report/terminal.hpp"
#include "report/text.hpp"

namespace gilscale {
namespace {

using Clock = std::chrono::steady_clock;

std::string figure_of(const Point& point) {
  const PointFigures figures = figures_of(point);
  const Estimate& call = figures.call_s;
  if (point.threads == 1)
    return is_bounded(call) ? fmt::format("{} [{}, {}]", duration(call.estimate),
                                          duration(call.low), duration(call.high))
                            : duration(call.estimate);
  const Estimate& speedup = figures.speedup;
  return fmt::format("speedup {:.2f}{}", speedup.estimate,
                     is_bounded(speedup) ? " " + interval(speedup) : std::string());
}

}  // namespace

ProgressBoard::ProgressBoard(const std::vector<Case>& cases)
    : on_terminal_(isatty(STDERR_FILENO) == 1) {
  for (const Case& planned : cases)
    rows_.push_back(
        {row_label(label_of(planned)), {planned.threads.begin(), planned.threads.end()}});
}

void ProgressBoard::on_turn(std::size_t place) {
  at_work_ = place;
  Row& row = rows_.at(place);
  const bool starts = row.threads == 0 && !row.finished;
  if (starts) row.state = "starting";
  draw(starts);
}

void ProgressBoard::on_progress(const std::string& text) {
  Row& row = rows_.at(at_work_);
  if (row.threads == 0 && !text.empty()) row.state = text;
  draw(false);
}

void ProgressBoard::on_sample(std::size_t place, const Question& question, bool stops) {
  if (!on_terminal_) return;
  Row& row = rows_.at(place);
  if (stops) row.open.erase(question.point.threads);
  const Point& point = question.point;
  if (point.threads >= row.threads) {
    // Here and not while it is drawn: no worker is at work now.
    row.threads = point.threads;
    row.figure = fmt::format("{}: {}, {}", counted(point.threads, "thread"), figure_of(point),
                             counted(point.samples.size(), "sample"));
  }
  draw(false);
}

void ProgressBoard::on_finished(std::size_t place, const std::string& how) {
  Row& row = rows_.at(place);
  row.finished = true;
  row.state = how;
  draw(true);
}

void ProgressBoard::print(std::string_view text) {
  clear();
  std::fwrite(text.data(), 1, text.size(), stderr);
  // The lines below begin on a line of their own.
  if (on_terminal_ && !text.empty() && text.back() != '\n') std::fputc('\n', stderr);
  std::fflush(stderr);
}

std::string ProgressBoard::line(std::size_t place) const {
  const Row& row = rows_[place];
  std::size_t label_width = 0;
  for (const Row& each : rows_) label_width = std::max(label_width, width(each.label));
  std::string text = fmt::format("{} {}{}  ", place == at_work_ ? '>' : ' ', row.label,
                                 std::string(label_width - width(row.label), ' '));
  if (row.threads > 0) {
    text += row.figure;
    text += row.finished ? "; " + row.state : fmt::format("; open: {}", fmt::join(row.open, ", "));
  } else {
    text += row.state;
  }
  return text;
}

std::vector<std::string> ProgressBoard::lines() const {
  constexpr TerminalSize usual{24, 80};
  const auto [rows, columns] = terminal_size(STDERR_FILENO).value_or(usual);
  const std::size_t most = std::max<std::size_t>(rows, 4) - 2;
  std::vector<std::size_t> places;
  for (std::size_t place = 0; place < rows_.size(); ++place)
    if (rows_.size() <= most || !rows_[place].finished) places.push_back(place);
  const std::size_t hidden = places.size() > most ? places.size() - most : 0;
  places.resize(places.size() - hidden);
  std::vector<std::string> all;
  for (const std::size_t place : places) all.push_back(abridged(line(place), columns - 1));
  if (hidden > 0) all.push_back(fmt::format("  and {} more", hidden));
  return all;
}

void ProgressBoard::draw(bool at_once) {
  constexpr auto seldom = std::chrono::milliseconds(100);
  if (!on_terminal_ || (!at_once && Clock::now() - drawn_at_ < seldom)) return;
  const std::vector<std::string> shown = lines();
  clear();
  fmt::print(stderr, "{}\n", fmt::join(shown, "\n"));
  std::fflush(stderr);
  drawn_ = shown.size();
  drawn_at_ = Clock::now();
}

void ProgressBoard::clear() {
  if (drawn_ == 0) return;
  // Cursor up, then "erase to the end of the screen" (ECMA-48).
  fmt::print(stderr, "\r\x1b[{}A\x1b[J", drawn_);
  std::fflush(stderr);
  drawn_ = 0;
  drawn_at_ = {};
}

}  // namespace gilscale
