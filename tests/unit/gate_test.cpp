#include "commands/gate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>

#include "fixed_report.hpp"
#include "gilscale/report/reporters.hpp"
#include "steady_point.hpp"
#include "temp_folder.hpp"
#include "thrown.hpp"

namespace gilscale {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const PythonInfo python_info{"3.13.1", "default", "python"};
const Gate::Pythons built_for{{{"", ""}, python_info}};

Case case_of(const std::string& name, std::vector<int> threads = {1, 2}) {
  Case planned;
  planned.workload.name = name;
  planned.threads = std::move(threads);
  return planned;
}

CaseResult result_of(std::vector<Point> points, const std::string& name = "f") {
  CaseResult result;
  result.planned = case_of(name, {});
  result.python = python_info;
  result.gil = {false, false, false};
  for (Point& point : points) {
    point.calls = 100;
    result.planned.threads.push_back(point.threads);
  }
  result.points = std::move(points);
  return result;
}

/// Two threads with that efficiency; undecided at 0.9 if samples alternate around it.
Point efficient(double efficiency, std::size_t samples = 15) {
  return steady_point(2, {.single_s = efficiency, .parallel_s = 1}, samples);
}
Point undecided(std::size_t samples = 15) {
  Point point;
  point.threads = 2;
  for (std::size_t i = 0; i < samples; ++i)
    add_sample(point, {.single_s = i % 2 == 0 ? 0.8 : 1.0, .parallel_s = 1});
  return point;
}

Point costing(double cost, std::size_t samples = 20) {
  return steady_point(2, {.single_s = cost, .parallel_s = cost}, samples);
}

GateOptions expecting(const std::string& text) {
  GateOptions options;
  options.expectations = {parse_expectation(text)};
  options.max_budget_s = 30;
  return options;
}

// ---- answers ----

class GateAnswers : public testing::Test {
 protected:
  static std::optional<StopReason> answer(
      const Point& point, double spent_s, std::optional<StopReason> stop,
      const std::string& expected = "f@2 relative_efficiency >= 0.9") {
    const Gate gate(expecting(expected), built_for);
    CaseResult so_far = result_of({point});
    so_far.points.clear();
    const Question question{point, spent_s, stop};
    return gate.answer(std::vector{AskingWorker{so_far, question}});
  }
};

TEST_F(GateAnswers, StopWhereTheRuleDoesAndAllIsDecided) {
  EXPECT_EQ(answer(efficient(1), 3, StopReason::precision), StopReason::precision);
  EXPECT_EQ(answer(efficient(0.5), 3, StopReason::budget), StopReason::budget);
}

TEST_F(GateAnswers, DoNotStopWhatTheRuleDoesNotStop) {
  EXPECT_EQ(answer(efficient(1), 3, std::nullopt), std::nullopt);
}

TEST_F(GateAnswers, GoOnWhileSomethingIsUndecided) {
  EXPECT_EQ(answer(undecided(), 3, StopReason::budget), std::nullopt);
  EXPECT_EQ(answer(efficient(1, 14), 3, StopReason::budget), std::nullopt) << "too few";
}

TEST_F(GateAnswers, EndWithTheLargestBudget) {
  EXPECT_EQ(answer(undecided(), 29.9, StopReason::budget), std::nullopt);
  EXPECT_EQ(answer(undecided(), 30, StopReason::budget), StopReason::max_budget);
}

TEST_F(GateAnswers, GiveOneThreadHalfOfIt) {
  const Point one = steady_point(1, {}, 11);
  EXPECT_EQ(answer(one, 14.9, StopReason::budget, "f@1 relative_call < 1"), std::nullopt);
  EXPECT_EQ(answer(one, 15, StopReason::budget, "f@1 relative_call < 1"), StopReason::max_budget);
}

TEST_F(GateAnswers, DoNotChangeAnExactNumberOfSamples) {
  EXPECT_EQ(answer(undecided(), 3, StopReason::requested), StopReason::requested);
}

/// As long as a verdict may take.
const double long_s = times_the_budget_for_verdicts * StopRule().budget_s;

TEST_F(GateAnswers, DoNotMindExpectationsOfOtherPoints) {
  EXPECT_EQ(answer(undecided(), long_s, StopReason::budget, "f@4 relative_efficiency >= 0.9"),
            StopReason::budget);
  EXPECT_EQ(answer(undecided(), long_s, StopReason::budget, "g relative_efficiency >= 0.9"),
            StopReason::budget);
}

TEST_F(GateAnswers, DoNotWaitForWhatMoreSamplesDoNotTell) {
  EXPECT_EQ(answer(undecided(), long_s, StopReason::budget, "f@2 memory_bytes < 0"),
            StopReason::budget);
  EXPECT_EQ(answer(undecided(), long_s, StopReason::budget, "f@2 gil_demand < 0.1"),
            StopReason::budget)
      << "without a GIL";
  EXPECT_EQ(answer(undecided(), long_s, StopReason::budget, "f contention < 0.1"),
            StopReason::budget);
}

TEST_F(GateAnswers, GoOnForAWhileWhereTheVerdictIsOpen) {
  const std::string of_another = "g relative_efficiency >= 0.9";
  EXPECT_EQ(answer(undecided(), long_s - 0.1, StopReason::budget, of_another), std::nullopt);
  EXPECT_EQ(answer(undecided(), long_s, StopReason::budget, of_another), StopReason::budget);
  EXPECT_EQ(answer(efficient(1, 11), 3, StopReason::budget, of_another), std::nullopt);
  EXPECT_EQ(answer(efficient(1, 12), 3, StopReason::budget, of_another), StopReason::budget);
}

TEST_F(GateAnswers, GoOnForTwiceAsLongWhereTheRunHasTimeLeft) {
  GateOptions options = expecting("g relative_efficiency >= 0.9");
  options.max_budget_s = 1.5 * long_s;
  const Gate short_gate(options, built_for);
  options.max_budget_s = 100;
  const Gate gate(options, built_for);
  CaseResult so_far = result_of({undecided()});
  so_far.points.clear();
  const auto answer = [&](const Gate& of, double spent_s, bool may_take_more) {
    const Question question{undecided(), spent_s, StopReason::budget};
    return of.answer(std::vector{AskingWorker{so_far, question}}, may_take_more);
  };
  EXPECT_EQ(answer(gate, long_s, true), std::nullopt);
  EXPECT_EQ(answer(gate, long_s, false), StopReason::budget);
  EXPECT_EQ(answer(gate, 2 * long_s, true), StopReason::budget);
  EXPECT_EQ(answer(short_gate, 1.5 * long_s, true), StopReason::budget) << "--max-budget";
}

TEST(VerdictBudgets, AreThoseOfAllPointsWithSeveralThreads) {
  std::vector<Case> cases{case_of("f", {1, 2, 4}), case_of("g", {1, 2})};
  for (Case& planned : cases) planned.stop.budget_s = 1;
  VerdictBudget budget(cases);  // three points
  EXPECT_TRUE(budget.is_left());
  const double all_s = 3 * times_the_budget_for_verdicts;
  budget.note(0, 2, all_s - 4);
  budget.note(0, 4, 3.9);
  EXPECT_TRUE(budget.is_left());
  budget.note(0, 2, all_s - 3.9);
  EXPECT_FALSE(budget.is_left());
  budget.note(1, 2, 1);
  EXPECT_FALSE(budget.is_left());
}

TEST_F(GateAnswers, GoOnWhereCoresWereThereAtTimes) {
  const std::string of_another = "g relative_efficiency >= 0.9";
  Point point;
  point.threads = 2;
  for (int i = 0; i < 20; ++i) {
    const double one_core = i % 4 == 0 ? 1 : 2;  // of two, in three quarters of the samples
    add_sample(point, {.parallel_s = one_core, .control_parallel_s = one_core});
  }
  EXPECT_EQ(answer(point, 3, StopReason::budget, of_another), std::nullopt);
  Point never = steady_point(2, {.parallel_s = 1.9, .control_parallel_s = 1.9}, 20);
  EXPECT_EQ(answer(never, 3, StopReason::budget, of_another), StopReason::budget);
}

TEST_F(GateAnswers, GoOnWhereTheGilMayExplainItThoughThereWereFewCores) {
  const std::string of_another = "g relative_efficiency >= 0.9";
  Point turns = steady_point(2, {.parallel_s = 2, .control_parallel_s = 1.5}, 5);  // 1.33 cores
  turns.gil_demand = 1;
  CaseResult so_far = result_of({});
  so_far.gil = {true, true, true, true};
  const Gate gate(expecting(of_another), built_for);
  const auto answer_to = [&](const Point& point) {
    const Question question{point, 3, StopReason::budget};
    return gate.answer(std::vector{AskingWorker{so_far, question}});
  };
  EXPECT_EQ(answer_to(turns), std::nullopt);
  turns.gil_demand = 0.1;
  EXPECT_EQ(answer_to(turns), StopReason::budget);
}

TEST_F(GateAnswers, DoNotGoOnForAVerdictThatIsNotMadeThere) {
  const std::string of_another = "g relative_efficiency >= 0.9";
  EXPECT_EQ(answer(steady_point(1, {}, 3), 3, StopReason::budget, of_another), StopReason::budget);
  const Point without_cores = steady_point(8, {.parallel_s = 4, .control_parallel_s = 4}, 3);
  EXPECT_EQ(answer(without_cores, 3, StopReason::budget, of_another), StopReason::budget);
}

// ---- answers to two versions ----

class GateAnswersInTurns : public testing::Test {
 protected:
  void SetUp() override {
    GateOptions options;
    options.max_budget_s = 30;
    options.against = folder_.path().string();
    gate_.emplace(options, built_for);
  }
  std::optional<StopReason> answer(const Point& before, const Point& after,
                                   std::optional<StopReason> then, std::optional<StopReason> now,
                                   double spent_s = 3) {
    const CaseResult so_far = result_of({after});
    const Question old_question{before, spent_s, then};
    const Question new_question{after, spent_s, now};
    return gate_->answer(
        std::vector{AskingWorker{so_far, old_question}, AskingWorker{so_far, new_question}});
  }

  TempFolder folder_;
  std::optional<Gate> gate_;
};

TEST_F(GateAnswersInTurns, StopWhereBothRulesDoAndTheWordIsClear) {
  EXPECT_EQ(answer(costing(1), costing(1.2), StopReason::budget, StopReason::precision),
            StopReason::precision);
  EXPECT_EQ(answer(costing(1), costing(1.2), StopReason::budget, std::nullopt), std::nullopt);
  EXPECT_EQ(answer(costing(1), costing(1.2), std::nullopt, StopReason::budget), std::nullopt);
}

TEST_F(GateAnswersInTurns, GoOnWhileTheWordIsUnclear) {
  EXPECT_EQ(answer(costing(1, 11), costing(1.2, 11), StopReason::budget, StopReason::budget),
            std::nullopt);
  EXPECT_EQ(answer(costing(1, 11), costing(1.2, 11), StopReason::budget, StopReason::budget, 30),
            StopReason::max_budget);
}

TEST_F(GateAnswersInTurns, DoNotChangeAnExactNumberOfSamples) {
  EXPECT_EQ(answer(costing(1, 3), costing(1.2, 3), StopReason::requested, StopReason::requested),
            StopReason::requested);
}

// ---- what it prepares ----

TEST(PreparedGate, SharesTheErrorAmongAllThatIsDecided) {
  GateOptions options = expecting("f@2 speedup > 1");
  options.expectations.push_back(parse_expectation("* call_s < 1"));
  Gate gate(options, built_for);
  std::vector<Case> cases{case_of("f"), case_of("g")};
  for (Case& planned : cases) planned.threads = {1, 2, 4};
  gate.prepare(cases, json::object());
  for (const Expectation& each : gate.expectations()) EXPECT_EQ(each.decisions, 1U + 6U);
}

TEST(PreparedGate, RefusesAnExpectationOfNothing) {
  Gate gate(expecting("h@2 speedup > 1"), built_for);
  std::vector<Case> cases{case_of("f")};
  EXPECT_THAT(usage_error([&] { gate.prepare(cases, json::object()); }),
              HasSubstr("no workload 'h' is measured"));
}

TEST(PreparedGate, LeavesAnExpectationOfTheFileOutThatIsNotMeasuredNow) {
  GateOptions options = expecting("h@2 speedup > 1");
  options.may_name_others = true;
  Gate gate(options, built_for);
  std::vector<Case> cases{case_of("f")};
  testing::internal::CaptureStderr();
  gate.prepare(cases, json::object());
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("'h@2 speedup > 1'"));
  Report report;
  gate.judge({result_of({efficient(1)})}, report);
  EXPECT_EQ(report.cases.size(), 1U);
  EXPECT_THAT(report.checks, IsEmpty());
}

TEST(PreparedGate, RefusesAMisspeltWorkloadOfTheFileWhereOnlyTheThreadsWereChosen) {
  GateOptions options = expecting("h@2 speedup > 1");
  options.may_be_unmatched = true;
  Gate gate(options, built_for);
  std::vector<Case> cases{case_of("f")};
  EXPECT_THROW(gate.prepare(cases, json::object()), UsageError);
}

// ---- baselines ----

class GateWithBaseline : public testing::Test {
 protected:
  [[nodiscard]] GateOptions baseline(const CaseResult& result,
                                     const std::string& host = this_host()) const {
    return baseline(std::vector{result}, host);
  }
  [[nodiscard]] GateOptions baseline(const std::vector<CaseResult>& results,
                                     const std::string& host = this_host()) const {
    Report report;
    report.cases.assign(results.begin(), results.end());
    report.context = {{"host_name", host}};
    GateOptions options;
    options.baseline = folder_.write("old.json", reporter("json").render(report, {}));
    return options;
  }
  static std::string this_host() {
    std::array<char, 256> name{};
    gethostname(name.data(), name.size() - 1);
    return name.data();
  }
  /// What it says of a new result.
  static Report judged(const GateOptions& options, const CaseResult& now) {
    Gate gate(options, built_for);
    std::vector<Case> cases{now.planned};
    gate.prepare(cases, json::object());
    Report report;
    gate.judge({now}, report);
    return report;
  }
  static std::string refusal(const GateOptions& options, std::vector<Case> cases) {
    return usage_error([&] { Gate(options, built_for).prepare(cases, json::object()); });
  }

  TempFolder folder_;
};

TEST_F(GateWithBaseline, TakesItsCallsOver) {
  Gate gate(baseline(result_of({costing(1)})), built_for);
  std::vector<Case> cases{case_of("f"), case_of("new"), case_of("f")};
  cases[2].calls = 7;
  gate.prepare(cases, json::object());
  EXPECT_EQ(cases[0].calls, 100);
  EXPECT_FALSE(cases[1].calls);
  EXPECT_EQ(cases[2].calls, 7) << "what the user says goes first";
}

TEST_F(GateWithBaseline, SaysWhatChanged) {
  const Report report = judged(baseline(result_of({costing(1)})), result_of({costing(1.2)}));
  ASSERT_TRUE(report.changes);
  EXPECT_EQ(report.changes->how, "baseline");
  ASSERT_EQ(report.changes->points.size(), 1U);
  EXPECT_EQ(report.changes->points[0].verdict, ChangeVerdict::slower);
}

TEST_F(GateWithBaseline, SaysOfCasesOneByOneWhatItWouldSayOfAllAtOnce) {
  const std::vector<CaseResult> before{result_of({costing(1)}, "f"), result_of({costing(1)}, "g"),
                                       result_of({costing(1)}, "gone")};
  const std::vector<CaseResult> after{result_of({costing(1.2)}, "f"),
                                      result_of({costing(1)}, "new"), result_of({costing(1)}, "g")};
  GateOptions options = baseline(before);
  options.expectations = {parse_expectation("g@2 speedup > 1"), parse_expectation("* speedup > 9")};
  Gate gate(options, built_for);
  std::vector<Case> cases;
  for (const CaseResult& result : after) cases.push_back(result.planned);
  gate.prepare(cases, json::object());
  Report report;
  gate.judge({after[0]}, report);
  EXPECT_THAT(report.changes->only_before, ElementsAre("g@2", "gone@2")) << "so far";
  gate.judge({after[1]}, report);
  gate.judge({after[2]}, report);
  const Changes all = changes_between(
      before, after,
      {.threshold = options.rules.threshold, .points = after.size(), .sequential = true});
  ASSERT_EQ(report.changes->points.size(), all.points.size());
  for (std::size_t i = 0; i < all.points.size(); ++i) {
    EXPECT_EQ(report.changes->points[i].name, all.points[i].name);
    EXPECT_EQ(report.changes->points[i].verdict, all.points[i].verdict);
    EXPECT_EQ(report.changes->points[i].cost, all.points[i].cost);
    EXPECT_DOUBLE_EQ(report.changes->points[i].corrected_p, all.points[i].corrected_p);
  }
  EXPECT_EQ(report.changes->only_before, all.only_before);
  EXPECT_EQ(report.changes->only_after, all.only_after);
  std::vector<std::string> checked;
  for (const Check& check : report.checks) checked.push_back(check.label + check.expectation.text);
  EXPECT_THAT(checked, ElementsAre("f* speedup > 9", "new* speedup > 9", "gg@2 speedup > 1",
                                   "g* speedup > 9"));
}

TEST_F(GateWithBaseline, GoesOnWhileTheWordIsUnclear) {
  GateOptions options = baseline(result_of({costing(1)}));
  options.max_budget_s = 30;
  const Gate gate(options, built_for);
  const CaseResult so_far = result_of({costing(1)});
  const auto answer = [&](const Point& point, double spent_s) {
    const Question question{point, spent_s, StopReason::budget};
    return gate.answer(std::vector{AskingWorker{so_far, question}});
  };
  EXPECT_EQ(answer(costing(1.2, 11), 3), std::nullopt);
  EXPECT_EQ(answer(costing(1.2, 11), 30), StopReason::max_budget);
  EXPECT_EQ(answer(costing(1.2, 12), 3), StopReason::budget);
  Point other = costing(1.2, 5);
  other.threads = 8;
  EXPECT_EQ(answer(other, long_s), StopReason::budget) << "there is no old one";
}

TEST_F(GateWithBaseline, OfAnotherMachineIsRefusedUnlessAllowed) {
  GateOptions options = baseline(result_of({costing(1)}), "elsewhere");
  EXPECT_THAT(refusal(options, {case_of("f")}),
              AllOf(HasSubstr("different machine: elsewhere before"),
                    HasSubstr("--allow-different machine")));
  options.rules.allow_different = {"machine"};
  EXPECT_EQ(judged(options, result_of({costing(1)})).changes->points[0].verdict,
            ChangeVerdict::same);
}

TEST_F(GateWithBaseline, OfAnotherPythonIsRefusedBeforeAnythingIsMeasured) {
  CaseResult old_result = result_of({costing(1)});
  old_result.python->version = "3.12.1";
  EXPECT_THAT(refusal(baseline(old_result), {case_of("f")}), HasSubstr("different interpreter"));
}

TEST_F(GateWithBaseline, OfOtherScalingIsRefused) {
  std::vector<Case> cases{case_of("f")};
  cases[0].scaling = Scaling::strong;
  EXPECT_THAT(refusal(baseline(result_of({costing(1)})), cases), HasSubstr("weak scaling before"));
}

TEST_F(GateWithBaseline, ThatTurnsOutToDifferHasNoWords) {
  CaseResult now = result_of({costing(1.2)});
  now.gil.after_run = true;
  const Report report = judged(baseline(result_of({costing(1)})), now);
  EXPECT_EQ(report.changes->points[0].verdict, ChangeVerdict::unclear);
  EXPECT_THAT(report.changes->points[0].why, HasSubstr("the GIL was off before and is on now"));
}

TEST_F(GateWithBaseline, OfOtherWorkloadsIsRefused) {
  EXPECT_THAT(refusal(baseline(result_of({costing(1)})), {case_of("g")}),
              HasSubstr("contains none of the cases measured here (its first one is 'f')"));
}

TEST_F(GateWithBaseline, OfOtherProgramsIsRefused) {
  GateOptions options;
  options.baseline = folder_.write("other.json", R"({"benchmarks": []})");
  EXPECT_THAT(usage_error([&] { Gate(options, built_for); }),
              HasSubstr("was not written by gilscale and has no samples"));
  options.baseline = folder_.file("missing.json");
  EXPECT_THAT(usage_error([&] { Gate(options, built_for); }), HasSubstr("missing.json"));
}

// ---- the exit code ----

Report report_with(const std::vector<Outcome>& outcomes, const std::vector<ChangeVerdict>& words) {
  Report report;
  for (const Outcome outcome : outcomes) {
    report.checks.emplace_back();
    report.checks.back().outcome = outcome;
  }
  report.changes = Changes{};
  for (const ChangeVerdict verdict : words) {
    report.changes->points.emplace_back();
    report.changes->points.back().verdict = verdict;
  }
  return report;
}

constexpr std::array open_codes{ExitCode::ok, ExitCode::expectation_failed, ExitCode::inconclusive};

TEST(ExitCodeOfAGate, IsOkWhereNothingIsWrong) {
  for (const ExitCode inconclusive : open_codes) {
    EXPECT_EQ(exit_code_of_gate({}, inconclusive), ExitCode::ok);
    EXPECT_EQ(exit_code_of_gate(
                  report_with({Outcome::passed}, {ChangeVerdict::same, ChangeVerdict::faster}),
                  inconclusive),
              ExitCode::ok);
  }
}

TEST(ExitCodeOfAGate, TellsThatSomethingFailed) {
  for (const ExitCode inconclusive : open_codes) {
    EXPECT_EQ(
        exit_code_of_gate(report_with({Outcome::inconclusive, Outcome::failed}, {}), inconclusive),
        ExitCode::expectation_failed);
    EXPECT_EQ(exit_code_of_gate(report_with({}, {ChangeVerdict::unclear, ChangeVerdict::slower}),
                                inconclusive),
              ExitCode::expectation_failed);
  }
}

TEST(ExitCodeOfAGate, IsWhatTheUserWantsWhereSomethingIsOpen) {
  for (const Report& open : {report_with({Outcome::inconclusive}, {}),
                             report_with({Outcome::passed}, {ChangeVerdict::unclear})}) {
    EXPECT_EQ(exit_code_of_gate(open, ExitCode::inconclusive), ExitCode::inconclusive);
    EXPECT_EQ(exit_code_of_gate(open, ExitCode::expectation_failed), ExitCode::expectation_failed);
    EXPECT_EQ(exit_code_of_gate(open, ExitCode::ok), ExitCode::ok);
  }
}

}  // namespace
}  // namespace gilscale
