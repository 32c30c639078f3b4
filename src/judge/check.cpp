#include "gilscale/judge/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "gilscale/judge/bounds.hpp"
#include "gilscale/judge/metric.hpp"
#include "gilscale/statistics/decision.hpp"
#include "gilscale/statistics/scaling.hpp"
#include "gilscale/statistics/statistics.hpp"
#include "gilscale/text/words.hpp"

namespace gilscale {
namespace {

constexpr Words<Outcome, 3> outcomes{{{
    {Outcome::passed, "passed"},
    {Outcome::failed, "failed"},
    {Outcome::inconclusive, "inconclusive"},
}}};

bool holds(const Expectation& expectation, double value) {
  const double bound = expectation.bound;
  switch (expectation.relation) {
    case Relation::at_least:
      return value >= bound;
    case Relation::more:
      return value > bound;
    case Relation::at_most:
      return value <= bound;
    case Relation::less:
      return value < bound;
  }
  return false;
}

/// Only where the whole interval agrees.
Outcome outcome_of(const Expectation& expectation, const Estimate& seen) {
  const bool low = holds(expectation, seen.low);
  const bool high = holds(expectation, seen.high);
  if (low != high) return Outcome::inconclusive;
  return low ? Outcome::passed : Outcome::failed;
}

/// What is to be decided and on what.
struct CheckedPoint {
  [[nodiscard]] std::size_t times_measured() const {
    return metric.measured == Measured::by_ledger_round ? point.gil_demands.size()
                                                        : point.samples.size();
  }

  const Expectation& expectation;
  const Metric& metric;
  const Point& point;
  const GilState& gil;
};

bool cores_missing(const CheckedPoint& checked, const PointValues& values) {
  return !had_its_cores(values.allowed.achievable, checked.point.threads) &&
         !gil_explains_no_speedup(checked.point, checked.gil, median(values.speedup),
                                  values.allowed.achievable);
}

/// Whether the figure's whole interval is low (or else high) only because the machine lacked cores:
/// a sentence that says so, empty if it is not.
std::string fault_of_machine(const CheckedPoint& checked, const PointValues& values,
                             const Estimate& seen, bool low) {
  const int threads = checked.point.threads;
  if (threads == 1) return "";
  const std::string gave =
      fmt::format("the machine gave {} threads {:.2f} cores", threads, median(values.capacity));
  const auto over_least = efficiency_over_least(seen, values.allowed.achievable, values.allowed.achievable_low);
  if (checked.metric.name == "relative_efficiency" &&
      outcome_of(checked.expectation, over_least) != outcome_of(checked.expectation, seen))
    return fmt::format(
        "{}, and code without any fault may do as little as {:.2f} times the work "
        "of one there",
        gave, values.allowed.achievable_low);
  if (!values.allowed.bound_by_cpus && values.allowed.achievable_low >= threads) return "";
  const Cores cores = checked.metric.cores;
  const bool suspect = low ? cores == Cores::missing_lower_it : cores == Cores::missing_raise_it;
  if (suspect && cores_missing(checked, values))
    return gave + ", too few to attribute this to the workload";
  const double bound = checked.expectation.bound;
  const double share = values.allowed.achievable_low / threads;
  if (low && checked.metric.name == "speedup" && seen.high >= bound * share)
    return fmt::format("{}, too few for a speedup of {:g}", gave, bound);
  const auto with_all_cores = [&](double serial_fraction) {
    return karp_flatt(threads, amdahl(threads, serial_fraction) / share);
  };
  if (!low && checked.metric.name == "serial_fraction" && with_all_cores(seen.low) <= bound)
    return gave + ", and the missing cores raise the serial fraction";
  // With one core, code that takes turns gets all that there is, too.
  constexpr double serial = 1.1;
  const bool tells = bound * values.allowed.achievable >= serial || bound * threads < serial;
  if (!low && checked.metric.name == "relative_efficiency" && !tells)
    return gave + ", too few to tell this from code whose threads take turns";
  return "";
}

std::string number(double value) { return fmt::format("{:.4g}", value); }

std::string interval_text(const Estimate& seen) {
  return fmt::format("{} [{}, {}]", number(seen.estimate), number(seen.low), number(seen.high));
}

std::string why_of(const CheckedPoint& checked, const Check& check) {
  const Expectation& expectation = checked.expectation;
  if (!check.seen)
    return fmt::format("too few samples to decide: {}; it takes at least {}",
                       checked.times_measured(), looks_up_to(100).front().samples);
  if (check.outcome != Outcome::inconclusive)
    return fmt::format("{} is {}", expectation.metric, interval_text(*check.seen));
  if (!std::isfinite(check.seen->low))
    return fmt::format(
        "{} is about {}, but the samples are too few, or too autocorrelated, for an interval; "
        "raise --max-budget",
        expectation.metric, number(check.seen->estimate));
  return fmt::format("{} is {}, an interval that spans {:g}; raise --max-budget",
                     expectation.metric, interval_text(*check.seen), expectation.bound);
}

/// The point as it was when its figure had been measured `count` times.
Point first_of(const Point& point, std::size_t count) {
  Point first = point;
  first.samples = first_of(point.samples, count);
  first.gil_demands.resize(std::min(count, point.gil_demands.size()));
  return first;
}

/// One look. True if it settles the matter.
bool look(const CheckedPoint& checked, const Look& at, Check& check) {
  const Point so_far = first_of(checked.point, at.samples);
  const PointValues point_values = values_of(so_far);
  const std::vector<double> values = checked.metric.values(so_far, point_values);
  if (values.empty()) return false;
  check.seen = median_interval(values, at.tail);
  check.outcome = outcome_of(checked.expectation, *check.seen);
  check.why = why_of(checked, check);
  if (check.outcome == Outcome::inconclusive) return false;
  const bool low = (check.outcome == Outcome::passed) != checked.expectation.wants_more();
  const std::string fault = fault_of_machine(checked, point_values, *check.seen, low);
  if (fault.empty()) return true;
  check.outcome = Outcome::inconclusive;
  check.why = fmt::format("{} is {}, but {}", checked.expectation.metric,
                          interval_text(*check.seen), fault);
  return false;
}

Check blank_check(const Expectation& expectation, const CaseResult& result) {
  Check check;
  check.expectation = expectation;
  check.label = label_of(result.planned);
  return check;
}

/// What is not measured sample by sample.
void compare_once(const std::optional<Estimate>& seen, Check& check) {
  const Expectation& expectation = check.expectation;
  if (!seen) {
    check.why = fmt::format("{} could not be measured here", expectation.metric);
    return;
  }
  check.seen = seen;
  check.outcome = outcome_of(expectation, *seen);
  const bool exact = seen->low == seen->high;
  check.why = fmt::format("{} is {}", expectation.metric,
                          exact ? number(seen->estimate) : interval_text(*seen));
  if (check.outcome == Outcome::inconclusive)
    check.why += fmt::format(
        ", an interval that spans {:g}; measure more thread counts, or raise "
        "--budget",
        expectation.bound);
}

Estimate exactly(double value) { return {value, value, value}; }

Check check_case(const Expectation& expectation, const JudgedCase& judged) {
  Check check = blank_check(expectation, judged.result);
  // With the error of a gate, not with that of what is shown.
  const Scalability scalability = scalability_of(judged.points, gate_error);
  compare_once(find_case_metric(expectation.metric)->value(scalability), check);
  return check;
}

/// A case that ended early cannot meet what is expected of it.
Check check_unmeasured(const Expectation& expectation, const CaseResult& result,
                       std::optional<int> threads) {
  Check check = blank_check(expectation, result);
  check.threads = threads;
  const bool excused = !result.failure || result.failure->kind == FailureKind::unavailable ||
                       result.failure->kind == FailureKind::interrupted;
  check.outcome = excused ? Outcome::inconclusive : Outcome::failed;
  check.why = result.failure ? result.failure->message : "it was not measured";
  return check;
}

void add_checks(std::vector<Check>& checks, const Expectation& expectation,
                const JudgedCase& judged) {
  const CaseResult& result = judged.result;
  if (find_case_metric(expectation.metric)) {
    checks.push_back(result.failure ? check_unmeasured(expectation, result, std::nullopt)
                                    : check_case(expectation, judged));
    return;
  }
  for (const int threads : result.planned.threads) {
    if (!applies_to(expectation, result.planned, threads)) continue;
    const Point* point = point_at(result, threads);
    checks.push_back(point ? check_point(expectation, result, *point)
                           : check_unmeasured(expectation, result, threads));
  }
}

}  // namespace

std::string_view to_string(Outcome outcome) { return outcomes.word_of(outcome); }

Check check_point(const Expectation& expectation, const CaseResult& result, const Point& point) {
  Check check = blank_check(expectation, result);
  check.threads = point.threads;
  const Metric& metric = *find_metric(expectation.metric);
  const bool sampled = point.samples.size() > 0;
  const std::vector<double> values =
      sampled ? metric.values(point, values_of(point)) : std::vector<double>();
  if (metric.measured == Measured::once || (sampled && values.empty())) {
    compare_once(values.empty() ? std::nullopt : std::optional(exactly(values.front())), check);
    return check;
  }
  const CheckedPoint checked{expectation, metric, point, result.gil};
  check.why = why_of(checked, check);
  for (const Look& at : looks_up_to(checked.times_measured()))
    if (look(checked, at, check)) break;
  return check;
}

std::vector<Check> checks_of(const std::vector<Expectation>& expectations,
                             const JudgedCase& judged) {
  std::vector<Check> checks;
  for (const Expectation& expectation : expectations)
    if (applies_to(expectation, judged.result.planned)) add_checks(checks, expectation, judged);
  return checks;
}

}  // namespace gilscale
