#include "gilscale/model/codec.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "steady_point.hpp"

namespace gilscale {
namespace {

using nlohmann::json;

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Through JSON and its text and back.
template <typename T>
T there_and_back(const T& value) {
  return json::parse(json(value).dump()).get<T>();
}

TEST(JsonOfAnEstimate, HasTheKeysOfTheResultsFile) {
  EXPECT_EQ(json(Estimate{2, 1.5, 2.5}), (json{{"estimate", 2.0}, {"low", 1.5}, {"high", 2.5}}));
}

TEST(JsonOfAnEstimate, ComesBackAsItWas) {
  const Estimate estimate{1.0 / 3, 0.1, 1e300};
  EXPECT_EQ(there_and_back(estimate), estimate);
}

TEST(JsonOfAnEstimate, HasNullForInfiniteEnds) {
  const Estimate estimate{2, -infinity, infinity};
  EXPECT_TRUE(json(estimate).at("low").is_null());
  EXPECT_TRUE(json(estimate).at("high").is_null());
  EXPECT_EQ(there_and_back(estimate), estimate);
}

TEST(JsonOfAnEstimate, HasNullForAnEstimateThatIsNoNumber) {
  const Estimate estimate = there_and_back(Estimate{std::nan(""), 0, 1});
  EXPECT_TRUE(std::isnan(estimate.estimate));
}

TEST(JsonOfAStopRule, ComesBackAsItWas) {
  StopRule rule{1.5, 0.01, std::nullopt, 0.25};
  EXPECT_EQ(there_and_back(rule), rule);
  rule.exactly = 12;
  EXPECT_EQ(there_and_back(rule), rule);
}

TEST(JsonOfACase, ComesBackAsItWas) {
  Case planned;
  planned.workload = {"name",      "module",      "file.py", "a.b",  "(1, '\"µs\\')",
                      "{'k': 1}",  true,          "x = 1",   "x\ny", {{"n", "[1, 2]"}},
                      {"/folder"}, Sharing::none, "30"};
  planned.python = "/venv/bin/python";
  planned.executor = "pool";
  planned.threads = {1, 2, 1024};
  planned.calls = 123456789012;
  planned.stop = {3, 0.05, 7, 0.5};
  planned.repetitions = 4;
  const Case back = there_and_back(planned);
  EXPECT_EQ(back.workload, planned.workload);
  EXPECT_EQ(back.python, planned.python);
  EXPECT_EQ(back.executor, planned.executor);
  EXPECT_EQ(back.threads, planned.threads);
  EXPECT_EQ(back.calls, planned.calls);
  EXPECT_EQ(back.stop, planned.stop);
  EXPECT_EQ(back.repetitions, planned.repetitions);
}

TEST(JsonOfACase, HasNullForCallsThatAreToBeFound) {
  EXPECT_TRUE(json(Case{}).at("calls").is_null());
  EXPECT_EQ(there_and_back(Case{}).calls, std::nullopt);
}

TEST(JsonOfACase, IsOneLine) {
  Case planned;
  planned.workload.args = "('a\\nb',\n)";
  EXPECT_EQ(json(planned).dump().find('\n'), std::string::npos);
  EXPECT_EQ(there_and_back(planned).workload.args, planned.workload.args);
}

TEST(JsonOfAPoint, ComesBackAsItWas) {
  Point point = steady_point(4, {1.0 / 3, 0.1, 0.2, 0.7, 0.5}, 3);
  add_sample(point, {2, 3, 4, 5, 0.25, 0.125});
  point.samples.handover_s.back() = 1e-6;
  point.calls = 100;
  point.control_calls = 200;
  point.oversubscribed = true;
  point.setup_s = 0.125;
  point.start_s = 0.25;
  point.memory_bytes = 123456789012;
  point.gil_demand = 0.75;
  point.gil_demands = {0.5, 0.75, 1};
  point.gil_demand_is = Seen::exact;
  Account& account = point.ledger_parallel.emplace();
  account.rounds = 2;
  account.calls = 8;
  account.makespan_s = 3;
  account.wall_s = 6;
  point.ledger_parallel->ledger.exact = true;
  point.ledger_parallel->ledger.gil_held_s = 2.5;
  point.ledger_parallel->ledger.gil_holds.add(0.25);
  point.ledger_parallel->ledger.waits[0] = {3, 0.5, 0.25};
  point.ledger_parallel->ledger.longest_hold_at = {"a.py", "f", 7};
  point.ledger_samples.gil_wait = {0.5, 0.25};
  point.waits = {{WaitKind::mutex, "a.so!f", {"a.py", "f", 7}, {3, 0.5, 0.25}},
                 {WaitKind::sleep, "", {}, {1, 1, 1}}};
  point.waits.front().holds = {5, 0.5, 0.125};
  point.hold_sites = {{WaitKind::gil, "a.so!g", {"a.py", "f", 8}, {4, 0.5, 0.25}}};
  point.allocator = {"/lib/b.so", {1.5, 1.25, 1.75}};
  point.ledger_parallel->ledger.hardware = {100, 200, 3};
  point.stopped = StopReason::precision;
  const Point back = there_and_back(point);
  EXPECT_EQ(json(back), json(point));
  EXPECT_EQ(back.threads, 4);
  EXPECT_EQ(back.calls, 100);
  EXPECT_EQ(back.control_calls, 200);
  EXPECT_TRUE(back.oversubscribed);
  EXPECT_EQ(back.setup_s, 0.125);
  EXPECT_EQ(back.start_s, 0.25);
  EXPECT_EQ(back.memory_bytes, 123456789012);
  EXPECT_EQ(back.gil_demand, 0.75);
  EXPECT_EQ(back.stopped, StopReason::precision);
  EXPECT_EQ(back.samples.single_s, point.samples.single_s);
  EXPECT_EQ(back.samples.parallel_s, point.samples.parallel_s);
  EXPECT_EQ(back.samples.control_single_s, point.samples.control_single_s);
  EXPECT_EQ(back.samples.control_parallel_s, point.samples.control_parallel_s);
  EXPECT_EQ(back.samples.single_cpu_s, point.samples.single_cpu_s);
  EXPECT_EQ(back.samples.single_runnable_s, point.samples.single_runnable_s);
  EXPECT_EQ(back.samples.parallel_cpu_s, point.samples.parallel_cpu_s);
  EXPECT_EQ(back.samples.handover_s, point.samples.handover_s);
  EXPECT_EQ(back.gil_demands, point.gil_demands);
  EXPECT_EQ(back.gil_demand_is, Seen::exact);
  EXPECT_FALSE(back.ledger_single);
  ASSERT_TRUE(back.ledger_parallel);
  EXPECT_EQ(json(*back.ledger_parallel), json(*point.ledger_parallel));
  EXPECT_EQ(back.ledger_parallel->ledger.gil_holds.count(), 1U);
  EXPECT_EQ(back.ledger_parallel->ledger.longest_hold_at.line, 7);
  EXPECT_EQ(back.ledger_parallel->ledger.of(WaitKind::gil).count, 3);
  EXPECT_EQ(back.ledger_samples.gil_wait, point.ledger_samples.gil_wait);
  EXPECT_EQ(json(back.waits), json(point.waits));
  EXPECT_EQ(back.waits.at(0).kind, WaitKind::mutex);
  EXPECT_EQ(back.waits.at(1).python, PythonPlace());
}

TEST(JsonOfAPoint, HasNullForAGilDemandThatIsNotKnown) {
  EXPECT_TRUE(json(Point{}).at("gil_demand").is_null());
  EXPECT_EQ(there_and_back(Point{}).gil_demand, std::nullopt);
}

TEST(JsonOfAPoint, HasNullForMemoryThatIsNotKnown) {
  EXPECT_TRUE(json(Point{}).at("memory_bytes").is_null());
  EXPECT_EQ(there_and_back(Point{}).memory_bytes, std::nullopt);
}

TEST(JsonOfTheRest, ComesBackAsItWas) {
  const PythonInfo python = there_and_back(PythonInfo{"3.13.1", "free-threaded", "bin/python"});
  EXPECT_EQ(python.version, "3.13.1");
  EXPECT_EQ(python.build, "free-threaded");
  EXPECT_EQ(python.executable, "bin/python");
  const GilState gil =
      there_and_back(GilState{false, true, false, false, {{"a.b", "/x/b.so", "A 1.2"}}});
  EXPECT_FALSE(gil.at_start);
  EXPECT_TRUE(gil.after_import);
  EXPECT_FALSE(gil.after_run);
  EXPECT_FALSE(gil.shared);
  ASSERT_EQ(gil.modules.size(), 1U);
  EXPECT_EQ(gil.modules.front().name, "a.b");
  EXPECT_EQ(gil.modules.front().file, "/x/b.so");
  EXPECT_EQ(gil.modules.front().distribution, "A 1.2");
  const Failure failure =
      there_and_back(Failure{FailureKind::signal, "it\nbroke", "\ttrace \"quoted\""});
  EXPECT_EQ(failure.kind, FailureKind::signal);
  EXPECT_EQ(failure.message, "it\nbroke");
  EXPECT_EQ(failure.details, "\ttrace \"quoted\"");
}

TEST(Json, OfAnotherShapeIsRefused) {
  EXPECT_THROW(json::parse("{}").get<Case>(), json::exception);
  EXPECT_THROW(json::parse("[]").get<Estimate>(), json::exception);
  EXPECT_THROW(json::parse("3").get<Point>(), json::exception);
  json planned = Case{};
  planned["threads"] = "2";
  EXPECT_THROW(planned.get<Case>(), json::exception);
  planned = Case{};
  planned["calls"] = "auto";
  EXPECT_THROW(planned.get<Case>(), json::exception);
}

}  // namespace
}  // namespace gilscale
