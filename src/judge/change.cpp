#include "gilscale/judge/change.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gilscale/judge/bounds.hpp"
#include "gilscale/statistics/decision.hpp"
#include "gilscale/statistics/scaling.hpp"
#include "gilscale/statistics/statistics.hpp"
#include "gilscale/statistics/two_samples.hpp"
#include "gilscale/text/counted.hpp"
#include "gilscale/text/words.hpp"

namespace gilscale {
namespace {

using Values = std::vector<double>;

constexpr Words<ChangeVerdict, 4> change_verdicts{{{
    {ChangeVerdict::faster, "faster"},
    {ChangeVerdict::slower, "slower"},
    {ChangeVerdict::same, "same"},
    {ChangeVerdict::unclear, "unclear"},
}}};

bool is_bound_by_gil(const PointOf& of, const PointValues& values) {
  return of.point->threads > 1 && gil_allows_less(*of.point, of.result->gil, median(values.speedup),
                                                  values.allowed.achievable);
}

enum class Taken { all_samples, undisturbed_samples };

/// One version at one point, sample by sample.
struct Version {
  Version(const PointOf& of, std::size_t samples, Taken taken) : threads(of.point->threads) {
    Point first = *of.point;
    first.samples = first_of(of.point->samples, samples);
    values = taken == Taken::all_samples ? values_of_all_samples(first) : values_of(first);
    takes_all = taken == Taken::all_samples;
    bound_by_gil = is_bound_by_gil(of, values);
    const std::vector<bool> disturbed = disturbed_samples(first);
    const bool all = values.samples.size() == first.samples.size();
    for (std::size_t i = 0; i < disturbed.size(); ++i)
      if (all || !disturbed[i]) places.push_back(i);
  }

  /// The speedup as a share of N.
  [[nodiscard]] Values efficiency() const {
    return ratios(values.speedup, Values(values.speedup.size(), threads));
  }
  /// A call at the speed of the machine at which one of the control takes `reference_s`.
  [[nodiscard]] Values cost(double reference_s, const Values& efficiencies) const {
    Values costs;
    for (std::size_t i = 0; i < efficiencies.size(); ++i)
      costs.push_back(call_cost(values.undelayed_call_s[i], values.allowed.cpu_share,
                                values.control_undelayed_call_s[i])
                          .at_speed(reference_s) /
                      efficiencies[i]);
    return costs;
  }
  /// A call in the N-thread rounds as they were.
  [[nodiscard]] const Values& time(bool undelayed) const {
    return undelayed ? values.undelayed_round_call_s : values.call_s;
  }
  [[nodiscard]] bool lacks_cores() const {
    return values.allowed.bound_by_cpus && threads > 1 &&
           !had_its_cores(values.allowed.achievable, threads);
  }

  int threads;
  PointValues values;
  bool takes_all = true;  ///< also the disturbed ones
  bool bound_by_gil = false;
  std::vector<std::size_t> places;  ///< of the values among the point's samples
};

/// Ratios of the values that were taken beside one another.
Values paired_ratios(const Version& before, const Values& before_values, const Version& after,
                     const Values& after_values) {
  Values ratios;
  for (std::size_t i = 0, k = 0; i < before.places.size() && k < after.places.size();) {
    if (before.places[i] == after.places[k])
      ratios.push_back(after_values[k++] / before_values[i++]);
    else if (before.places[i] < after.places[k])
      ++i;
    else
      ++k;
  }
  return ratios;
}

/// Two versions at one look. Neighbours have the same machine when taken in turns, a disturbance
/// hits either of them as often, and the median of their ratios stays where it is: all are taken,
/// as long as the cores were there for most.
class VersionPair {
 public:
  VersionPair(const PointOf& before, const PointOf& after, const ChangeRule& rule, const Look& look)
      : VersionPair(before, after, rule, look,
                    rule.paired ? Taken::all_samples : Taken::undisturbed_samples) {
    if (rule.paired && lacks_cores())
      *this = VersionPair(before, after, rule, look, Taken::undisturbed_samples);
  }

  [[nodiscard]] Estimate ratio(const Values& before, const Values& after) const {
    if (!paired_) return ratio_of_independent(before, after, tail_);
    const Values ratios = paired_ratios(before_, before, after_, after);
    return ratios.empty() ? Estimate{std::nan(""), -HUGE_VAL, HUGE_VAL}
                          : median_interval(ratios, tail_);
  }
  [[nodiscard]] Estimate ratio(Values PointValues::* member) const {
    return ratio(before_.values.*member, after_.values.*member);
  }
  [[nodiscard]] Estimate cost() const { return ratio(cost_of(before_), cost_of(after_)); }
  /// What the word does not rest on.
  void fill(Change& change) const {
    const Values before = cost_of(before_);
    const Values after = cost_of(after_);
    change.p = paired_ ? sign_test_p(paired_ratios(before_, before, after_, after))
                       : mann_whitney_p(before, after);
    change.call_s = ratio(&PointValues::call_s);
    change.throughput_per_s = ratio(&PointValues::throughput_per_s);
    if (before_.threads == 1) return;
    change.speedup = ratio(&PointValues::speedup);
    change.relative_efficiency = ratio(&PointValues::relative_efficiency);
  }
  [[nodiscard]] bool takes_all() const { return before_.takes_all && after_.takes_all; }
  /// Why the cost says nothing of the code; empty if it does.
  [[nodiscard]] std::string fault_of_machine(double threshold) const {
    const double then = median(before_.values.capacity);
    const double now = median(after_.values.capacity);
    if (lacks_cores())
      return fmt::format(
          "the machine gave {} threads {:.2f} cores before and {:.2f} now, which is too few",
          before_.threads, then, now);
    const bool differ = std::max(then, now) > std::min(then, now) * (1 + threshold);
    if (!paired_ && !both_bound_by_gil() && differ &&
        (is_bound_by_something_else(before_) || is_bound_by_something_else(after_)))
      return fmt::format(
          "the machine gave {} threads {:.2f} cores before and {:.2f} now, and the calls do not "
          "scale with the cores, so their costs cannot be compared",
          before_.threads, then, now);
    return "";
  }

 private:
  VersionPair(const PointOf& before, const PointOf& after, const ChangeRule& rule, const Look& look,
              Taken taken)
      : before_(before, rule.paired ? look.samples : before.point->samples.size(), taken),
        after_(after, look.samples, taken),
        paired_(rule.paired),
        tail_(look.tail) {}

  /// Then the speedup is the same for any number of cores; else it is what it is of the capacity.
  /// Both versions have to be measured by the same.
  [[nodiscard]] bool both_bound_by_gil() const {
    return before_.bound_by_gil && after_.bound_by_gil;
  }
  [[nodiscard]] bool lacks_cores() const {
    return !both_bound_by_gil() && (before_.lacks_cores() || after_.lacks_cores());
  }
  /// In turns the time itself; else what it would be on the same machine.
  [[nodiscard]] Values cost_of(const Version& version) const {
    if (paired_)
      return version.time(version.threads == 1 || before_.values.allowed.delayed ||
                          after_.values.allowed.delayed);
    const double reference_s = median(before_.values.control_undelayed_call_s);
    return version.cost(reference_s, both_bound_by_gil() ? version.efficiency()
                                                         : version.values.relative_efficiency);
  }
  /// Neither by the cores nor by the GIL: what it would do with other cores cannot be known.
  static bool is_bound_by_something_else(const Version& version) {
    return version.threads > 1 && version.values.allowed.bound_by_cpus && !version.bound_by_gil &&
           median(version.values.relative_efficiency) < parallel_from;
  }

  Version before_;
  Version after_;
  bool paired_;
  double tail_;
};

std::string too_few(std::size_t before, std::size_t after) {
  return fmt::format("{} and {} samples are too few to compare", before, after);
}

/// On which side more samples would help: where one has less than half as many as the other.
std::string the_fewer(std::size_t before, std::size_t after) {
  if (2 * before < after)
    return fmt::format("; the old version has only {}", counted(before, "sample"));
  if (2 * after < before)
    return fmt::format("; the new version has only {}", counted(after, "sample"));
  return "";
}

/// Only the whole interval decides. Both ways round, a ratio and its inverse are as far from 1.
void decide(Change& change, double threshold) {
  const double bound = 1 + threshold;
  if (change.cost.low > bound)
    change.verdict = ChangeVerdict::slower;
  else if (change.cost.high < 1 / bound && change.cost.high > 0)
    change.verdict = ChangeVerdict::faster;
  else if (change.cost.low >= 1 / bound && change.cost.high <= bound)
    change.verdict = ChangeVerdict::same;
  else if (!std::isfinite(change.cost.low))
    change.why = "the samples are too few, or too autocorrelated, for an interval";
  else
    change.why = fmt::format(
        "the cost is {:.3f} [{:.3f}, {:.3f}] times the old one, an interval "
        "that spans the threshold of {:.3g} %",
        change.cost.estimate, change.cost.low, change.cost.high, threshold * 100);
}

double width(const Estimate& interval) { return interval.high - interval.low; }

Change change_at(const VersionPair& pair, Change change, double threshold) {
  change.cost = pair.cost();
  change.why = pair.fault_of_machine(threshold);
  if (change.why.empty()) decide(change, threshold);
  return change;
}

/// The same point of the old version, where both have samples; null if there is none.
const Point* partner_of(const Point& point, const CaseResult* before) {
  return before && point.samples.size() > 0 ? point_at(*before, point.threads) : nullptr;
}

Change blank_change(const PointOf& after) {
  Change change;
  change.name = name_of_point(*after.result, *after.point);
  change.threads = after.point->threads;
  change.cost = {std::nan(""), -HUGE_VAL, HUGE_VAL};
  return change;
}

/// The error of each of the points that share it.
double error_of(const ChangeRule& rule) { return gate_error / static_cast<double>(rule.points); }

constexpr double interval_tail = (1 - confidence) / 2;

/// Decided at the looks of decision.hpp, or at once.
Change change_of_independent(const PointOf& before, const PointOf& after, const ChangeRule& rule) {
  Change change = blank_change(after);
  const std::size_t samples_before = before.point->samples.size();
  const std::size_t samples_after = after.point->samples.size();
  const double error = error_of(rule);
  std::vector<Look> looks = looks_up_to(samples_after, rule.points);
  if (!rule.sequential) looks = {{samples_after, error}};
  change.why = too_few(samples_before, samples_after);
  std::optional<VersionPair> shown;
  if (looks.empty() && samples_after > 0) {
    shown.emplace(before, after, rule, Look{samples_after, error});
    change.cost.estimate = shown->cost().estimate;
  }
  for (const Look& look : looks) {
    const VersionPair pair(before, after, rule, look);
    const Change seen = change_at(pair, change, rule.threshold);
    // Later looks may err less often: where one version has no more samples, they see less.
    const bool better = !shown || width(seen.cost) <= width(change.cost);
    if (seen.verdict == ChangeVerdict::unclear && !better) continue;
    change = seen;
    shown = pair;
    if (seen.verdict != ChangeVerdict::unclear) break;
  }
  if (shown) shown->fill(change);
  if (change.verdict == ChangeVerdict::unclear && std::isfinite(change.cost.low))
    change.why += the_fewer(samples_before, samples_after);
  return change;
}

/// A pair of samples that were taken beside each other.
struct PairOfSamples {
  double launch = 0;  ///< of the processes that took it
  bool disturbed = false;
  double cost = 1;       ///< new over old
  double as_it_was = 1;  ///< with what threads waited for CPUs
};

/// All but the first, by which the others are told to be disturbed or delayed.
std::vector<PairOfSamples> pairs_of(const Point& before, const Point& after) {
  const std::vector<SequentialEfficiency> then = sequential_efficiencies(before);
  const std::vector<SequentialEfficiency> now = sequential_efficiencies(after);
  const PointValues old_values = values_of_all_samples(before);
  const PointValues new_values = values_of_all_samples(after);
  std::vector<PairOfSamples> pairs;
  for (std::size_t i = 0; i < std::min(then.size(), now.size()); ++i) {
    PairOfSamples pair;
    pair.launch = after.samples.launch[i + 1];
    pair.disturbed = then[i].disturbed || now[i].disturbed;
    pair.as_it_was = new_values.call_s[i + 1] / old_values.call_s[i + 1];
    const bool undelayed = before.threads == 1 || then[i].delayed || now[i].delayed;
    pair.cost = undelayed ? new_values.undelayed_round_call_s[i + 1] /
                                old_values.undelayed_round_call_s[i + 1]
                          : pair.as_it_was;
    pairs.push_back(pair);
  }
  return pairs;
}

/// What pairs of samples say of the cost, by the evidence of decision.hpp: surely beyond the
/// threshold, unless they contradict that as they were, or surely within it on both sides.
class PairTallies {
 public:
  explicit PairTallies(double threshold) : bound_(1 + threshold) {}

  void add(const PairOfSamples& pair) {
    slower_.add(pair.cost > bound_);
    faster_.add(pair.cost < 1 / bound_);
    not_slower_.add(pair.cost <= bound_);
    not_faster_.add(pair.cost >= 1 / bound_);
    was_not_slower_.add(pair.as_it_was <= bound_);
    was_not_faster_.add(pair.as_it_was >= 1 / bound_);
  }
  [[nodiscard]] ChangeVerdict verdict(double error) const {
    if (slower_.suffices(error) && !was_not_slower_.suffices(error)) return ChangeVerdict::slower;
    if (faster_.suffices(error) && !was_not_faster_.suffices(error)) return ChangeVerdict::faster;
    if (not_slower_.suffices(error) && not_faster_.suffices(error)) return ChangeVerdict::same;
    return ChangeVerdict::unclear;
  }

 private:
  double bound_;
  SignTally slower_;
  SignTally faster_;
  SignTally not_slower_;
  SignTally not_faster_;
  SignTally was_not_slower_;
  SignTally was_not_faster_;
};

/// The median cost of each launch.
class LaunchCosts {
 public:
  void add(const PairOfSamples& pair) { costs_[pair.launch].add(pair.cost); }
  [[nodiscard]] bool agree(ChangeVerdict verdict, double threshold) const {
    return std::all_of(costs_.begin(), costs_.end(), [&](const auto& launch) {
      const double cost = launch.second.median();
      if (verdict == ChangeVerdict::slower) return cost > 1 + threshold;
      if (verdict == ChangeVerdict::faster) return cost < 1 / (1 + threshold);
      return true;
    });
  }
  /// "1.020, 1.081, 1.104 times the old one".
  [[nodiscard]] std::string told() const {
    std::vector<std::string> words;
    for (const auto& [launch, costs] : costs_)
      words.push_back(fmt::format("{:.3f}", costs.median()));
    return fmt::format("{} times the old one", fmt::join(words, ", "));
  }

 private:
  std::map<double, OrderedValues> costs_;
};

/// The samples of both that were taken beside each other: of the same launch and block.
std::pair<Point, Point> in_pairs(const Point& before, const Point& after) {
  const auto key = [](const Samples& samples, std::size_t place) {
    return std::pair(samples.block[place], samples.launch[place]);
  };
  std::vector<std::size_t> of_before;
  std::vector<std::size_t> of_after;
  for (std::size_t i = 0, k = 0; i < before.samples.size() && k < after.samples.size();) {
    const auto then = key(before.samples, i);
    const auto now = key(after.samples, k);
    if (then == now) {
      of_before.push_back(i);
      of_after.push_back(k);
    }
    if (then <= now) ++i;
    if (now <= then) ++k;
  }
  std::pair<Point, Point> both{before, after};
  both.first.samples = samples_at(before.samples, of_before);
  both.second.samples = samples_at(after.samples, of_after);
  return both;
}

/// Decided by the first pair that suffices. Neighbours have the same machine, so a disturbance hits
/// either of them as often, and all count, as long as the cores were there for most.
Change change_of_pairs(const PointOf& of_before, const PointOf& of_after, const ChangeRule& rule) {
  Change change = blank_change(of_after);
  const auto [old_point, new_point] = in_pairs(*of_before.point, *of_after.point);
  const PointOf before{of_before.result, &old_point};
  const PointOf after{of_after.result, &new_point};
  const double error = error_of(rule);
  LaunchCosts launches;
  LaunchCosts undisturbed_launches;
  PairTallies all(rule.threshold);
  PairTallies undisturbed(rule.threshold);
  std::size_t count = 1;
  const auto those_that_disagree = [&]() -> const LaunchCosts* {
    if (!launches.agree(all.verdict(error), rule.threshold)) return &launches;
    if (!undisturbed_launches.agree(undisturbed.verdict(error), rule.threshold))
      return &undisturbed_launches;
    return nullptr;
  };
  const auto show = [&](const VersionPair& pair) {
    change.cost = pair.cost();
    change.why = pair.fault_of_machine(rule.threshold);
    pair.fill(change);
  };
  for (const PairOfSamples& pair : pairs_of(*before.point, *after.point)) {
    ++count;
    all.add(pair);
    launches.add(pair);
    if (!pair.disturbed) undisturbed.add(pair);
    if (!pair.disturbed) undisturbed_launches.add(pair);
    const ChangeVerdict of_all = all.verdict(error);
    const ChangeVerdict of_undisturbed = undisturbed.verdict(error);
    const bool all_agree = launches.agree(of_all, rule.threshold);
    const bool undisturbed_agree = undisturbed_launches.agree(of_undisturbed, rule.threshold);
    if ((of_all == ChangeVerdict::unclear || !all_agree) &&
        (of_undisturbed == ChangeVerdict::unclear || !undisturbed_agree))
      continue;
    const VersionPair now(before, after, rule, {count, interval_tail});
    const ChangeVerdict verdict = (now.takes_all() ? all : undisturbed).verdict(error);
    show(now);
    if (verdict == ChangeVerdict::unclear || !change.why.empty()) continue;
    if (!(now.takes_all() ? all_agree : undisturbed_agree)) continue;
    change.verdict = verdict;
    return change;
  }
  const std::size_t samples = std::min(before.point->samples.size(), after.point->samples.size());
  if (samples > 0) show(VersionPair(before, after, rule, {samples, interval_tail}));
  if (count - 1 < fewest_to_decide(error))
    change.why = too_few(before.point->samples.size(), after.point->samples.size());
  else if (const LaunchCosts* const differ = those_that_disagree(); change.why.empty() && differ)
    change.why = fmt::format(
        "the processes in which the versions were measured disagree: the cost is {}, so it may be "
        "their layout of memory; the threshold is {:.3g} %",
        differ->told(), rule.threshold * 100);
  else if (change.why.empty())
    change.why = fmt::format(
        "the cost is {:.3f} [{:.3f}, {:.3f}] times the old one, and the samples do not agree on "
        "whether it is within the threshold of {:.3g} %",
        change.cost.estimate, change.cost.low, change.cost.high, rule.threshold * 100);
  return change;
}

}  // namespace

std::string_view to_string(ChangeVerdict verdict) { return change_verdicts.word_of(verdict); }

std::string name_of_point(const CaseResult& result, const Point& point) {
  return fmt::format("{}@{}", label_of(result.planned), point.threads);
}

Change change_between(const PointOf& before, const PointOf& after, const ChangeRule& rule) {
  return rule.paired ? change_of_pairs(before, after, rule)
                     : change_of_independent(before, after, rule);
}

Change change_of_times(const std::string& name, const std::vector<double>& before_s,
                       const std::vector<double>& after_s, const ChangeRule& rule) {
  Change change;
  change.name = name;
  const double tail = gate_error / static_cast<double>(rule.points);
  change.cost = ratio_of_independent(before_s, after_s, tail);
  change.p = mann_whitney_p(before_s, after_s);
  change.call_s = change.cost;
  change.throughput_per_s = ratio_of_independent(after_s, before_s, tail);
  decide(change, rule.threshold);
  return change;
}

void correct_p(Changes& changes) {
  Values p;
  for (const Change& change : changes.points) p.push_back(change.p);
  const Values corrected = holm_corrected(p);
  for (std::size_t i = 0; i < corrected.size(); ++i) changes.points[i].corrected_p = corrected[i];
}

void add_before(Changes& changes, const CaseResult& before) {
  for (const Point& point : before.points)
    changes.only_before.push_back(name_of_point(before, point));
}

void add_after(Changes& changes, const CaseResult* before, const CaseResult& after,
               const ChangeRule& rule) {
  for (const Point& point : after.points) {
    const Point* partner = partner_of(point, before);
    if (!partner) {
      changes.only_after.push_back(name_of_point(after, point));
      continue;
    }
    std::erase(changes.only_before, name_of_point(*before, *partner));
    changes.points.push_back(change_between({before, partner}, {&after, &point}, rule));
  }
}

Changes changes_between(const std::vector<CaseResult>& before, const std::vector<CaseResult>& after,
                        ChangeRule rule) {
  Changes changes;
  changes.threshold = rule.threshold;
  for (const CaseResult& result : before) add_before(changes, result);
  std::size_t pairs = 0;
  for (const CaseResult& result : after) {
    const CaseResult* partner = same_case(result.planned, before);
    for (const Point& point : result.points)
      if (partner_of(point, partner)) ++pairs;
  }
  rule.points = std::max(rule.points, pairs);
  for (const CaseResult& result : after)
    add_after(changes, same_case(result.planned, before), result, rule);
  correct_p(changes);
  return changes;
}

}  // namespace gilscale
