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
#include "judge/evidence.hpp"

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
    switch (metric.measured) {
      case Measured::by_ledger_round:
        return point.gil_demands.size();
      case Measured::by_ledger_pair:
        return point.ledger_samples.size();
      case Measured::by_latency_round:
        return point.ledger_samples.bystander_p99_s.size();
      case Measured::by_sample:
      case Measured::once:
        break;
    }
    return point.samples.size();
  }
  /// What is compared with the bound besides is learnt from the sample before.
  [[nodiscard]] std::size_t first_compared() const {
    return metric.cores == Cores::no_matter ? 0 : 1;
  }
  [[nodiscard]] bool is_high(double value) const {
    return holds(expectation, value) == expectation.wants_more();
  }
  /// The side of the bound to which no shortage of the machine leads.
  [[nodiscard]] bool is_creditable(double value) const {
    return is_high(value) == (metric.cores != Cores::missing_raise_it);
  }
  [[nodiscard]] Outcome outcome_of(bool credited) const {
    const bool high = credited == (metric.cores != Cores::missing_raise_it);
    return high == expectation.wants_more() ? Outcome::passed : Outcome::failed;
  }
  [[nodiscard]] double error() const {
    return gate_error / static_cast<double>(expectation.decisions);
  }

  const Expectation& expectation;
  const Metric& metric;
  const Point& point;
  const GilState& gil;
};

bool is_a_speedup(const Metric& metric) {
  return metric.name == "speedup" || metric.name == "throughput_speedup";
}

/// The figure as it would have been had the machine given all cores: of the least that code without
/// any fault may do, a speedup is as large a share as it then is of N.
double excused(const CheckedPoint& checked, double value, double share_of_least) {
  const int threads = checked.point.threads;
  if (is_a_speedup(checked.metric)) return value / share_of_least;
  if (checked.metric.name == "serial_fraction")
    return karp_flatt(threads, amdahl(threads, value) / share_of_least);
  return value;
}

std::vector<ComparedSample> compared_samples(const CheckedPoint& checked) {
  const std::vector<double> values =
      checked.metric.values(checked.point, values_of_all_samples(checked.point));
  std::vector<ComparedSample> compared;
  if (checked.metric.cores == Cores::no_matter) {
    for (const double value : values) {
      const bool high = checked.is_creditable(value);
      compared.push_back({.creditable = high, .blamable = !high, .blamable_as_it_was = !high});
    }
    return compared;
  }
  const std::vector<SequentialEfficiency> efficiencies = sequential_efficiencies(checked.point);
  for (std::size_t i = 0; i < efficiencies.size(); ++i) {
    const SequentialEfficiency& each = efficiencies[i];
    if (checked.metric.name == "relative_efficiency") {
      compared.push_back(
          {.disturbed = each.disturbed,
           .tells = tells(checked.expectation.bound, each.of_turns, checked.point.threads),
           .creditable = checked.is_creditable(each.over_most),
           .blamable = !checked.is_creditable(each.throughput_over_least),
           .blamable_as_it_was = !checked.is_creditable(each.throughput_as_it_was)});
      continue;
    }
    const double value = values[i + 1];
    const bool blamable = !checked.is_creditable(excused(checked, value, each.share_of_least));
    compared.push_back({.disturbed = each.disturbed,
                        .creditable = checked.is_creditable(value),
                        .blamable = blamable,
                        .blamable_as_it_was = blamable});
  }
  return compared;
}

bool cores_missing(const CheckedPoint& checked, const PointValues& values) {
  return !had_its_cores(values.allowed.achievable, checked.point.threads) &&
         !gil_explains_no_speedup(checked.point, checked.gil, median(values.speedup),
                                  values.allowed.achievable);
}

std::string gave_cores(const CheckedPoint& checked, const PointValues& values) {
  return fmt::format("the machine gave {} threads {:.2f} cores", checked.point.threads,
                     median(values.capacity));
}

/// Why the samples say nothing of the workload although they agree that its figure is too low, or
/// too long: the machine lacked cores. Empty if they do.
std::string fault_of_machine(const CheckedPoint& checked, const PointValues& values) {
  const int threads = checked.point.threads;
  const bool matters = threads > 1 && checked.metric.cores != Cores::no_matter;
  if (!matters || !cores_missing(checked, values)) return "";
  if (!values.allowed.bound_by_cpus && values.allowed.achievable_low >= threads) return "";
  return gave_cores(checked, values) + ", too few to attribute this to the workload";
}

/// Only the last threads to finish make the figure too low.
bool is_imbalance(const CheckedPoint& checked, const PointValues& values, const Estimate& seen) {
  const double throughput = median(values.throughput_efficiency);
  return holds(checked.expectation, throughput) != holds(checked.expectation, seen.estimate);
}

/// Why samples that are on one side of the bound are not counted there: a sentence for what
/// excused() and tells() did. Empty if they did nothing.
std::string excuse(const CheckedPoint& checked, const PointValues& values, const Estimate& seen) {
  const Allowance& allowed = values.allowed;
  const int threads = checked.point.threads;
  const double bound = checked.expectation.bound;
  const std::string gave = gave_cores(checked, values);
  const bool blamed = outcome_of(checked.expectation, seen) == checked.outcome_of(false);
  if (checked.metric.name == "relative_efficiency") {
    if (!blamed && !tells(bound, 1 / allowed.achievable, threads))
      return gave + ", too few to tell this from code whose threads take turns";
    if (blamed && is_imbalance(checked, values, seen))
      return fmt::format("the threads finish unevenly, and by the mean of their times {} is {:.4g}",
                         checked.metric.name, median(values.throughput_efficiency));
    const auto over_least = efficiency_over_least(seen, allowed.achievable, allowed.achievable_low);
    if (blamed && outcome_of(checked.expectation, over_least) != checked.outcome_of(false))
      return fmt::format(
          "{}, and code without any fault may do as little as {:.2f} times the work "
          "of one there",
          gave, allowed.achievable_low);
  }
  if (!blamed || allowed.achievable_low >= threads) return "";
  if (is_a_speedup(checked.metric))
    return fmt::format("{}, too few for a speedup of {:g}", gave, bound);
  if (checked.metric.name == "serial_fraction")
    return gave + ", and the missing cores raise the serial fraction";
  return "";
}

std::string number(double value) { return fmt::format("{:.4g}", value); }

std::string interval_text(const Estimate& seen) {
  if (!std::isfinite(seen.low)) return fmt::format("about {}", number(seen.estimate));
  return fmt::format("{} [{}, {}]", number(seen.estimate), number(seen.low), number(seen.high));
}

std::string is_interval(const CheckedPoint& checked, const Estimate& seen) {
  return fmt::format("{} is {}", checked.expectation.metric, interval_text(seen));
}

std::string too_few_samples(const CheckedPoint& checked) {
  return fmt::format("too few samples to decide: {}; it takes at least {}: {}",
                     checked.times_measured(),
                     checked.first_compared() + fewest_to_decide(checked.error()),
                     advice_for_more(checked.point, "--max-budget"));
}

/// The point as it was when its figure had been measured `count` times.
Point first_of(const Point& point, std::size_t count) {
  Point first = point;
  first.samples = first_of(point.samples, count);
  first.gil_demands.resize(std::min(count, point.gil_demands.size()));
  first.ledger_samples = first_of(point.ledger_samples, count);
  return first;
}

/// The figure after the first `count` times that it was measured.
struct ShownFigure {
  ShownFigure(const CheckedPoint& checked, std::size_t count) {
    const Point first = first_of(checked.point, count);
    values = values_of(first);
    seen = median_interval(checked.metric.values(first, values));
  }

  PointValues values;
  Estimate seen;
};

/// Settles the check with the first `count` values if the evidence is there and counts.
bool settle(const CheckedPoint& checked, const Evidence& evidence, std::size_t count,
            Check& check) {
  const bool credited = evidence.credits(checked.error());
  if (!credited && !evidence.blames(checked.error())) return false;
  const ShownFigure shown(checked, count);
  check.seen = shown.seen;
  check.why = is_interval(checked, shown.seen);
  const std::string fault = credited ? "" : fault_of_machine(checked, shown.values);
  if (!fault.empty()) check.why += ", but " + fault;
  if (fault.empty()) check.outcome = checked.outcome_of(credited);
  return fault.empty();
}

/// Blame takes more than the figure that is shown (see evidence.hpp).
std::string why_samples_disagree(const CheckedPoint& checked, const Estimate& seen) {
  const double bound = checked.expectation.bound;
  const std::string advice = advice_for_more(checked.point, "--max-budget");
  const bool efficiency = checked.metric.name == "relative_efficiency";
  if (efficiency && outcome_of(checked.expectation, seen) == checked.outcome_of(false))
    return fmt::format(
        "by the mean of the threads' times, in disturbed samples too and with what threads waited "
        "for CPUs, the samples do not agree on which side of {:g} it is; {}",
        bound, advice);
  return fmt::format("the samples do not agree on which side of {:g} it is; {}", bound, advice);
}

void leave_open(const CheckedPoint& checked, std::size_t compared, Check& check) {
  if (compared < fewest_to_decide(checked.error())) {
    check.why = too_few_samples(checked);
    return;
  }
  const ShownFigure shown(checked, checked.times_measured());
  check.seen = shown.seen;
  check.why = is_interval(checked, shown.seen);
  const std::string excused = excuse(checked, shown.values, shown.seen);
  check.why += ", but " + (excused.empty() ? why_samples_disagree(checked, shown.seen) : excused);
}

void decide(const CheckedPoint& checked, Check& check) {
  Evidence evidence;
  std::size_t count = checked.first_compared();
  for (const ComparedSample& sample : compared_samples(checked)) {
    evidence.add(sample);
    ++count;
    if (settle(checked, evidence, count, check)) return;
  }
  const bool agree = evidence.credits(checked.error()) || evidence.blames(checked.error());
  if (!agree) leave_open(checked, count - checked.first_compared(), check);
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

/// What extension modules do is not all that is done with the GIL, and may mislead either way.
bool is_estimate(const Metric& metric, const Point& point) {
  const bool is_of_ledger =
      metric.measured == Measured::by_ledger_round || metric.measured == Measured::by_ledger_pair;
  return is_of_ledger && point.gil_demand_is == Seen::estimate;
}

void leave_estimate(const std::vector<double>& values, Check& check) {
  check.seen = median_interval(values);
  check.why = fmt::format(
      "{} is about {}, an estimate that errs either way: here only what extension modules do with "
      "the GIL is seen",
      check.expectation.metric, number(check.seen->estimate));
}

Check check_case(const Expectation& expectation, const JudgedCase& judged) {
  Check check = blank_check(expectation, judged.result);
  // With the error of a gate, not with that of what is shown.
  const Scalability scalability = scalability_of(judged.points, gate_error);
  compare_once(find_case_metric(expectation.metric)->value(scalability, judged.result.gil), check);
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
  if (is_estimate(metric, point)) {
    leave_estimate(values, check);
    return check;
  }
  decide({expectation, metric, point, result.gil}, check);
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
