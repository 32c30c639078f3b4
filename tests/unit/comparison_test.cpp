#include "gilscale/judge/comparison.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "steady_point.hpp"

namespace gilscale {
namespace {

using testing::ElementsAre;

/// A case whose two threads have that speedup, on a workload with those parameters.
CaseResult measured(const ParameterValues& params, double speedup, Sharing share = Sharing::all,
                    const std::string& executor = "threads") {
  CaseResult result;
  result.planned.workload.name = "m:f";
  result.planned.workload.params = params;
  result.planned.workload.share = share;
  result.planned.executor = executor;
  result.points = {steady_point(1, {}), steady_point(2, {.parallel_s = 2 / speedup})};
  return result;
}

std::vector<double> values_of(const ParameterCurve& curve) {
  std::vector<double> values;
  for (const auto& entry : curve.entries) values.push_back(entry.value);
  return values;
}

// ---- curves ----

TEST(ParameterCurves, HoldTheSpeedupAtEachValueInAscendingOrder) {
  Report report;
  report.cases = {measured({{"size", "4096"}}, 1.5), measured({{"size", "64"}}, 0.5),
                  measured({{"size", "512"}}, 1)};
  const auto curves = parameter_curves(report);
  ASSERT_EQ(curves.size(), 1U);
  EXPECT_EQ(curves[0].label, "m:f");
  EXPECT_EQ(curves[0].parameter, "size");
  EXPECT_EQ(curves[0].threads, 2);
  EXPECT_THAT(values_of(curves[0]), ElementsAre(64, 512, 4096));
  EXPECT_DOUBLE_EQ(curves[0].entries[0].speedup.estimate, 0.5);
  EXPECT_EQ(curves[0].entries[2].text, "4096");
}

TEST(ParameterCurves, KeepTheOtherParametersApart) {
  Report report;
  for (const char* level : {"1", "9"})
    for (const char* size : {"64", "512"})
      report.cases.push_back(measured({{"level", level}, {"size", size}}, 1.5));
  const auto curves = parameter_curves(report);
  ASSERT_EQ(curves.size(), 4U);  // two over size, two over level
  EXPECT_EQ(curves[0].label, "m:f/size=64");
  EXPECT_EQ(curves[0].parameter, "level");
  EXPECT_EQ(curves[1].label, "m:f/level=1");
  EXPECT_EQ(curves[1].parameter, "size");
}

TEST(ParameterCurves, NeedTwoNumbers) {
  Report report;
  report.cases = {measured({{"size", "64"}}, 1.5), measured({{"mode", "'a'"}}, 1.5),
                  measured({{"mode", "'b'"}}, 1.5)};
  EXPECT_TRUE(parameter_curves(report).empty());
}

TEST(ParameterCurves, LeaveCountsAsideThatHadNoCpus) {
  Report report;
  for (const char* size : {"64", "512"}) {
    CaseResult result = measured({{"size", size}}, 1.5);
    result.points.push_back(steady_point(4, {}));
    result.points.back().oversubscribed = true;
    report.cases.emplace_back(std::move(result));
  }
  EXPECT_EQ(parameter_curves(report).at(0).threads, 2);
}

TEST(ParameterCurves, SkipAValueThatFailed) {
  CaseResult failed = measured({{"size", "512"}}, 1.5);
  failed.points.clear();
  failed.failure = Failure{FailureKind::exception, "", ""};
  Report report;
  report.cases = {measured({{"size", "64"}}, 1.5), failed, measured({{"size", "4096"}}, 1.5)};
  EXPECT_TRUE(parameter_curves(report).empty());  // nothing above one thread is common to all
}

// ---- break-even ----

ParameterCurve curve(std::initializer_list<double> lows) {
  ParameterCurve curve;
  double value = 1;
  for (const double low : lows) {
    curve.entries.push_back({value, "", {low + 0.1, low, low + 0.2}});
    value *= 2;
  }
  return curve;
}

TEST(BreakEven, IsTheSmallestValueFromWhichOnThreadsClearlyWin) {
  EXPECT_EQ(curve({0.5, 0.95, 1.2, 1.8}).break_even(), 4);
  EXPECT_EQ(curve({1.2, 0.9, 1.1}).break_even(), 4);  // a win before a loss does not count
  EXPECT_EQ(curve({1.1, 1.2}).break_even(), 1);
  EXPECT_EQ(curve({0.5, 1.04}).break_even(), std::nullopt);
}

// ---- sharing ----

TEST(SharingCosts, CompareTheSameWorkloadBothWays) {
  Report report;
  report.cases = {measured({}, 1, Sharing::all), measured({}, 2, Sharing::none),
                  measured({}, 2, Sharing::all, "pool")};
  const auto costs = sharing_costs(report);
  ASSERT_EQ(costs.size(), 1U);
  EXPECT_EQ(costs[0].label, "m:f");
  EXPECT_EQ(costs[0].threads, 2);
  EXPECT_TRUE(costs[0].differs());
  EXPECT_DOUBLE_EQ(costs[0].lost(), 0.5);
}

TEST(SharingCosts, AreNoneWhereTheIntervalOfWhatIsKeptHasOneInIt) {
  SharingCost cost;
  cost.kept = {0.97, 0.94, 1.01};
  EXPECT_FALSE(cost.differs());
  cost.kept = {0.95, 0.93, 0.98};
  EXPECT_TRUE(cost.differs());
  EXPECT_NEAR(cost.lost(), 0.05, 1e-12);
  cost.kept = {1.05, 1.02, 1.08};
  EXPECT_TRUE(cost.differs());
}

// ---- executors ----

/// A case on that executor whose 1, 2 and 4 threads take so long for the same calls each.
CaseResult on(const std::string& executor, double two_s, double four_s, double cpu_share = 1) {
  CaseResult result = measured({}, 1, Sharing::all, executor);
  result.python = PythonInfo{"3.13.1", "default", "python"};
  result.points = {steady_point(1, {.cpu_share = cpu_share}),
                   steady_point(2, {.parallel_s = two_s, .cpu_share = cpu_share}),
                   steady_point(4, {.parallel_s = four_s, .cpu_share = cpu_share})};
  return result;
}

ExecutorComparison compared(std::vector<CaseResult> cases) {
  Report report;
  report.cases.assign(cases.begin(), cases.end());
  return executor_comparisons(report).at(0);
}

TEST(ExecutorComparisons, NameWhoWinsAndFromHowManyThreads) {
  const auto comparison = compared({on("threads", 2, 4), on("pool", 2, 4), on("processes", 2, 1)});
  ASSERT_EQ(comparison.entries.size(), 3U);
  EXPECT_EQ(comparison.label, "m:f");
  EXPECT_EQ(comparison.entries[2].executor, "processes");
  EXPECT_EQ(comparison.entries[2].threads, 4);
  EXPECT_DOUBLE_EQ(comparison.entries[2].throughput_per_s.estimate, 4);
  ASSERT_TRUE(comparison.winner);
  EXPECT_THAT(comparison.winner->executors, ElementsAre("processes"));
  EXPECT_EQ(comparison.winner->from_threads, 4);
  EXPECT_DOUBLE_EQ(comparison.winner->factor.estimate, 4);
}

TEST(ExecutorComparisons, CountFromTheFewestThreadsFromWhichTheWinnerAlwaysLeads) {
  const auto comparison = compared({on("threads", 2, 4), on("processes", 1, 1)});
  ASSERT_TRUE(comparison.winner);
  EXPECT_EQ(comparison.winner->from_threads, 2);  // with one thread both are the same
  EXPECT_EQ(comparison.winner->next, "threads");
}

TEST(ExecutorComparisons, NameAllWhoAreAheadTogether) {
  const auto comparison =
      compared({on("threads", 2, 4), on("interpreters", 1, 1), on("processes", 1, 1)});
  ASSERT_TRUE(comparison.winner);
  EXPECT_THAT(comparison.winner->executors, ElementsAre("interpreters", "processes"));
  EXPECT_EQ(comparison.winner->from_threads, 2);
  EXPECT_EQ(comparison.winner->next, "threads");
  EXPECT_DOUBLE_EQ(comparison.winner->factor.estimate, 4);
}

TEST(ExecutorComparisons, HaveNoWinnerWhereIntervalsMeet) {
  EXPECT_FALSE(compared({on("threads", 1, 1), on("pool", 1, 1)}).winner);
}

TEST(ExecutorComparisons, AllowForAMachineThatBecameSlower) {
  // The second case was measured while everything took twice as long: the control too.
  CaseResult later = on("pool", 1, 1);
  later.points = {steady_point(4, {2, 2, 2, 2})};
  EXPECT_FALSE(compared({on("threads", 1, 1), later}).winner);
}

TEST(ExecutorComparisons, SayNothingWhereOneThatIsBehindLackedCores) {
  CaseResult starved = on("processes", 1, 1);
  starved.points = {steady_point(4, {.parallel_s = 2, .control_parallel_s = 2})};
  const auto comparison = compared({on("threads", 1, 1), starved});
  EXPECT_FALSE(comparison.had_cores);
  EXPECT_FALSE(comparison.winner);
}

TEST(ExecutorComparisons, NameAWinnerThatIsAheadEvenWithTooFewCores) {
  CaseResult starved = on("processes", 1, 1);
  starved.points = {steady_point(4, {.parallel_s = 2, .control_parallel_s = 2})};
  const auto comparison = compared({on("threads", 2, 4), starved});
  EXPECT_TRUE(comparison.had_cores);
  ASSERT_TRUE(comparison.winner);
  EXPECT_THAT(comparison.winner->executors, ElementsAre("processes"));
}

TEST(ExecutorComparisons, OfWorkThatWaitsNeedNoCores) {
  CaseResult waiting = on("processes", 1, 1, 0.01);
  waiting.points[2] = steady_point(4, {.control_parallel_s = 4, .cpu_share = 0.01});
  const auto comparison = compared({on("threads", 2, 4, 0.01), waiting});
  ASSERT_TRUE(comparison.winner);
  EXPECT_THAT(comparison.winner->executors, ElementsAre("processes"));
}

TEST(ExecutorComparisons, TellArgumentsOfTheirOwnApart) {
  CaseResult own = on("threads", 1, 1);
  own.planned.workload.share = Sharing::none;
  const auto comparison = compared({on("threads", 2, 4), own});
  EXPECT_THAT(comparison.winner->executors, ElementsAre("threads, own arguments"));
}

TEST(ExecutorComparisons, NeedTwoThatMeasured) {
  CaseResult unavailable = on("interpreters", 1, 1);
  unavailable.points.clear();
  Report report;
  report.cases = {on("threads", 1, 1), unavailable};
  EXPECT_TRUE(executor_comparisons(report).empty());
}

// ---- one thread ----

/// A case whose call takes `factor` times as long as the machine lets it, which is another time in
/// each block; `every` leaves blocks out.
CaseResult single(const std::string& name, double factor, std::size_t every = 1) {
  CaseResult result;
  result.planned.workload.name = name;
  result.python = PythonInfo{"3.13.1", "default", "python"};
  Point point;
  for (std::size_t block = 0; block < 40; block += every) {
    const double slow = block % 4 < 2 ? 1 : 1.8;
    add_sample(point, {.single_s = factor * slow, .parallel_s = factor * slow});
    point.samples.block.back() = static_cast<double>(block);
  }
  result.points = {point};
  return result;
}

std::vector<SingleThreadCost> costs_of(std::vector<CaseResult> cases) {
  Report report;
  report.cases.assign(cases.begin(), cases.end());
  return single_thread_costs(report);
}

TEST(SingleThreadCosts, AreOfTheSameMomentsThoughCasesSawOthersToo) {
  // Every fourth block is a fast one: by themselves, 1.2 would look like 1.2/1.4 or so.
  const auto costs = costs_of({single("f", 1), single("g", 1.2, 4)});
  ASSERT_EQ(costs.size(), 2U);
  EXPECT_DOUBLE_EQ(costs[0].relative.estimate, 1);
  EXPECT_DOUBLE_EQ(costs[1].relative.estimate, 1.2);
  EXPECT_DOUBLE_EQ(costs[1].relative.low, 1.2);
  EXPECT_DOUBLE_EQ(costs[1].relative.high, 1.2);
}

TEST(SingleThreadCosts, HaveTimesThatAgreeWithTheFactors) {
  for (const auto& costs : {costs_of({single("f", 1.5), single("g", 1), single("h", 3, 4)}),
                            costs_of({single("h", 3, 4), single("f", 1.5), single("g", 1)})})
    for (const SingleThreadCost& cost : costs) {
      const auto fastest = std::find_if(
          costs.begin(), costs.end(), [](const auto& each) { return each.relative.estimate == 1; });
      ASSERT_NE(fastest, costs.end());
      EXPECT_EQ(fastest->label, "g");
      EXPECT_DOUBLE_EQ(cost.call_s, cost.relative.estimate * fastest->call_s);
    }
}

TEST(SingleThreadCosts, TakeARoundOfABlockOnceThoughSeveralThreadCountsHaveIt) {
  CaseResult twice = single("f", 1);
  twice.points.push_back(twice.points.front());
  twice.points.back().threads = 2;
  const auto costs = costs_of({twice, single("g", 2)});
  EXPECT_DOUBLE_EQ(costs[1].relative.estimate, 2);
}

TEST(SingleThreadCosts, AreOfCasesThatRanPython) {
  CaseResult control = single("control", 1);
  control.python.reset();
  EXPECT_TRUE(costs_of({control}).empty());
  EXPECT_EQ(costs_of({control, single("f", 1)}).size(), 1U);
}

// ---- several Pythons ----

CaseResult in_python(CaseResult result, const std::string& interpreter,
                     GilMode gil = GilMode::standard) {
  result.planned.interpreter = interpreter;
  result.planned.several_interpreters = true;
  result.planned.gil = gil;
  return result;
}

TEST(PythonMatrix, HasAColumnForEachPythonAndStateOfItsGil) {
  Report report;
  report.cases = {in_python(on("threads", 1, 1), "3.12"),
                  in_python(on("threads", 2, 4), "3.13t", GilMode::on),
                  in_python(on("threads", 1, 1), "3.13t", GilMode::off),
                  in_python(on("pool", 1, 1), "3.13t", GilMode::off)};
  const PythonMatrix matrix = python_matrix(report);
  EXPECT_THAT(matrix.columns, ElementsAre("3.12", "3.13t, GIL on", "3.13t, GIL off"));
  ASSERT_EQ(matrix.rows.size(), 2U);
  EXPECT_EQ(matrix.rows[0].label, "m:f");
  EXPECT_EQ(matrix.rows[0].threads, 4);
  EXPECT_DOUBLE_EQ(matrix.rows[0].cells[0]->speedup->estimate, 4);
  EXPECT_DOUBLE_EQ(matrix.rows[0].cells[1]->speedup->estimate, 1);
  EXPECT_EQ(matrix.rows[1].label, "m:f (pool)");
  EXPECT_FALSE(matrix.rows[1].cells[0]);
  EXPECT_TRUE(matrix.rows[1].cells[2]);
}

TEST(PythonMatrix, TellsHowMuchLongerACallTakesThanInTheFastestPython) {
  Report report;
  report.cases = {in_python(single("m:f", 3), "3.11"), in_python(single("m:f", 2), "3.12"),
                  in_python(single("m:g", 1), "3.11")};
  const PythonMatrix matrix = python_matrix(report);
  EXPECT_NEAR(matrix.rows[0].cells[0]->single_relative->estimate, 1.5, 1e-9);
  EXPECT_EQ(matrix.rows[0].cells[1]->single_relative->estimate, 1);
  EXPECT_EQ(matrix.rows[1].cells[0]->single_relative->estimate, 1);
}

TEST(PythonMatrix, KeepsTheCellOfACaseThatFailed) {
  CaseResult failed = in_python(on("threads", 1, 1), "3.13");
  failed.points.clear();
  failed.failure = Failure{FailureKind::signal, "crashed", ""};
  Report report;
  report.cases = {in_python(on("threads", 1, 1), "3.12"), failed};
  const PythonMatrix matrix = python_matrix(report);
  EXPECT_EQ(matrix.rows[0].threads, 4);
  ASSERT_TRUE(matrix.rows[0].cells[1]);
  EXPECT_FALSE(matrix.rows[0].cells[1]->speedup);
}

TEST(PythonMatrix, IsEmptyWithOnePython) {
  Report report;
  report.cases = {on("threads", 1, 1)};
  EXPECT_TRUE(python_matrix(report).columns.empty());
}

TEST(ExecutorComparisons, ArePythonsWhereTheExecutorIsTheSame) {
  const auto of_pythons =
      compared({in_python(on("threads", 1, 1), "3.13t"), in_python(on("threads", 2, 4), "3.12")});
  EXPECT_TRUE(of_pythons.of_pythons);
  EXPECT_EQ(of_pythons.entries[0].executor, "3.13t");
  ASSERT_TRUE(of_pythons.winner);
  EXPECT_THAT(of_pythons.winner->executors, ElementsAre("3.13t"));
  const auto mixed =
      compared({in_python(on("threads", 1, 1), "3.13t"), in_python(on("pool", 2, 4), "3.12")});
  EXPECT_FALSE(mixed.of_pythons);
  EXPECT_EQ(mixed.entries[1].executor, "pool, 3.12");
}

}  // namespace
}  // namespace gilscale
