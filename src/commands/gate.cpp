#include "commands/gate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "commands/launches.hpp"
#include "gilscale/judge/check.hpp"
#include "gilscale/judge/metric.hpp"
#include "gilscale/judge/verdict.hpp"
#include "gilscale/machine/machine.hpp"
#include "gilscale/model/executors.hpp"
#include "gilscale/model/venv.hpp"
#include "gilscale/supervise/place.hpp"

namespace gilscale {
namespace {

/// Part of every point's context that is known before anything is measured.
nlohmann::json with_host_name(nlohmann::json context) {
  if (const std::string name = host_name(); !name.empty()) context["host_name"] = name;
  return context;
}

/// Cases as they will be, as far as that is known: what differs from the baseline for certain.
std::vector<CaseResult> foreseen(const std::vector<Case>& cases, const Gate::Pythons& pythons,
                                 const std::vector<CaseResult>& before) {
  std::vector<CaseResult> results;
  for (const Case& planned : cases) {
    CaseResult result;
    result.planned = planned;
    const auto python = pythons.find({planned.place, planned.python});
    if (executor_kind(planned.executor).runs_python && python != pythons.end())
      result.python = python->second;
    if (const CaseResult* other = same_case(planned, before)) result.gil = other->gil;
    results.push_back(std::move(result));
  }
  return results;
}

/// Rounds as long as the old ones can be compared with them.
void take_calls_over(Case& planned, const std::vector<CaseResult>& before) {
  const CaseResult* other = same_case(planned, before);
  if (!other || other->points.empty() || planned.calls) return;
  if (other->planned.scaling == planned.scaling) planned.calls = case_calls(other->points.front());
}

std::size_t count_points(const std::vector<Case>& cases) {
  std::size_t count = 0;
  for (const Case& planned : cases) count += planned.threads.size();
  return std::max<std::size_t>(count, 1);
}

/// A figure that is measured once, or cannot be measured, does not get better with more samples.
bool more_samples_help(const Expectation& expectation, const Point& point) {
  const Metric* metric = find_metric(expectation.metric);
  return metric && metric->measured != Measured::once &&
         !metric->values(point, values_of(point)).empty();
}

/// What turned out to differ only when it was measured.
void withdraw_verdicts(Changes& changes, const std::set<std::string>& allowed) {
  const std::string why = obstacle(changes.differences, allowed, changes.before);
  if (why.empty()) return;
  for (Change& change : changes.points) {
    change.verdict = ChangeVerdict::unclear;
    change.why = why;
  }
}

/// Another gilscale is a file of this machine.
void refuse_gilscale_elsewhere(const VersionSource& source, const Case& planned) {
  if (source.worker.empty() || planned.launcher.empty()) return;
  throw UsageError(
      fmt::format("--against '{}' is another gilscale of this machine, which --launcher cannot "
                  "start elsewhere; leave one of them out",
                  source.given));
}

/// The first case tells the machine's name: that of a place elsewhere is not known before.
bool begins_elsewhere(const std::vector<Case>& cases) {
  return !cases.empty() && !cases.front().launcher.empty();
}

nlohmann::json without_host_name(nlohmann::json context) {
  context.erase("host_name");
  return context;
}

}  // namespace

VerdictBudget::VerdictBudget(const std::vector<Case>& cases) {
  for (const Case& planned : cases)
    for (const int threads : planned.threads)
      if (threads > 1) all_s_ += times_the_budget_for_verdicts * planned.stop.budget_s;
}

bool VerdictBudget::is_left() const {
  double spent_s = 0;
  for (const auto& [point, each_s] : spent_s_) spent_s += each_s;
  return spent_s < all_s_;
}

Gate::Gate(GateOptions options, Pythons pythons)
    : options_(std::move(options)), pythons_(std::move(pythons)) {
  if (!options_.baseline.empty()) baseline_ = read_result_file(options_.baseline);
  if (baseline_ && !baseline_->is_gilscale)
    throw UsageError(
        fmt::format("--baseline '{}' was not written by gilscale and has no samples; make one "
                    "with `gilscale run --json FILE`",
                    options_.baseline));
  if (options_.against.empty()) return;
  if (pythons_.size() > 1 && read_venv(options_.against))
    throw UsageError(fmt::format(
        "--against '{}' is an environment of one Python, but several are measured; name one with "
        "--python",
        options_.against));
  for (const auto& [where, python] : pythons_)
    sources_[where] = find_version(options_.against, python.version);
}

const VersionSource& Gate::source_for(const Case& planned) const {
  const auto own = sources_.find({planned.place, planned.python});
  return own == sources_.end() ? sources_.begin()->second : own->second;
}

void Gate::prepare(std::vector<Case>& cases, const nlohmann::json& context) {
  drop_unmatched_expectations(cases);
  share_error_of_expectations(cases);
  compared_points_ = count_points(cases);
  for (Case& planned : cases) {
    if (baseline_) take_calls_over(planned, baseline_->cases);
    if (sources_.empty()) continue;
    refuse_gilscale_elsewhere(source_for(planned), planned);
    (void)source_for(planned).applied_to(planned);  // throws where it cannot be
  }
  if (!baseline_) return;
  const std::vector<CaseResult> after = foreseen(cases, pythons_, baseline_->cases);
  const bool any = std::any_of(after.begin(), after.end(), [&](const CaseResult& result) {
    return same_case(result.planned, baseline_->cases) != nullptr;
  });
  if (!any)
    throw UsageError(fmt::format(
        "--baseline '{}' contains {}; name a result file of the same workloads", options_.baseline,
        baseline_->cases.empty()
            ? "no cases"
            : fmt::format("none of the cases measured here (its first one is '{}')",
                          label_of(baseline_->cases.front().planned))));
  const bool elsewhere = begins_elsewhere(cases);
  refuse_differences(differences_between(
                         {elsewhere ? without_host_name(baseline_->context) : baseline_->context,
                          baseline_->cases},
                         {elsewhere ? without_host_name(context) : with_host_name(context), after}),
                     options_.rules.allow_different, options_.baseline);
}

void Gate::drop_unmatched_expectations(const std::vector<Case>& cases) {
  std::erase_if(options_.expectations, [&](const Expectation& expectation) {
    if (!matches_nothing(expectation, cases)) return false;
    const bool excused =
        names_any(expectation, cases) ? options_.may_be_unmatched : options_.may_name_others;
    if (!excused) refuse_unmatched(expectation, cases);
    fmt::print(
        stderr,
        "gilscale: expectation not checked, because nothing that it names is measured: '{}'\n",
        expectation.text);
    return true;
  });
}

void Gate::share_error_of_expectations(const std::vector<Case>& cases) {
  std::size_t decisions = 0;
  for (const Expectation& expectation : options_.expectations)
    for (const Case& planned : cases)
      decisions += static_cast<std::size_t>(
          std::count_if(planned.threads.begin(), planned.threads.end(),
                        [&](int threads) { return applies_to(expectation, planned, threads); }));
  for (Expectation& expectation : options_.expectations)
    expectation.decisions = std::max<std::size_t>(decisions, 1);
}

Party Gate::party_of(const Case& planned) const {
  if (sources_.empty()) return {{planned, worker_command(planned)}};
  const VersionSource& source = source_for(planned);
  Party party;
  for (std::size_t number = 0; number < launches_of_a_version; ++number) {
    const Case own = launch_of(planned, number);
    party.push_back(
        {source.applied_to(own), source.worker.empty() ? worker_command(own) : source.worker});
    party.push_back({own, worker_command(own)});
  }
  return party;
}

ChangeRule Gate::rule() const {
  return {options_.rules.threshold, compared_points_, !sources_.empty(), true};
}

bool Gate::expectations_settled(const CaseResult& so_far, const Point& point) const {
  const auto is_open = [&](const Expectation& each) {
    return applies_to(each, so_far.planned, point.threads) && more_samples_help(each, point) &&
           check_point(each, so_far, point).outcome == Outcome::inconclusive;
  };
  return std::none_of(options_.expectations.begin(), options_.expectations.end(), is_open);
}

bool Gate::baseline_settled(const CaseResult& so_far, const Point& point) const {
  const CaseResult* before = baseline_ ? same_case(so_far.planned, baseline_->cases) : nullptr;
  const Point* other = before ? point_at(*before, point.threads) : nullptr;
  return !other || change_between({before, other}, {&so_far, &point}, rule()).verdict !=
                       ChangeVerdict::unclear;
}

bool Gate::verdict_may_settle(const CaseResult& so_far, const Question& question,
                              bool may_take_more) const {
  const double own_s = times_the_budget_for_verdicts * so_far.planned.stop.budget_s;
  const double most_s = std::min(may_take_more ? 2 * own_s : own_s, options_.max_budget_s);
  return question.stop != StopReason::requested && question.spent_s < most_s &&
         is_open(so_far, question.point);
}

std::optional<StopReason> Gate::answer(const Question& question, bool settled) const {
  if (!question.stop || settled || question.stop == StopReason::requested) return question.stop;
  const double most_s = options_.max_budget_s / (question.point.threads == 1 ? 2 : 1);
  if (question.spent_s >= most_s) return StopReason::max_budget;
  return std::nullopt;
}

std::optional<StopReason> Gate::answer(const CaseResult& so_far, const Question& question,
                                       bool may_take_more) const {
  if (!question.stop) return std::nullopt;
  const bool settled =
      expectations_settled(so_far, question.point) && baseline_settled(so_far, question.point);
  if (settled && verdict_may_settle(so_far, question, may_take_more)) return std::nullopt;
  return answer(question, settled);
}

std::optional<StopReason> Gate::answer(const AskingWorker& before,
                                       const AskingWorker& after) const {
  const Question& then = before.question;
  const Question& now = after.question;
  if (then.stop == StopReason::requested) return then.stop;
  if (!then.stop || !now.stop) return std::nullopt;
  const Change change =
      change_between({&before.so_far, &then.point}, {&after.so_far, &now.point}, rule());
  return answer(now, change.verdict != ChangeVerdict::unclear &&
                         expectations_settled(after.so_far, now.point));
}

std::optional<StopReason> Gate::answer(std::span<const AskingWorker> party,
                                       bool may_take_more) const {
  if (sources_.empty()) return answer(party.front().so_far, party.front().question, may_take_more);
  // Before any rule would stop there is nothing to decide, and much to put together.
  const bool all_would_stop = std::all_of(party.begin(), party.end(), [](const AskingWorker& each) {
    return each.question.stop.has_value();
  });
  if (!all_would_stop) return std::nullopt;
  std::vector<const Question*> before;
  std::vector<const Question*> after;
  for (std::size_t i = 0; i < party.size(); ++i)
    (i % 2 == 0 ? before : after).push_back(&party[i].question);
  const Question old_question = merged(before);
  const Question new_question = merged(after);
  return answer(AskingWorker{party[0].so_far, old_question},
                AskingWorker{party[1].so_far, new_question});
}

Changes Gate::blank_changes() const {
  Changes changes;
  changes.before = sources_.empty() ? options_.baseline : options_.against;
  changes.how = sources_.empty() ? "baseline" : "against";
  changes.threshold = options_.rules.threshold;
  if (baseline_)
    for (const CaseResult& before : baseline_->cases) add_before(changes, before);
  return changes;
}

void Gate::compare_last(const CaseResult* before, Report& report) const {
  if (!report.changes) report.changes = blank_changes();
  Changes& changes = *report.changes;
  const CaseResult& after = report.cases.back().result;
  if (!sources_.empty()) add_before(changes, *before);
  add_after(changes, before, after, rule());
  correct_p(changes);
  if (baseline_) add_differences(changes.differences, baseline_->context, context_of(report));
  if (before) add_differences(changes.differences, *before, after);
  if (baseline_) withdraw_verdicts(changes, options_.rules.allow_different);
}

void Gate::judge_alone(CaseResult measured, Report& report) const {
  report.cases.emplace_back(std::move(measured));
  const JudgedCase& judged = report.cases.back();
  for (Check& check : checks_of(options_.expectations, judged))
    report.checks.push_back(std::move(check));
  if (baseline_) compare_last(same_case(judged.result.planned, baseline_->cases), report);
}

void Gate::judge(std::vector<CaseResult> measured, Report& report) const {
  if (sources_.empty()) return judge_alone(std::move(measured.front()), report);
  assert(!baseline_);
  std::vector<CaseResult> before;
  std::vector<CaseResult> after;
  for (std::size_t i = 0; i < measured.size(); ++i)
    (i % 2 == 0 ? before : after).push_back(std::move(measured[i]));
  report.against.emplace_back(merged(std::move(before)));
  judge_alone(merged(std::move(after)), report);
  compare_last(&report.against.back().result, report);
}

ExitCode exit_code_of_gate(const Report& report, ExitCode inconclusive) {
  bool failed = false;
  bool open = false;
  for (const Check& check : report.checks) {
    failed = failed || check.outcome == Outcome::failed;
    open = open || check.outcome == Outcome::inconclusive;
  }
  if (report.changes)
    for (const Change& change : report.changes->points) {
      failed = failed || change.verdict == ChangeVerdict::slower;
      open = open || change.verdict == ChangeVerdict::unclear;
    }
  if (failed) return ExitCode::expectation_failed;
  return open ? inconclusive : ExitCode::ok;
}

}  // namespace gilscale
