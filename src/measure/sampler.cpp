#include "gilscale/measure/sampler.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cmath>

#include "gilscale/measure/stack.hpp"
#include "gilscale/statistics/scaling.hpp"
#include "gilscale/statistics/statistics.hpp"
#include "gilscale/text/error.hpp"

namespace gilscale {
namespace {

double cost_s(const RoundTimes& times) { return times.makespan_s + times.handover_s; }

/// The figure that decides whether a point is known well enough: how it scales, or, at 1 thread,
/// what a call costs, in units of the control if the machine's speed is part of it.
double precision_reached(const Point& point) {
  const PointFigures figures = figures_of(point);
  if (point.threads > 1) return relative_half_width(figures.relative_efficiency);
  return relative_half_width(figures.bound_by_cpus ? figures.relative_call : figures.call_s);
}

/// Four times the samples should halve the interval's width. Where they did not narrow it at all,
/// the machine changes as fast as samples come in, and more of them will not help. Looked at when
/// the number of samples has doubled, so that looking often does not make it likely.
bool no_longer_improves(const Point& point) {
  constexpr std::size_t fewest = 64;
  const std::size_t count = point.samples.size();
  if (count < fewest || !std::has_single_bit(count)) return false;
  Point earlier = point;
  earlier.samples = first_of(point.samples, count / 4);
  return precision_reached(point) >= precision_reached(earlier);
}

}  // namespace

double round_target_s(double switch_interval_s, std::optional<double> quota_period_s) {
  constexpr double long_against_the_clock_s = 5e-3;
  return std::max(
      {long_against_the_clock_s, 4 * switch_interval_s, 2 * quota_period_s.value_or(0)});
}

std::int64_t growth_of_rounds(double empty_s, double single_s) {
  constexpr double let_pass = 0.03;
  constexpr double wanted = 0.01;
  constexpr double most = 16;
  if (empty_s <= let_pass * single_s) return 1;
  return static_cast<std::int64_t>(std::min(std::ceil(empty_s / (wanted * single_s)), most));
}

double control_target_s(double single_s, std::optional<double> quota_period_s) {
  if (quota_period_s) return std::max(single_s, 2 * *quota_period_s);
  return std::clamp(single_s, 5e-3, 200e-3);
}

int control_threads_beside(int threads, int cpus, double cpu_share) {
  const int computing = static_cast<int>(std::ceil(cpu_share * threads));
  return std::min(threads, std::max(cpus, computing));
}

std::int64_t calibrate_calls(Executor& executor, double target_s, double* spent_s) {
  const auto makespan_of = [&](std::int64_t calls) {
    const RoundTimes times = executor.round(1, calls);
    if (spent_s) *spent_s += cost_s(times);
    return times.makespan_s;
  };
  // The first call may import, allocate and compile: it warms up, and is believed only if even a
  // tenth of it is enough.
  if (makespan_of(1) >= 10 * target_s) return 1;
  std::int64_t calls = 1;
  while (true) {
    double took_s = makespan_of(calls);
    // A round that is just long enough may have been disturbed; calls that are too few would hide
    // contention.
    if (took_s >= target_s && took_s < 2 * target_s) took_s = std::min(took_s, makespan_of(calls));
    if (took_s >= target_s) return calls;
    took_s = std::max(took_s, 1e-9);
    const double wanted = std::ceil(static_cast<double>(calls) * 1.05 * target_s / took_s);
    // A short round is a bad guide: grow tenfold at most, and by something at least.
    const double grown = static_cast<double>(calls) * 10;
    calls = std::max(calls + 1, static_cast<std::int64_t>(std::min(wanted, grown)));
  }
}

Sampler::Sampler(Executor& workload, Executor& control, Point& point, const StopRule& rule,
                 const SamplingConditions& conditions, double spent_s, CommonRounds* common)
    : workload_(workload),
      control_(control),
      point_(point),
      rule_(rule),
      conditions_(conditions),
      coins_(conditions.seed),
      spent_s_(spent_s),
      common_(common ? *common : own_) {}

void Sampler::warm_up() {
  if (common_.control_calls == 0) {
    const RoundTimes single = run(Kind::single);
    const double target_s = control_target_s(single.makespan_s, conditions_.quota_period_s);
    common_.control_calls = calibrate_calls(control_, target_s, &spent_s_);
    common_.cpu_share = cpu_share(single.cpu_s, single.makespan_s, single.runnable_s);
  }
  point_.control_calls = common_.control_calls;
  if (point_.control_threads == 0)
    point_.control_threads =
        control_threads_beside(point_.threads, conditions_.cpus, common_.cpu_share);
  if (point_.threads == 1) return;
  run(Kind::parallel);
  run(Kind::control_parallel);
}

RoundTimes Sampler::counted(const RoundTimes& times) {
  spent_s_ += cost_s(times);
  if (common_.singles) common_.singles->age_s += cost_s(times);
  return times;
}

/// A few of the calls are enough, since the share of one is asked for. Where even one takes long,
/// not after every sample, and as good as never before there are samples for an interval.
void Sampler::keep_ledger() {
  if (asks_why()) return ask_why();
  const int part_of_time = point_.samples.size() < fewest_for_ends ? 32 : 8;
  if (ledgers_s_ > spent_s_ / part_of_time) return;
  if (!workload_.shares_gil()) return;
  constexpr std::int64_t part_of_calls = 8;
  const auto round = workload_.ledger_round(
      1, std::max<std::int64_t>(single_calls(point_).most() / part_of_calls, 1));
  if (!round) return;
  ledgers_s_ += cost_s(counted(round->times));
  note_gil_demand(*round);
}

void Sampler::note_gil_demand(const LedgerRound& round) {
  if (!round.gil_demand) return;
  point_.gil_demands.push_back(*round.gil_demand);
  point_.gil_demand = median(point_.gil_demands);
  point_.gil_demand_is =
      of_both(point_.gil_demand_is, round.ledger.exact ? Seen::exact : Seen::estimate);
}

bool Sampler::asks_why() const {
  constexpr double part_of_time = 0.2;
  constexpr std::size_t fewest_to_suspect = 3;
  constexpr double nearly_all = 0.95;
  if (conditions_.why == Why::never || nobody_knows_why_ || whys_s_ > part_of_time * spent_s_)
    return false;
  if (conditions_.why == Why::always) return true;
  return point_.threads > 1 && point_.samples.size() >= fewest_to_suspect &&
         figures_of(point_).relative_efficiency.estimate < nearly_all;
}

std::optional<Account> Sampler::account_of(int threads, CallShare calls) {
  const auto round = workload_.ledger_round(threads, calls);
  if (!round) return std::nullopt;
  whys_s_ += cost_s(counted(round->times));
  if (threads == 1) note_gil_demand(*round);
  Account account;
  account.add(*round, calls.total(threads));
  return account;
}

/// One round of each, with the calls of a sample.
void Sampler::ask_why() {
  const auto single = account_of(1, single_calls(point_));
  nobody_knows_why_ = !single;
  if (!single) return;
  add_to(point_.ledger_single, single);
  if (point_.threads == 1) return note_holds(single->ledger);
  const auto parallel = account_of(point_.threads, parallel_calls(point_));
  if (!parallel) return;
  add_to(point_.ledger_parallel, parallel);
  note_holds(parallel->ledger);
  const Stack stack = stack_of_rounds(*single, *parallel, point_.threads);
  point_.ledger_samples.gil_wait.push_back(stack.gil_wait);
  point_.ledger_samples.lock_wait.push_back(stack.lock_wait);
  const auto& singles = point_.ledger_single;
  const auto& parallels = point_.ledger_parallel;
  if (singles && parallels && !point_.oversubscribed &&
      is_slower_on_cpu(stack_of_rounds(*singles, *parallels, point_.threads)))
    ask_processes();
}

void Sampler::get_processes_ready(Executor& processes) {
  processes.prepare(point_.threads);
  processes.round(point_.threads, parallel_calls(point_));  // warms up
  processes_are_ready_ = true;
}

/// What threads share inside a process, they do not in several. A workload that does not run there
/// is no failure of the case, but what it took counts all the same: their start, too.
void Sampler::ask_processes() {
  using Clock = std::chrono::steady_clock;
  constexpr double too_long_s = 5;
  Executor* const processes = common_.in_processes;
  if (point_.samples.parallel_s.back() > too_long_s) return;
  if (!processes) return ask_triad();
  const auto began = Clock::now();
  try {
    if (!processes_are_ready_) get_processes_ready(*processes);
    const auto cpu_of_call = [&](int threads, CallShare calls) {
      return processes->round(threads, calls).cpu_s / static_cast<double>(calls.total(threads));
    };
    const double alone_s = cpu_of_call(1, single_calls(point_));
    const double beside_others_s = cpu_of_call(point_.threads, parallel_calls(point_));
    if (alone_s > 0) point_.ledger_samples.process_slowdown.push_back(beside_others_s / alone_s);
  } catch (const Error&) {
    common_.in_processes = nullptr;
  }
  const double took_s = std::chrono::duration<double>(Clock::now() - began).count();
  whys_s_ += cost_s(counted({.makespan_s = took_s}));
}

/// The machine's memory, without the workload.
void Sampler::ask_triad() {
  if (!common_.triad) return;
  const auto began = std::chrono::steady_clock::now();
  if (const auto slowdown = common_.triad(point_.threads))
    point_.ledger_samples.triad_slowdown.push_back(*slowdown);
  else
    common_.triad = nullptr;
  const double took_s =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  whys_s_ += cost_s(counted({.makespan_s = took_s}));
}

void Sampler::note_holds(const Ledger& ledger) {
  point_.ledger_samples.gil_hold_p99_s.push_back(ledger.gil_holds.quantile(0.99));
  point_.ledger_samples.gil_hold_max_s.push_back(ledger.gil_holds.longest_s());
}

/// Rounds long enough for a hundred of its wishes: their 99th percentile is then more than the
/// longest wait of a few.
void Sampler::watch_bystander() {
  constexpr double part_of_time = 0.2;
  constexpr double long_enough_s = 0.1;
  if (!conditions_.latency || bystanders_s_ > part_of_time * spent_s_) return;
  const double factor = std::ceil(long_enough_s / std::max(point_.samples.parallel_s.back(), 1e-9));
  const auto times = static_cast<std::int64_t>(std::clamp(factor, 1.0, 1e9));
  const CallShare calls =
      share_out(parallel_calls(point_).total(point_.threads) * times, point_.threads);
  const auto round = workload_.round_with_bystander(point_.threads, calls);
  if (!round) return;
  bystanders_s_ += cost_s(counted(round->times));
  add_to(point_.bystander_waits, std::optional(round->waits));
  point_.ledger_samples.bystander_p99_s.push_back(round->waits.quantile(0.99));
}

/// As people use it, beside the gated rounds.
void Sampler::dispatch() {
  const auto seconds = [&](CallShare calls) {
    const auto took_s = workload_.dispatched_round_s(point_.threads, calls);
    if (took_s) counted({.makespan_s = *took_s});
    return took_s;
  };
  const auto dispatched_s = seconds(parallel_calls(point_));
  const auto empty_s = dispatched_s ? seconds(CallShare(0)) : std::nullopt;
  point_.samples.dispatched_s.push_back(dispatched_s.value_or(0));
  point_.samples.dispatch_s.push_back(empty_s.value_or(0) / point_.threads);
}

RoundTimes Sampler::run(Kind kind) {
  switch (kind) {
    case Kind::control_single:
      return counted(control_.round(1, point_.control_calls));
    case Kind::single:
      return counted(workload_.round(1, single_calls(point_)));
    case Kind::control_parallel:
      return counted(control_.round(control_threads_of(point_), point_.control_calls));
    case Kind::parallel:
      break;
  }
  return counted(workload_.round(point_.threads, parallel_calls(point_)));
}

std::array<Sampler::Kind, Sampler::kinds> Sampler::drawn_order() {
  using enum Kind;
  const auto heads = [this] { return (coins_() >> 63) != 0; };
  std::array order{control_single, single, control_parallel, parallel};
  if (heads()) std::swap(order[0], order[1]);
  if (heads()) std::swap(order[2], order[3]);
  if (heads()) std::rotate(order.begin(), order.begin() + 2, order.end());
  return order;
}

void Sampler::take(std::int64_t block) {
  using enum Kind;
  const std::array order = drawn_order();
  const double before_s = spent_s_;
  std::array<RoundTimes, kinds> rounds{};
  const auto of = [&](Kind kind) -> RoundTimes& {
    return rounds.at(static_cast<std::size_t>(kind));
  };
  const CommonRounds::Pair* const fresh = common_.fresh_singles(block);
  const bool in_common = fresh != nullptr;
  if (fresh) {
    of(single) = fresh->workload;
    of(control_single) = fresh->control;
    spent_s_ += cost_s(of(single)) + cost_s(of(control_single));
  }
  for (const Kind kind : order) {
    const bool of_one_thread = kind == single || kind == control_single;
    if (of_one_thread ? !in_common : point_.threads > 1) of(kind) = run(kind);
  }
  if (!in_common) {
    const bool singles_first = order.front() == single || order.front() == control_single;
    const double since_s = singles_first ? cost_s(of(parallel)) + cost_s(of(control_parallel)) : 0;
    common_.singles = {of(single), of(control_single), block, since_s};
  }
  record(rounds, block);
  dispatch();
  keep_ledger();
  watch_bystander();
  last_sample_s_ = spent_s_ - before_s;
  next_block_ = block + 1;
}

void Sampler::record(const std::array<RoundTimes, kinds>& rounds, std::int64_t block) {
  const bool one = point_.threads == 1;
  const auto of = [&](Kind kind) { return rounds.at(static_cast<std::size_t>(kind)); };
  const RoundTimes single = of(Kind::single);
  const RoundTimes parallel = one ? single : of(Kind::parallel);
  const RoundTimes control_single = of(Kind::control_single);
  const RoundTimes control_parallel = one ? control_single : of(Kind::control_parallel);
  Samples& samples = point_.samples;
  samples.single_s.push_back(single.makespan_s);
  samples.parallel_s.push_back(parallel.makespan_s);
  samples.control_single_s.push_back(control_single.makespan_s);
  samples.control_parallel_s.push_back(control_parallel.makespan_s);
  samples.control_cpu_s.push_back(control_single.cpu_s);
  samples.single_cpu_s.push_back(single.cpu_s);
  samples.single_runnable_s.push_back(single.runnable_s);
  samples.parallel_wall_s.push_back(parallel.wall_s);
  samples.parallel_cpu_s.push_back(parallel.cpu_s);
  samples.parallel_runnable_s.push_back(parallel.runnable_s);
  samples.single_undelayed_s.push_back(single.undelayed_s);
  samples.parallel_undelayed_s.push_back(parallel.undelayed_s);
  samples.control_single_undelayed_s.push_back(control_single.undelayed_s);
  samples.control_parallel_undelayed_s.push_back(control_parallel.undelayed_s);
  samples.spread_s.push_back(parallel.spread_s);
  samples.handover_s.push_back(parallel.handover_s);
  samples.block.push_back(static_cast<double>(block));
  samples.launch.push_back(0);
}

/// As near to the budget as whole samples come; a little more where an interval is in reach.
bool Sampler::budget_ends() const {
  constexpr double tolerance = 1.2;
  if (point_.samples.size() < fewest_for_ends)
    return spent_s_ + last_sample_s_ > tolerance * rule_.budget_s;
  return spent_s_ + last_sample_s_ / 2 > rule_.budget_s;
}

std::optional<StopReason> Sampler::stop_reason() const {
  const Samples& samples = point_.samples;
  if (samples.size() == 0) return std::nullopt;
  if (rule_.exactly) {
    if (static_cast<std::int64_t>(samples.size()) < *rule_.exactly) return std::nullopt;
    return StopReason::requested;
  }
  if (total(samples.parallel_s) < rule_.at_least_s) return std::nullopt;
  constexpr std::size_t fewest_to_believe = 12;  // fewer may agree by chance
  if (samples.size() >= fewest_to_believe && precision_reached(point_) <= rule_.precision)
    return StopReason::precision;
  if (budget_ends()) return StopReason::budget;
  if (no_longer_improves(point_)) return StopReason::no_improvement;
  return std::nullopt;
}

}  // namespace gilscale
