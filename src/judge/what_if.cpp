#include "gilscale/judge/what_if.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "gilscale/statistics/queue.hpp"
#include "gilscale/text/words.hpp"

namespace gilscale {
namespace {

constexpr Words<Remedy, 2> remedies{{{
    {Remedy::release_gil, "release_gil"},
    {Remedy::split_lock, "split_lock"},
}}};

/// One thread's round as a queue sees it: something is held again and again.
struct Holds {
  double count;
  double held_s;  ///< in all
};

/// The round's queue, over as many of its calls as a thread makes in an N-thread round; not over
/// more than it takes to come near its limit.
QueueingWork work_of(const Holds& holds, const Account& single, const Point& point) {
  constexpr double most_grants = 20'000;
  const double a_call = holds.count / static_cast<double>(single.calls);
  const double in_round = a_call * static_cast<double>(parallel_calls(point).most());
  const double enough = std::max(most_grants / point.threads, 1.0);
  return {holds.held_s / holds.count, std::max(single.wall_s - holds.held_s, 0.0) / holds.count,
          static_cast<int>(std::lround(std::clamp(in_round, 1.0, enough)))};
}

double simulated_speedup(const QueueingWork& work, int threads, int locks = 1) {
  return threads * makespan_s(work, 1, {}, first_come) /
         makespan_s(work, threads, {}, first_come, locks);
}

/// With and without the change, where the simulation is right without it.
std::optional<WhatIf> foretold(WhatIf what_if, const QueueingWork& now, const QueueingWork& then,
                               int locks, const MeasuredPoint& measured) {
  constexpr double let_pass = 0.1;
  const int threads = measured.point.threads;
  what_if.foretold = simulated_speedup(now, threads);
  what_if.speedup = std::min(simulated_speedup(then, threads, locks), measured.figures.achievable);
  const bool is_right = std::abs(what_if.foretold / what_if.measured - 1) <= let_pass;
  const bool helps =
      what_if.speedup > (1 + let_pass) * std::max(what_if.measured, what_if.foretold);
  return is_right && helps ? std::optional(what_if) : std::nullopt;
}

std::optional<WhatIf> if_released(const Stack& stack, const MeasuredPoint& measured) {
  const Point& point = measured.point;
  const Account& single = *point.ledger_single;
  const auto count = static_cast<double>(single.ledger.gil_holds.count());
  if (!single.ledger.exact || count == 0 || point.hold_sites.empty()) return std::nullopt;
  const NamedWait& longest = point.hold_sites.front();
  const Holds now{count, single.ledger.gil_held_s};
  const Holds then{count, std::max(now.held_s - longest.waits.total_s, 0.0)};
  return foretold({Remedy::release_gil, longest, 1, stack.achieved, 1}, work_of(now, single, point),
                  work_of(then, single, point), 1, measured);
}

std::optional<WhatIf> if_split(const Stack& stack, const MeasuredPoint& measured) {
  const Point& point = measured.point;
  const auto most_waited_for =
      std::find_if(point.waits.begin(), point.waits.end(),
                   [](const NamedWait& wait) { return group_of(wait.kind) == WaitGroup::lock; });
  if (most_waited_for == point.waits.end() || most_waited_for->holds.count == 0)
    return std::nullopt;
  const WaitTotal& holds = most_waited_for->holds;
  const QueueingWork work =
      work_of({static_cast<double>(holds.count), holds.total_s}, *point.ledger_single, point);
  return foretold({Remedy::split_lock, *most_waited_for, 1, stack.achieved, 1}, work, work, 2,
                  measured);
}

}  // namespace

std::string_view to_string(Remedy remedy) { return remedies.word_of(remedy); }

std::vector<WhatIf> what_ifs_of(const MeasuredPoint& measured) {
  std::vector<WhatIf> all;
  const auto stack = stack_of(measured);
  if (!stack || measured.point.ledger_single->calls <= 0) return all;
  for (const auto& each : {if_released(*stack, measured), if_split(*stack, measured)})
    if (each) all.push_back(*each);
  return all;
}

std::string sentence_of(const WhatIf& what_if, int threads) {
  const NamedWait& where = what_if.where;
  const std::string place = at_place(where.python, where.site);
  constexpr std::string_view article = "a ";
  const std::string change = what_if.remedy == Remedy::release_gil
                                 ? fmt::format("without the hold of the GIL that ends{}", place)
                                 : fmt::format("with two in place of the {}{}",
                                               thing_of(where.kind).substr(article.size()), place);
  return fmt::format(
      "{}, {} threads would do {:.2f} times the work of one (by a simulation that gives {:.2f} for "
      "the {:.2f} measured now)",
      change, threads, what_if.speedup, what_if.foretold, what_if.measured);
}

}  // namespace gilscale
