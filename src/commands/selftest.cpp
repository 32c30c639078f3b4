#include "gilscale/commands/selftest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gilscale/model/executable.hpp"
#include "gilscale/model/workloads.hpp"
#include "gilscale/report/progress_line.hpp"
#include "gilscale/report/standard_output.hpp"
#include "gilscale/statistics/queue.hpp"
#include "gilscale/statistics/scaling.hpp"
#include "gilscale/statistics/statistics.hpp"
#include "gilscale/supervise/interrupt.hpp"
#include "gilscale/supervise/turns.hpp"

namespace gilscale {
namespace {

/// The targets, which the exit code rests on.
constexpr double largest_error = 0.03;
constexpr double enough_right = 0.95;
constexpr double enough_covered = 0.90;

/// The calibration workloads last what they say to within this.
constexpr double timer_error_s = 20e-6;

/// Calls of one length, with the GIL held for some share of it. A round is long against its own
/// start, and has many calls: the GIL is not handed out in turns, so threads do not end together.
struct Work {
  double call_s;
  double serial;

  [[nodiscard]] QueueingWork known() const {
    const int calls = std::max(20, static_cast<int>(std::lround(100e-3 / call_s)));
    return {serial * call_s, (1 - serial) * call_s, calls};
  }
};

/// One figure whose truth is known: the time of a call at 1 thread, the speedup at more.
struct Cell {
  Range truth;
  Estimate found;

  /// From the nearer end of the truth, relative to it; 0 within it.
  [[nodiscard]] double error() const {
    const double nearest = std::clamp(found.estimate, truth.low, truth.high);
    return found.estimate / nearest - 1;
  }
  [[nodiscard]] bool right() const { return std::abs(error()) <= largest_error; }
  [[nodiscard]] bool covered() const { return found.low <= truth.high && truth.low <= found.high; }
};

Case plan(const QueueingWork& work, const std::vector<int>& threads) {
  WorkloadOptions names;
  names.names = {"hold_release"};
  names.args = fmt::format("({:.0f}, {:.0f})", work.hold_s * 1e6, work.release_s * 1e6);
  Case planned;
  planned.workload = resolve_workloads(names).front();
  planned.threads = threads;
  planned.calls = work.calls;
  planned.stop.exactly = fewest_for_ends;
  return planned;
}

std::vector<Point> measure(const QueueingWork& work, const std::vector<int>& threads,
                           ProgressLine& progress) {
  const CaseResult result = run_case({plan(work, threads), worker_command()}, 60, progress);
  progress.clear();
  if (result.failure)
    throw Error(interrupted() ? ExitCode::interrupted : ExitCode::workload_failed,
                result.failure->message);
  return result.points;
}

/// What threads that only hold the GIL pay for each call beyond its length; the more of them wait,
/// the more.
double measured_handover_s(int threads, ProgressLine& progress) {
  const QueueingWork holding{6e-3, 0, 10};  // longer than the switch interval
  progress.begin("GIL handover");
  const Samples samples = measure(holding, {threads}, progress).front().samples;
  const double one_after_another_s = threads * median(samples.single_s);
  return std::max(0.0,
                  (median(samples.parallel_s) - one_after_another_s) / (threads * holding.calls));
}

Cell compare(const Work& work, const Point& point, const Delays& delays) {
  const PointFigures figures = figures_of(point);
  if (point.threads == 1) return {{work.call_s, work.call_s + 2 * delays.wait_s}, figures.call_s};
  return {true_speedup(work.known(), point.threads, delays), figures.speedup};
}

std::string line(const Work& work, int threads, const Cell& cell) {
  const double scale = threads == 1 ? 1e3 : 1;
  return fmt::format(
      "{:>7.0f} {:>7.2f} {:>8} {:>8.3f} to {:<8.3f} {:>8.3f}  [{:.3f}, {:.3f}] {:>7.1f} %{}{}\n",
      work.call_s * 1e3, work.serial, threads, cell.truth.low * scale, cell.truth.high * scale,
      cell.found.estimate * scale, cell.found.low * scale, cell.found.high * scale,
      cell.error() * 100, cell.right() ? "" : "  off", cell.covered() ? "" : "  outside");
}

template <typename Condition>
double percentage(const std::vector<Cell>& cells, Condition condition) {
  return 100 * static_cast<double>(std::count_if(cells.begin(), cells.end(), condition)) /
         static_cast<double>(cells.size());
}

ExitCode summarise(const std::vector<Cell>& cells) {
  const double right = percentage(cells, [](const Cell& cell) { return cell.right(); });
  const double covered = percentage(cells, [](const Cell& cell) { return cell.covered(); });
  const bool trusted = right >= 100 * enough_right && covered >= 100 * enough_covered;
  print_out(fmt::format(
      "\n{} figures: {:.0f} % within {:.0f} % of the truth (target: {:.0f} %); the "
      "interval covers the truth for {:.0f} % (target: {:.0f} %)\n",
      cells.size(), right, largest_error * 100, enough_right * 100, covered, enough_covered * 100));
  if (!trusted)
    print_out(
        "gilscale's figures cannot be trusted here at the moment; `gilscale doctor` may show "
        "why\n");
  return trusted ? ExitCode::ok : ExitCode::inconclusive;
}

}  // namespace

Range true_speedup(const QueueingWork& work, int threads, const Delays& delays) {
  constexpr int trials = 25;
  std::mt19937 generator(1);  // the same every time
  const PickWaiting any = [&](std::size_t ready) { return generator() % ready; };
  const PickWaiting last = [](std::size_t ready) { return ready - 1; };
  std::vector<double> speedups;
  // Waits may be late in the rounds of 1 thread and not in those of N, or the other way round.
  for (const auto& [alone, together] : {std::pair(delays, Delays{}), std::pair(Delays{}, delays)}) {
    const auto add = [&](const PickWaiting& pick) {
      speedups.push_back(weak_speedup(threads, makespan_s(work, 1, {alone, pick}),
                                      makespan_s(work, threads, {together, pick})));
    };
    add(first_come);
    add(last);
    for (int trial = 0; trial < trials; ++trial) add(any);
  }
  const auto [low, high] = std::minmax_element(speedups.begin(), speedups.end());
  return {*low, *high};
}

ExitCode selftest(const SelftestOptions& options) {
  constexpr std::array serials{0.0, 0.1, 0.25, 0.5, 1.0};
  const std::vector<double> lengths =
      options.quick ? std::vector{5e-3} : std::vector{1e-3, 5e-3, 20e-3};
  watch_for_interrupts();
  ProgressLine progress(1 + lengths.size() * serials.size());
  const Delays delays{timer_error_s, measured_handover_s(options.threads.back(), progress)};
  print_out(fmt::format(
      "Calls hold the GIL for a known share of their time, and wait without it for the rest.\n"
      "Truth: the range over all orders in which waiting threads may get the GIL, and over "
      "delays:\n"
      "waits may end as much as {:.0f} µs late, and handing over the GIL may take {:.0f} µs "
      "(measured first).\n"
      "1 thread: milliseconds per call; more threads: speedup.\n\n"
      "call ms  serial  threads       truth           found  95 % interval       error\n",
      delays.wait_s * 1e6, delays.handover_s * 1e6));
  std::vector<Cell> cells;
  for (const double call_s : lengths) {
    for (const double serial : serials) {
      const Work work{call_s, serial};
      progress.begin(fmt::format("{:.0f} ms, {:.2f} serial", call_s * 1e3, serial));
      for (const Point& point : measure(work.known(), options.threads, progress)) {
        cells.push_back(compare(work, point, delays));
        print_out(line(work, point.threads, cells.back()));
      }
    }
  }
  return summarise(cells);
}

}  // namespace gilscale
