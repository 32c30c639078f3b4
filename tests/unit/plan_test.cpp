#include "commands/plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "thrown.hpp"

namespace gilscale {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

PlanOptions options_for(std::vector<std::string> workloads,
                        std::vector<std::string> executors = {"threads"}) {
  PlanOptions options;
  options.workloads.names = std::move(workloads);
  options.executors = std::move(executors);
  options.common.threads = {1, 2};
  return options;
}

std::vector<Case> plan_cases(const PlanOptions& options,
                             const std::vector<PlannedPython>& pythons) {
  return gilscale::plan_cases(options,
                              std::vector<PlannedPlace>{{"", {}, options.common.threads, pythons}});
}

/// In one Python, where files hold what was `found`.
std::vector<Case> plan_cases(const PlanOptions& options, const FoundWorkloads& found = {}) {
  return plan_cases(options, std::vector<PlannedPython>{{"", "3.13", options.gils, found}});
}

std::vector<std::string> labels(const std::vector<Case>& cases) {
  std::vector<std::string> labels;
  for (const Case& planned : cases) labels.push_back(label_of(planned));
  return labels;
}

/// What is left of "hold" and "release" at 1 and 2 threads.
std::vector<std::string> left_by(const std::string& filter) {
  PlanOptions options = options_for({"hold", "release"});
  options.filter = filter;
  std::vector<std::string> left;
  for (const Case& planned : plan_cases(options))
    for (const int threads : planned.threads)
      left.push_back(planned.workload.name + " " + std::to_string(threads));
  return left;
}

std::string refusal(const std::string& filter) {
  return usage_error([&] { left_by(filter); });
}

TEST(Plan, IsEveryWorkloadOnEveryExecutor) {
  EXPECT_THAT(labels(plan_cases(options_for({"hold", "m:f"}, {"threads", "pool"}))),
              ElementsAre("hold/1000", "m:f", "hold/1000 (pool)", "m:f (pool)"));
}

TEST(Plan, HasACaseForEachStateOfTheGil) {
  PlanOptions options = options_for({"hold"}, {"threads", "native"});
  options.gils = {GilMode::on, GilMode::off};
  EXPECT_THAT(labels(plan_cases(options)),
              ElementsAre("hold/1000 (GIL on)", "hold/1000 (GIL off)", "control (native)"));
}

TEST(Plan, PutsTheSameWorkloadInSeveralPythonsSideBySide) {
  const PlanOptions options = options_for({"hold", "release"}, {"threads", "native"});
  const std::vector<PlannedPython> pythons{{"a", "3.12"},
                                           {"b", "3.13t", {GilMode::on, GilMode::off}}};
  EXPECT_THAT(
      labels(plan_cases(options, pythons)),
      ElementsAre("hold/1000 (3.12)", "hold/1000 (3.13t, GIL on)", "hold/1000 (3.13t, GIL off)",
                  "release/1000 (3.12)", "release/1000 (3.13t, GIL on)",
                  "release/1000 (3.13t, GIL off)", "control (native)"));
}

TEST(Plan, HasEveryWorkloadAndTheControlAtEachPlace) {
  const PlanOptions options = options_for({"hold"}, {"threads", "native"});
  const std::vector<PlannedPlace> places{{"node1", {"ssh", "node1"}, {1, 64}, {{"p", "3.12"}}},
                                         {"here", {}, {1, 2}, {{"p", "3.12"}, {"q", "3.13"}}}};
  const std::vector<Case> cases = gilscale::plan_cases(options, places);
  EXPECT_THAT(labels(cases), ElementsAre("hold/1000 (node1, 3.12)", "hold/1000 (here, 3.12)",
                                         "hold/1000 (here, 3.13)", "control (native, node1)",
                                         "control (native, here)"));
  EXPECT_THAT(cases[0].threads, ElementsAre(1, 64));
  EXPECT_THAT(cases[0].launcher, ElementsAre("ssh", "node1"));
  EXPECT_FALSE(cases[0].folder.empty()) << "it is entered there, if there is one of that name";
  EXPECT_TRUE(cases[1].launcher.empty());
  EXPECT_TRUE(cases[1].folder.empty());
}

TEST(Plan, NamesAFilesWorkloadsInThePythonsThatHaveThem) {
  PlanOptions options = options_for({"x.py"});
  const std::vector<PlannedPython> pythons{
      {"a", "3.12", {GilMode::standard}, {{"x.py", {{"bench_old", {}}, {"bench_both", {}}}}}},
      {"b", "3.13", {GilMode::standard}, {{"x.py", {{"bench_both", {}}, {"bench_new", {}}}}}}};
  EXPECT_THAT(labels(plan_cases(options, pythons)),
              ElementsAre("x.py:bench_old (3.12)", "x.py:bench_both (3.12)",
                          "x.py:bench_both (3.13)", "x.py:bench_new (3.13)"));
}

TEST(Plan, HandsTheOptionsToEveryCase) {
  PlanOptions options = options_for({"hold", "release"});
  options.common.calls = 7;
  options.common.stop.exactly = 12;
  options.common.repetitions = 3;
  for (const Case& planned : plan_cases(options)) {
    EXPECT_EQ(planned.calls, 7);
    EXPECT_EQ(planned.stop.exactly, 12);
    EXPECT_EQ(planned.repetitions, 3);
    EXPECT_THAT(planned.threads, ElementsAre(1, 2));
  }
}

TEST(Plan, HasEachCaseOnce) {
  EXPECT_THAT(
      labels(plan_cases(options_for({"hold", "hold", "m:f", "m:f"}, {"threads", "threads"}))),
      ElementsAre("hold/1000", "m:f"));
  EXPECT_EQ(plan_cases(options_for({"fib", "cpp_fib"})).size(), 5U);
}

TEST(Plan, GivesOneControlCaseForTheNativeExecutor) {
  const auto cases = plan_cases(options_for({"hold", "release"}, {"native", "threads", "native"}));
  EXPECT_THAT(labels(cases), ElementsAre("control (native)", "hold/1000", "release/1000"));
  EXPECT_EQ(cases.front().executor, "native");
  EXPECT_EQ(cases.front().workload.name, control_workload);
}

TEST(Plan, OfTheNativeExecutorAloneIsTheControl) {
  EXPECT_THAT(labels(plan_cases(options_for({}, {"native"}))), ElementsAre("control (native)"));
}

TEST(Plan, RefusesAWorkloadThatNoExecutorWouldRun) {
  EXPECT_EQ(usage_error([] { plan_cases(options_for({"hold"}, {"native"})); }),
            "--executor native runs no Python, only the control; leave the workload out, or add "
            "another executor: -x threads,native");
}

TEST(Plan, RefusesUnknownWorkloads) {
  EXPECT_THAT(usage_error([] { plan_cases(options_for({"hodl"})); }),
              HasSubstr("did you mean 'hold'?"));
}

// ---- --benchmark_filter ----

TEST(Filter, KeepsTheBenchmarksInWhoseNameItFindsSomething) {
  EXPECT_THAT(left_by("^hold"), ElementsAre("hold 1", "hold 2"));
  EXPECT_THAT(left_by("threads:2"), ElementsAre("hold 2", "release 2"));
  EXPECT_THAT(left_by("release.*threads:1"), ElementsAre("release 1"));
}

TEST(Filter, SeesTheNameThatGoogleBenchmarkReports) {
  EXPECT_THAT(left_by("^hold/1000/executor:threads/threads:1/manual_time$"), ElementsAre("hold 1"));
}

TEST(Filter, WithALeadingMinusKeepsTheOthers) {
  EXPECT_THAT(left_by("-^hold"), ElementsAre("release 1", "release 2"));
}

TEST(Filter, OfAllOrNothingKeepsAll) {
  EXPECT_EQ(left_by("all").size(), 4U);
  EXPECT_EQ(left_by("").size(), 4U);
}

TEST(Filter, ThatLeavesNothingIsRefused) {
  EXPECT_EQ(
      refusal("sort"),
      "--benchmark_filter 'sort' matches no benchmark; --benchmark_list_tests shows their names");
  EXPECT_THAT(refusal("-all"), HasSubstr("matches no benchmark"));
  EXPECT_THAT(refusal("-"), HasSubstr("matches no benchmark"));
}

TEST(Filter, ThatIsNoRegularExpressionIsRefused) {
  for (const char* pattern : {"(", "-[", "*"}) {
    EXPECT_THAT(refusal(pattern), HasSubstr(std::string("--benchmark_filter '") + pattern +
                                            "' is not a regular expression: "));
  }
}

}  // namespace
}  // namespace gilscale
