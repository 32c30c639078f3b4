#include "gilscale/judge/verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "gilscale/judge/bounds.hpp"
#include "gilscale/model/executors.hpp"
#include "gilscale/statistics/statistics.hpp"
#include "gilscale/text/counted.hpp"
#include "gilscale/text/words.hpp"
#include "judge/evidence.hpp"

namespace gilscale {
namespace {

constexpr Words<Verdict, 8> verdicts{{{
    {Verdict::parallel, "parallel"},
    {Verdict::gil_bound, "gil-bound"},
    {Verdict::partial, "partial"},
    {Verdict::contended, "contended"},
    {Verdict::machine_limited, "machine-limited"},
    {Verdict::inconclusive, "inconclusive"},
    {Verdict::failed, "failed"},
    {Verdict::unavailable, "unavailable"},
}}};

bool had_cores(const MeasuredPoint& seen) {
  return had_its_cores(seen.figures.achievable, seen.point.threads);
}

/// In a quarter of the samples: then more of them may tell.
bool had_cores_at_times(const MeasuredPoint& seen) {
  const std::vector<double>& capacity = seen.values.capacity;
  const auto had_them = std::count_if(capacity.begin(), capacity.end(), [&](double cores) {
    return had_its_cores(cores, seen.point.threads);
  });
  return 4 * had_them >= std::ssize(capacity);
}

/// The point that decides: the largest for which the cores were there in any case, else the largest
/// for which they may have been, else the largest; null where none has several threads.
const MeasuredPoint* decisive_point(std::span<const MeasuredPoint> points) {
  const MeasuredPoint* best = nullptr;
  const auto rank = [](const MeasuredPoint& each) {
    const int threads = each.point.threads;
    return std::tuple(had_its_cores(each.figures.achievable_low, threads), had_cores(each),
                      threads);
  };
  for (const MeasuredPoint& each : points)
    if (each.point.threads > 1 && (!best || rank(each) > rank(*best))) best = &each;
  return best;
}

std::string did(const MeasuredPoint& seen, const CaseResult& result) {
  return fmt::format("{} {} do {:.2f} times the work of one", seen.point.threads,
                     workers_of(result.planned.executor), seen.figures.speedup.estimate);
}

/// The relative efficiency, on which verdicts rest, is a median of ratios, and may leave out what
/// threads waited for CPUs. Where it is not the ratio of the medians, the sentence has it, too.
std::string note_on_efficiency(const MeasuredPoint& seen) {
  constexpr double let_pass = 0.05;
  const PointFigures& figures = seen.figures;
  const double efficiency = figures.relative_efficiency.estimate;
  const double of_medians = figures.speedup.estimate / figures.achievable;
  if (std::abs(of_medians - efficiency) <= let_pass * efficiency) return "";
  return fmt::format("; sample by sample, the relative efficiency is {:.2f}", efficiency);
}

std::string did_of_achievable(const MeasuredPoint& seen, const CaseResult& result) {
  const std::string most = fmt::format("{:.2f}", seen.figures.achievable);
  const std::string least = fmt::format("{:.2f}", seen.figures.achievable_low);
  return fmt::format("{}; {}{} was achievable{}", did(seen, result),
                     least == most ? "" : least + " to ", most, note_on_efficiency(seen));
}

/// Of a workload whose own threads disturb the control; else empty.
std::string note_on_own_threads(const Point& point) {
  if (!disturbs_control(point) || point.oversubscribed) return "";
  return fmt::format(
      "threads of its own keep {:.1f} CPUs busy between its calls, so nothing is put down to the "
      "machine",
      point.control_other_cpus);
}

std::string gil_allows(double demand) {
  return fmt::format("the GIL is held for {:.0f} % of a call, which allows a speedup of {:.2f}",
                     demand * 100, 1 / demand);
}

/// What keeps a partial workload from scaling further, as far as it is inferred.
std::string bound_of(const MeasuredPoint& seen, const GilState& gil) {
  const PointFigures& figures = seen.figures;
  if (std::string note = note_on_own_threads(seen.point); !note.empty()) return note;
  const double demand = shared_gil_demand(seen.point, gil);
  if (gil_allows_less(seen.point, gil, figures.speedup.estimate, figures.achievable))
    return gil_allows(demand);
  return fmt::format("{}the serial fraction is {:.2f} (Karp-Flatt)",
                     gil.after_run ? "the GIL does not explain this; " : "no cause was seen; ",
                     figures.serial_fraction.value_or(Estimate{}).estimate);
}

/// The sentence goes on with the cause that was seen; with `otherwise` where no ledger round saw
/// any.
Judgement with_cause(Verdict verdict, const MeasuredPoint& seen, const std::string& begin,
                     const std::string& otherwise, Cause inferred) {
  const auto stack = stack_of(seen);
  if (!stack) return {verdict, begin + otherwise, inferred};
  const NamedCause cause = cause_of(*stack, seen);
  const std::string note = note_on_own_threads(seen.point);
  return {verdict, begin + "; " + cause.why + (note.empty() ? "" : "; ") + note, cause.cause};
}

/// What the samples of a point have ever sufficed for.
struct Settled {
  bool credited = false;
  bool blamed = false;
  Evidence evidence;  ///< of all samples
};

/// `compared` makes a ComparedSample of a sample's place and its SequentialEfficiency.
template <typename Compared>
Settled settled(const Point& point, const Compared& compared) {
  Settled settled;
  std::size_t place = 1;
  for (const SequentialEfficiency& efficiency : sequential_efficiencies(point)) {
    ComparedSample sample = compared(place++, efficiency);
    sample.disturbed = efficiency.disturbed;
    settled.evidence.add(sample);
    settled.credited = settled.credited || settled.evidence.credits(verdict_error);
    settled.blamed = settled.blamed || settled.evidence.blames(verdict_error);
  }
  return settled;
}

ComparedSample on_side(bool creditable) {
  return {.creditable = creditable, .blamable = !creditable, .blamable_as_it_was = !creditable};
}

/// Whether the speedup is surely more than that (credited), or surely not (blamed).
Settled speedup_above(const MeasuredPoint& seen, double bound) {
  const PointValues all = values_of_all_samples(seen.point);
  const Settled is = settled(seen.point, [&](std::size_t place, const SequentialEfficiency&) {
    return on_side(all.speedup[place] > bound);
  });
  const bool above = seen.figures.speedup.estimate > bound;
  return {is.credited && above, is.blamed && !above, is.evidence};
}

/// What stands in the way of an answer that the machine may be to blame for.
std::string note_on_machine(const MeasuredPoint& seen, const Evidence& evidence) {
  constexpr double share_to_tell = 0.1;
  std::string note;
  if (4 * evidence.disturbed() >= evidence.samples() && evidence.disturbed() > 0)
    note += fmt::format("; the machine was disturbed in {} of {} samples", evidence.disturbed(),
                        evidence.samples());
  if (const double share = seen.figures.time.runnable; share >= share_to_tell)
    note += fmt::format("; its threads were ready but without a CPU for {:.0f} % of their time",
                        100 * share);
  return note;
}

/// Where samples lie on both sides of a bound: how far more of them would help, what was in their
/// way, and what ledger rounds saw so far.
Judgement unsettled(const MeasuredPoint& seen, const CaseResult& result, const Evidence& evidence,
                    std::string_view question) {
  const auto times = evidence.times_to_decide(verdict_error);
  const bool is_busy = 2 * evidence.disturbed() >= evidence.samples();
  std::string advice = is_busy
                           ? "try again when the machine is less busy"
                           : "longer rounds (--calls) may tell, as a larger --budget hardly does";
  if (times) advice = advice_for_more(seen.point, "--budget");
  if (times && *times > 1) advice += fmt::format(", to about {:.2g} times what it was", *times);
  const bool falls_short = seen.figures.relative_efficiency.estimate < parallel_from;
  const auto stack = falls_short ? stack_of(seen) : std::nullopt;
  const std::string so_far = stack ? "; seen so far: " + cause_of(*stack, seen).why : "";
  return {Verdict::inconclusive,
          fmt::format("{}, but the samples do not agree on whether that is {}; {}{}{}",
                      did_of_achievable(seen, result), question, advice,
                      note_on_machine(seen, evidence), so_far)};
}

/// Where the machine allowed no more either, what it allowed says nothing: the sentence then has
/// what the GIL would allow on any machine, if that was measured.
Judgement gil_bound(const MeasuredPoint& seen, const CaseResult& result) {
  const PointFigures& figures = seen.figures;
  const bool had_more = figures.achievable >= about_one_to * figures.speedup.estimate;
  const bool is_measured = seen.point.gil_demand && seen.point.gil_demand_is == Seen::exact;
  const std::string why = had_more || !is_measured
                              ? did_of_achievable(seen, result) + ", but the GIL is held"
                              : fmt::format("{}: {} on any machine", did(seen, result),
                                            gil_allows(shared_gil_demand(seen.point, result.gil)));
  return {Verdict::gil_bound, why + longest_hold_of(seen.point), Cause::gil};
}

/// Whether what was seen of the GIL says by itself that more threads do no more: no two of them
/// hold it at once, so that on any machine the speedup is at most 1/demand (utilisation law;
/// Denning & Buzen 1978). What the machine gave is not asked then, nor whether the times agree.
bool gil_forbids_speedup(const MeasuredPoint& seen, const GilState& gil) {
  constexpr std::ptrdiff_t fewest = 6;
  const Point& point = seen.point;
  const auto enough = std::count_if(point.gil_demands.begin(), point.gil_demands.end(),
                                    [](double demand) { return demand >= 1 / about_one_to; });
  const bool nearly_all = 4 * enough >= 3 * std::ssize(point.gil_demands);
  const double speedup = seen.figures.speedup.estimate;
  return point.gil_demand_is == Seen::exact && enough >= fewest && nearly_all &&
         shared_gil_demand(point, gil) >= 1 / about_one_to && speedup >= about_one_from &&
         speedup <= about_one_to;
}

/// For a relative efficiency that is surely below what counts as parallel.
Judgement judge_limited(const MeasuredPoint& seen, const CaseResult& result) {
  const double speedup = seen.figures.speedup.estimate;
  const Settled gains = speedup_above(seen, about_one_to);
  const bool is_the_gil = gil_explains_no_speedup(
      seen.point, result.gil, gains.credited ? speedup : std::min(speedup, about_one_to),
      seen.figures.achievable);
  // That the GIL is held was measured, whatever the machine gave. All else may be its fault: a
  // thread that loses its core while it holds a lock keeps the others waiting.
  if (!had_cores(seen) && !is_the_gil)
    return {Verdict::inconclusive,
            fmt::format("{}; the machine gave too few cores to conclude that it does not scale",
                        did_of_achievable(seen, result))};
  if (speedup < about_one_from && speedup_above(seen, about_one_from).blamed)
    return with_cause(Verdict::contended, seen,
                      fmt::format("{}: more {} are slower", did(seen, result),
                                  workers_of(result.planned.executor)),
                      "", Cause::unknown);
  if (is_the_gil) return gil_bound(seen, result);
  if (!gains.credited && !gains.blamed)
    return unsettled(seen, result, gains.evidence, "more than one");
  const bool may_be_the_gil =
      gil_allows_less(seen.point, result.gil, speedup, seen.figures.achievable);
  return with_cause(Verdict::partial, seen, did_of_achievable(seen, result),
                    "; " + bound_of(seen, result.gil),
                    may_be_the_gil ? Cause::gil : Cause::unknown);
}

/// Of a free-threaded Python whose GIL is on: for which modules.
std::string note_on_enabled_gil(const GilState& gil) {
  const std::span<const GilModule> modules = enabled_by(gil);
  if (modules.empty()) return "";
  const GilModule& first = modules.front();
  const std::string of = first.distribution.empty() ? "" : fmt::format(" ({})", first.distribution);
  const std::size_t others = modules.size() - 1;
  return fmt::format(
      "; Python switched its GIL on for {}{}{}, which {} not declare Py_MOD_GIL_NOT_USED",
      first.name, of,
      others > 0 ? " and " + counted(static_cast<std::int64_t>(others), "other module") : "",
      others > 0 ? "do" : "does");
}

/// About a relative efficiency of what counts as parallel, and about the same over the least that
/// was achievable.
struct EfficiencySettled {
  explicit EfficiencySettled(const MeasuredPoint& seen) {
    const PointFigures& figures = seen.figures;
    const double over_most = figures.relative_efficiency.estimate;
    const double to_least = figures.achievable / figures.achievable_low;
    const double over_least = over_most * to_least;
    const double throughput_over_least = figures.throughput_efficiency * to_least;
    const Settled as_parallel =
        settled(seen.point, [&](std::size_t, const SequentialEfficiency& each) {
          return ComparedSample{.tells = tells(parallel_from, each.of_turns, seen.point.threads),
                                .creditable = each.over_most >= parallel_from,
                                .blamable = each.throughput_over_least < parallel_from,
                                .blamable_as_it_was = each.throughput_as_it_was < parallel_from};
        });
    parallel = as_parallel.credited && over_most >= parallel_from;
    limited = as_parallel.blamed && throughput_over_least < parallel_from;
    evidence = as_parallel.evidence;
    const auto sides_of = [&](double SequentialEfficiency::* efficiency) {
      return settled(seen.point, [=](std::size_t, const SequentialEfficiency& each) {
        return on_side(each.*efficiency >= parallel_from);
      });
    };
    if (over_most >= parallel_from || !sides_of(&SequentialEfficiency::over_most).blamed) return;
    lacked_cpus =
        over_least >= parallel_from && sides_of(&SequentialEfficiency::over_least).credited;
    uneven = !lacked_cpus && throughput_over_least >= parallel_from &&
             sides_of(&SequentialEfficiency::throughput_over_least).credited;
  }

  bool parallel = false;     ///< S/A is high enough
  bool limited = false;      ///< S/A_low is too low, by the mean of the threads' times, too
  bool lacked_cpus = false;  ///< S/A is too low, and S/A_low high enough
  bool uneven = false;       ///< S/A_low is high enough by the mean of the threads' times only
  Evidence evidence;         ///< on S/A
};

Judgement judge_scaling(const MeasuredPoint& seen, const CaseResult& result) {
  const PointFigures& figures = seen.figures;
  const std::size_t fewest = 1 + fewest_to_decide(verdict_error);
  if (gil_forbids_speedup(seen, result.gil)) return gil_bound(seen, result);
  if (figures.achievable < least_achievable)
    return {Verdict::inconclusive,
            fmt::format("the machine gave {} threads {:.2f} cores, too few to tell",
                        seen.point.threads, figures.capacity.estimate)};
  if (seen.point.samples.size() < fewest)
    return {
        Verdict::inconclusive,
        fmt::format("too few samples: {}; it takes at least {}: {}, or make fewer calls in a "
                    "round (--calls)",
                    seen.point.samples.size(), fewest, advice_for_more(seen.point, "--budget"))};
  const EfficiencySettled is(seen);
  if (is.parallel)
    return {had_cores(seen) ? Verdict::parallel : Verdict::machine_limited,
            did_of_achievable(seen, result)};
  if (is.limited) return judge_limited(seen, result);
  if (is.lacked_cpus)
    return {Verdict::machine_limited, did_of_achievable(seen, result) + "; the calls lacked CPUs"};
  if (is.uneven)
    return {Verdict::inconclusive,
            fmt::format("{}; by the mean of their times it would be {:.2f}: the {} finish "
                        "unevenly, by chance or by imbalance; longer rounds (--calls) tell which",
                        did_of_achievable(seen, result),
                        figures.throughput_efficiency * figures.achievable,
                        workers_of(result.planned.executor))};
  return unsettled(seen, result, is.evidence, "enough");
}

}  // namespace

std::string_view to_string(Verdict verdict) { return verdicts.word_of(verdict); }

bool is_open(const CaseResult& result, const Point& point) {
  if (point.threads == 1 || point.samples.size() == 0) return false;
  PointValues values = values_of(point);
  const PointFigures figures = figures_of(point, values);
  const MeasuredPoint seen{point, std::move(values), figures};
  const bool may_tell =
      had_cores(seen) || had_cores_at_times(seen) ||
      gil_explains_no_speedup(point, result.gil, figures.speedup.estimate, figures.achievable);
  return may_tell && judge_scaling(seen, result).verdict == Verdict::inconclusive;
}

Judgement judge(const CaseResult& result, std::span<const MeasuredPoint> points) {
  if (result.failure && result.failure->kind == FailureKind::interrupted)
    return {Verdict::inconclusive, result.failure->message};
  if (result.failure && result.failure->kind == FailureKind::unavailable)
    return {Verdict::unavailable, result.failure->message};
  if (result.failure) return {Verdict::failed, result.failure->message};
  const MeasuredPoint* seen = decisive_point(points);
  if (!seen)
    return {Verdict::inconclusive,
            "only one thread was measured; add more with --threads to see how it scales"};
  Judgement judgement = judge_scaling(*seen, result);
  judgement.why += note_on_enabled_gil(result.gil);
  return judgement;
}

}  // namespace gilscale
