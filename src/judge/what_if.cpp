#include "gilscale/judge/what_if.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <random>

#include "gilscale/statistics/queue.hpp"
#include "gilscale/text/words.hpp"

namespace gilscale {
namespace {

constexpr Words<Remedy, 2> remedies{{{
    {Remedy::release_gil, "release_gil"},
    {Remedy::split_lock, "split_lock"},
}}};

constexpr double most_grants = 20'000;  ///< of a simulation

/// One thread's round as a queue sees it: something is held again and again.
struct Holds {
  double count;
  double held_s;  ///< in all
};

/// The round's queue, over as many of its calls as a thread makes in an N-thread round; not over
/// more than it takes to come near its limit.
QueueingWork work_of(const Holds& holds, const Account& single, const Point& point) {
  const double a_call = holds.count / static_cast<double>(single.calls);
  const double in_round = a_call * static_cast<double>(parallel_calls(point).most());
  const double enough = std::max(most_grants / point.threads, 1.0);
  return {holds.held_s / holds.count, std::max(single.wall_s - holds.held_s, 0.0) / holds.count,
          static_cast<int>(std::lround(std::clamp(in_round, 1.0, enough)))};
}

double speedup_of_equal_times(const QueueingWork& work, int threads, int locks = 1) {
  return threads * makespan_s(work, 1) / makespan_s(work, threads, {.locks = locks});
}

/// On average over rounds, if they are short.
double speedup_of_random_times(const QueueingWork& work, int threads, int locks) {
  std::mt19937 generator(1);
  const QueueRules rules{.locks = locks, .draw = [&](double mean_s) {
                           return std::exponential_distribution(1 / mean_s)(generator);
                         }};
  const double rounds = std::ceil(most_grants / (static_cast<double>(threads) * work.calls));
  double alone_s = 0;
  double together_s = 0;
  for (int round = 0; round < static_cast<int>(rounds); ++round) {
    alone_s += makespan_s(work, 1, rules);
    together_s += makespan_s(work, threads, rules);
  }
  return threads * alone_s / together_s;
}

/// What stays as it is, and is held for so long in one thread's round, allows no more than this
/// (utilisation law).
double most_beside(const Account& single, double held_s) {
  return held_s > 0 ? single.wall_s / held_s : std::numeric_limits<double>::infinity();
}

/// With and without the change, where the simulation is right without it. `most`: what else is held
/// allows.
std::optional<WhatIf> foretold(WhatIf what_if, const QueueingWork& now, const QueueingWork& then,
                               int locks, double most, const MeasuredPoint& measured) {
  constexpr double let_pass = 0.1;
  const int threads = measured.point.threads;
  const double achievable = std::min(measured.figures.achievable, most);
  what_if.foretold = speedup_of_equal_times(now, threads);
  if (std::abs(what_if.foretold / what_if.measured - 1) > let_pass) return std::nullopt;
  what_if.speedup_high = std::min(speedup_of_equal_times(then, threads, locks), achievable);
  what_if.speedup_low =
      std::min(speedup_of_random_times(then, threads, locks), what_if.speedup_high);
  const bool helps =
      what_if.speedup_low > (1 + let_pass) * std::max(what_if.measured, what_if.foretold);
  return helps ? std::optional(what_if) : std::nullopt;
}

std::optional<WhatIf> if_released(const Stack& stack, const Account& single,
                                  const MeasuredPoint& measured) {
  const Point& point = measured.point;
  const auto count = static_cast<double>(single.ledger.gil_holds.count());
  if (!single.ledger.exact || count == 0 || point.hold_sites.empty()) return std::nullopt;
  const NamedWait& longest = point.hold_sites.front();
  if (at_place(longest.python, longest.site).empty()) return std::nullopt;
  double lock_s = 0;
  for (const NamedWait& wait : point.waits) lock_s = std::max(lock_s, wait.holds.total_s);
  const Holds now{count, single.ledger.gil_held_s};
  const Holds then{count, std::max(now.held_s - longest.waits.total_s, 0.0)};
  return foretold({.remedy = Remedy::release_gil, .where = longest, .measured = stack.achieved},
                  work_of(now, single, point), work_of(then, single, point), 1,
                  most_beside(single, lock_s), measured);
}

std::optional<WhatIf> if_split(const Stack& stack, const Account& single,
                               const MeasuredPoint& measured) {
  const Point& point = measured.point;
  const auto most_waited_for =
      std::find_if(point.waits.begin(), point.waits.end(),
                   [](const NamedWait& wait) { return group_of(wait.kind) == WaitGroup::lock; });
  if (most_waited_for == point.waits.end() || most_waited_for->holds.count == 0)
    return std::nullopt;
  const WaitTotal& holds = most_waited_for->holds;
  const QueueingWork work =
      work_of({static_cast<double>(holds.count), holds.total_s}, single, point);
  return foretold(
      {.remedy = Remedy::split_lock, .where = *most_waited_for, .measured = stack.achieved}, work,
      work, 2, most_beside(single, single.ledger.gil_held_s), measured);
}

}  // namespace

std::string_view to_string(Remedy remedy) { return remedies.word_of(remedy); }

std::vector<WhatIf> what_ifs_of(const MeasuredPoint& measured) {
  std::vector<WhatIf> all;
  const auto stack = stack_of(measured);
  const Account single = measured.point.ledger_single.value_or(Account());
  if (!stack || single.calls <= 0) return all;
  for (const auto& each :
       {if_released(*stack, single, measured), if_split(*stack, single, measured)})
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
  const std::string low = fmt::format("{:.2f}", what_if.speedup_low);
  const std::string high = fmt::format("{:.2f}", what_if.speedup_high);
  return fmt::format(
      "{}, {} threads would do {}{} times the work of one (by a simulation that gives {:.2f} for "
      "the {:.2f} measured now)",
      change, threads, low == high ? "" : low + " to ", high, what_if.foretold, what_if.measured);
}

}  // namespace gilscale
