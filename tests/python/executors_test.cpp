#include "python/executors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pybind11/eval.h>

#include <algorithm>
#include <set>

#include "python/interpreter.hpp"
#include "python_test.hpp"

namespace gilscale {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

std::vector<ExecutorEntry> executors_that_run_python() {
  std::vector<ExecutorEntry> entries;
  for (const ExecutorEntry& entry : executor_table())
    if (entry.runs_python) entries.push_back(entry);
  return entries;
}

/// What every executor on Python threads must do.
class PythonExecutors : public testing::WithParamInterface<ExecutorEntry>, public PythonTest {
 protected:
  /// The message with which a round must fail.
  static WorkloadError failure_of_round(Running& running, int threads, std::int64_t calls) {
    return thrown<WorkloadError>([&] { running.round(threads, calls); })
        .value_or(WorkloadError(""));
  }
  [[nodiscard]] std::size_t seen() const { return py::len(global("seen")); }
};

INSTANTIATE_TEST_SUITE_P(Executors, PythonExecutors, testing::ValuesIn(executors_that_run_python()),
                         [](const auto& entry) { return std::string(entry.param.choice.name); });

// ---- calls ----

TEST_P(PythonExecutors, MakeAllCallsOfARound) {
  Running running(own("seen = []\ndef work(x): seen.append(x)", "work", "(5,)"), GetParam());
  EXPECT_EQ(running.prepare(3), 0);
  running.round(3, 7);
  EXPECT_EQ(seen(), 21U);
  running.round(2, 5);
  EXPECT_EQ(seen(), 31U);
  running.round(1, 1);
  EXPECT_EQ(seen(), 32U);
  EXPECT_TRUE(global("seen").equal(py::eval("[5] * 32")));
}

/// Notes the argument of every call.
constexpr const char* holder = R"(
seen, instances = [], []
class Holder:
    def __init__(self, numbers):
        instances.append(numbers)
    def do(self, i):
        seen.append(i)
)";

TEST_P(PythonExecutors, GiveEachThreadOfASharedInstanceItsOwnArgument) {
  Running running(own_shared(holder, "Holder.do"), GetParam());
  running.prepare(4);
  running.round(4, 3);
  EXPECT_TRUE(py::eval("sorted")(global("seen")).equal(py::eval("sorted([0, 1, 2, 3] * 3)")));
  EXPECT_TRUE(global("instances").equal(py::eval("[[30] * 4]")));
}

TEST_P(PythonExecutors, PlayRoundsOfFewerThreadsThanPrepared) {
  Running running(own_shared(holder, "Holder.do"), GetParam());
  running.prepare(4);
  for (const int threads : {2, 1, 4, 3}) {
    global("seen").attr("clear")();
    running.round(threads, 2);
    EXPECT_TRUE(py::eval("sorted")(global("seen"))
                    .equal(py::eval("lambda n: sorted(list(range(n)) * 2)")(threads)));
  }
}

TEST_P(PythonExecutors, GrowBetweenRounds) {
  Running running(own_shared(holder, "Holder.do"), GetParam());
  running.prepare(2);
  running.round(2, 1);
  running.prepare(5);
  running.round(5, 1);
  EXPECT_TRUE(py::eval("sorted")(global("seen")).equal(py::eval("[0, 0, 1, 1, 2, 3, 4]")));
  EXPECT_TRUE(global("instances").equal(py::eval("[[30] * 2, [30] * 5]")));
}

TEST_P(PythonExecutors, MayBePreparedForFewerThreadsAgain) {
  Running running(own_shared(holder, "Holder.do"), GetParam());
  running.prepare(4);
  running.round(4, 1);
  running.prepare(2);
  running.round(2, 1);
  EXPECT_TRUE(py::eval("sorted")(global("seen")).equal(py::eval("[0, 0, 1, 1, 2, 3]")));
}

TEST_P(PythonExecutors, CallOnAsManyPythonThreadsAsTheRoundHas) {
  Running running(own("import threading\nseen = []\n"
                      "def work(): seen.append(threading.current_thread())",
                      "work"),
                  GetParam());
  running.prepare(4);
  running.round(4, 2);
  EXPECT_EQ(py::len(py::set(global("seen"))), 4U);
  EXPECT_FALSE(
      py::set(global("seen")).contains(py::module_::import("threading").attr("main_thread")()));
}

TEST_P(PythonExecutors, KeepTheirThreads) {
  Running running(own("import threading\nseen = []\n"
                      "def work(): seen.append(threading.get_ident())",
                      "work"),
                  GetParam());
  running.prepare(3);
  for (int i = 0; i < 20; ++i) running.round(3, 1);
  EXPECT_EQ(py::len(py::set(global("seen"))), 3U);
}

TEST_P(PythonExecutors, PlayManyShortRounds) {
  Running running(calibration("empty", "()"), GetParam());
  running.prepare(4);
  for (int i = 0; i < 400; ++i) EXPECT_GE(running.round(1 + i % 4, 3).makespan_s, 0);
}

TEST_P(PythonExecutors, LeaveNoThreadBehind) {
  const auto threads = [] {
    return py::module_::import("threading").attr("active_count")().cast<int>();
  };
  const int before = threads();
  {
    Running running(calibration("empty", "()"), GetParam());
    running.prepare(4);
    running.round(4, 1);
    EXPECT_EQ(threads(), before + 4);
  }
  EXPECT_EQ(threads(), before);
}

TEST_P(PythonExecutors, EndWithoutHavingPlayed) {
  {
    const Running unprepared(calibration("empty", "()"), GetParam());
  }
  Running running(calibration("empty", "()"), GetParam());
  running.prepare(3);
}

TEST_P(PythonExecutors, MayBeDestroyedDetached) {
  Running running(own("def work(): raise ValueError", "work"), GetParam());
  running.prepare(3);
  failure_of_round(running, 3, 1);  // exceptions of other threads than the first are still kept
  const py::gil_scoped_release detached;
  running.executor().reset();
}

// ---- times: of work that waits, so they are the same on any machine. Noise only ever adds to a
// makespan: a floor always holds, a ceiling is tried several times. ----

double best_makespan(Running& running, int threads, double good_enough_s) {
  running.prepare(threads);
  double best = running.round(threads, 1).makespan_s;
  for (int i = 0; i < 20 && best >= good_enough_s; ++i)
    best = std::min(best, running.round(threads, 1).makespan_s);
  return best;
}

TEST_P(PythonExecutors, LetThreadsThatReleaseTheGilRunTogether) {
  Running running(calibration("release", "(20000,)"), GetParam());
  const double best = best_makespan(running, 4, 0.040);
  EXPECT_GE(best, 0.020);
  EXPECT_LT(best, 0.040) << "one after the other would take 0.080";
}

TEST_P(PythonExecutors, LetThreadsThatHoldTheGilTakeTurns) {
  if (!gil_enabled()) GTEST_SKIP() << "there is no GIL to hold";
  Running running(calibration("hold", "(20000,)"), GetParam());
  const double best = best_makespan(running, 4, 0.120);
  EXPECT_GE(best, 0.080);
  EXPECT_LT(best, 0.120);
}

TEST_P(PythonExecutors, LetThreadsTakeTurnsForThePartThatHoldsTheGil) {
  if (!gil_enabled()) GTEST_SKIP() << "there is no GIL to hold";
  // 4 times 10 ms one after the other, then the last one waits 40 ms more.
  Running running(calibration("hold_release", "(10000, 40000)"), GetParam());
  const double best = best_makespan(running, 4, 0.120);
  EXPECT_GE(best, 0.080);
  EXPECT_LT(best, 0.120) << "one after the other would take 0.200";
}

TEST_P(PythonExecutors, MeasureUpToTheSlowestThread) {
  Running running(own_shared("import time\n"
                             "class Holder:\n"
                             "    def __init__(self, numbers): pass\n"
                             "    def do(self, i):\n"
                             "        if i == 1: time.sleep(0.02)\n",
                             "Holder.do"),
                  GetParam());
  running.prepare(3);
  EXPECT_GE(running.round(3, 2).makespan_s, 0.040);
}

TEST_P(PythonExecutors, CountTheCpuTimeOfComputingAndNotOfWaiting) {
  Running waiting(calibration("release", "(20000,)"), GetParam());
  waiting.prepare(2);
  const RoundTimes waited = waiting.round(2, 1);
  EXPECT_GE(waited.cpu_s, 0);
  EXPECT_LT(waited.cpu_s, 0.020);
  EXPECT_GE(waited.handover_s, 0);
  Running computing(own("import time\n"
                        "def work():\n"
                        "    end = time.thread_time() + 0.005\n"
                        "    while time.thread_time() < end: pass",
                        "work"),
                    GetParam());
  computing.prepare(2);
  EXPECT_GE(computing.round(2, 1).cpu_s, 0.010);
}

TEST_P(PythonExecutors, TellTheTimeThatASharedInstanceTookToBuild) {
  Running running(own_shared("import time\n"
                             "class Holder:\n"
                             "    def __init__(self, numbers): time.sleep(0.01 * len(numbers))\n"
                             "    def do(self, i): pass\n",
                             "Holder.do"),
                  GetParam());
  EXPECT_GE(running.prepare(2), 0.02);
  EXPECT_GE(running.prepare(3), 0.03);
}

// ---- GIL demand ----

/// The demand of one call, which noise disturbs both ways: tried until it is in the range.
double demand_within(Running& running, double low, double high) {
  running.prepare(1);
  double demand = running.gil_demand(1).value();
  for (int i = 0; i < 20 && !(low <= demand && demand <= high); ++i)
    demand = running.gil_demand(1).value();
  return demand;
}

TEST_P(PythonExecutors, KnowTheShareOfACallThatHoldsTheGil) {
  if (!gil_enabled()) GTEST_SKIP() << "there is no GIL to hold";
  struct Row {
    const char* name;
    const char* args;
    double demand;
  };
  for (const Row& row : {Row{"hold", "(20000,)", 1}, Row{"release", "(20000,)", 0},
                         Row{"hold_release", "(10000, 30000)", 0.25}}) {
    Running running(calibration(row.name, row.args), GetParam());
    EXPECT_NEAR(demand_within(running, row.demand - 0.05, row.demand + 0.05), row.demand, 0.05)
        << row.name;
  }
}

TEST_P(PythonExecutors, CountARoundThatMeasuresTheDemandAsARound) {
  if (!gil_enabled()) GTEST_SKIP() << "there is no GIL to hold";
  Running running(own("seen = []\ndef work(): seen.append(1)", "work"), GetParam());
  running.prepare(2);
  const auto demand = running.gil_demand(5);
  ASSERT_TRUE(demand);
  EXPECT_GE(*demand, 0);
  EXPECT_LE(*demand, 1);
  EXPECT_EQ(seen(), 5U);
}

// ---- failures ----

/// Raises in its n-th call on thread 1.
std::string raising_in_call(int n, const std::string& what) {
  return "calls, seen = 0, []\n"
         "class Holder:\n"
         "    def __init__(self, numbers): pass\n"
         "    def do(self, i):\n"
         "        global calls\n"
         "        seen.append(i)\n"
         "        if i != 1: return\n"
         "        calls += 1\n"
         "        if calls == " +
         std::to_string(n) + ": raise " + what + "\n";
}

TEST_P(PythonExecutors, NameTheRoundAndTheThreadOfAnException) {
  Running running(own_shared(raising_in_call(5, "ValueError('fifth')"), "Holder.do"), GetParam());
  running.prepare(3);
  running.round(3, 2);
  running.round(3, 2);
  const WorkloadError error = failure_of_round(running, 3, 2);
  EXPECT_STREQ(
      error.what(),
      "workload 'own.py:Holder.do' raised in round 3 on thread 1: ValueError: fifth; run it "
      "with --threads 1 to debug it");
  EXPECT_EQ(error.code(), ExitCode::workload_failed);
  EXPECT_THAT(error.details(), AllOf(StartsWith("Traceback (most recent call last):\n"),
                                     HasSubstr("in do"), EndsWith("ValueError: fifth\n")));
}

TEST_P(PythonExecutors, LetTheOtherThreadsFinishWhenOneRaises) {
  Running running(own_shared(raising_in_call(1, "ValueError"), "Holder.do"), GetParam());
  running.prepare(3);
  failure_of_round(running, 3, 10);
  EXPECT_EQ(seen(), 21U);  // 10 + 1 + 10
}

TEST_P(PythonExecutors, MakeAnOrdinaryFailureOfEveryKindOfException) {
  for (const char* raised :
       {"SystemExit(3)", "KeyboardInterrupt", "GeneratorExit", "MemoryError"}) {
    Running running(own_shared(raising_in_call(1, raised), "Holder.do"), GetParam());
    running.prepare(2);
    const std::string name = std::string(raised).substr(0, std::string_view(raised).find('('));
    EXPECT_THAT(failure_of_round(running, 2, 1).what(), HasSubstr("on thread 1: " + name))
        << raised;
  }
}

TEST_P(PythonExecutors, SurviveAnExceptionThatCannotBeShown) {
  Running running(own("class E(Exception):\n"
                      "    def __str__(self): raise RuntimeError('in __str__')\n"
                      "def work(): raise E()",
                      "work"),
                  GetParam());
  running.prepare(1);
  EXPECT_THAT(failure_of_round(running, 1, 1).what(), HasSubstr("on thread 0: E; run it"));
}

TEST_P(PythonExecutors, SurviveAnExceptionWhoseTextIsNoUtf8) {
  Running running(own("def work(): raise ValueError('\\udc80')", "work"), GetParam());
  running.prepare(1);
  const WorkloadError error = failure_of_round(running, 1, 1);
  EXPECT_THAT(error.what(), HasSubstr("ValueError"));
  EXPECT_THAT(error.details(), HasSubstr("ValueError"));
}

TEST_P(PythonExecutors, GoOnAfterAFailedRound) {
  Running running(own_shared(raising_in_call(1, "ValueError"), "Holder.do"), GetParam());
  running.prepare(3);
  failure_of_round(running, 3, 1);
  running.round(3, 1);
  EXPECT_EQ(seen(), 6U);
}

TEST_P(PythonExecutors, DoNotTellOfAFailureInALaterRound) {
  // All three raise in the first round; one of them is told of, and none of the others later.
  Running running(own("seen = []\n"
                      "def work():\n"
                      "    seen.append(1)\n"
                      "    if len(seen) <= 3: raise ValueError",
                      "work"),
                  GetParam());
  running.prepare(3);
  EXPECT_THAT(failure_of_round(running, 3, 1).what(), HasSubstr("in round 1"));
  EXPECT_NO_THROW(running.round(3, 1));
}

TEST_P(PythonExecutors, MakeAFailureOfASharedInstanceThatCannotBeBuilt) {
  Running running(own_shared("class Holder:\n"
                             "    def __init__(self, numbers): raise ValueError('too many')\n"
                             "    def do(self, i): pass\n",
                             "Holder.do"),
                  GetParam());
  const auto error = thrown<WorkloadError>([&] { running.prepare(2); });
  ASSERT_TRUE(error);
  EXPECT_THAT(error->what(), HasSubstr("ValueError: too many"));
}

TEST_P(PythonExecutors, MakeAFailureOfAThreadThatCannotBeStarted) {
  Running running(calibration("empty", "()"), GetParam());
  // As Python says it when the system has no more threads to give.
  const py::object thread = py::module_::import("threading").attr("Thread");
  const py::object start = thread.attr("start");
  py::dict names;
  names["real"] = start;
  py::exec(
      "started = []\n"
      "def start(self):\n"
      "    if len(started) == 2: raise RuntimeError(\"can't start new thread\")\n"
      "    started.append(1)\n"
      "    real(self)",
      names);
  thread.attr("start") = names["start"];
  const auto error = thrown<WorkloadError>([&] {
    running.prepare(4);
    running.round(4, 1);
  });
  thread.attr("start") = start;
  ASSERT_TRUE(error);
  EXPECT_THAT(error->what(),
              AllOf(HasSubstr("can't start new thread"), HasSubstr("fewer --threads")));
}

// ---- the table ----

TEST(ExecutorTable, BeginsWithTheDefault) {
  EXPECT_EQ(executor_table().front().choice.name, "threads");
}

TEST(ExecutorTable, HasNamesOfItsOwnAndASummaryForEach) {
  std::set<std::string_view> names;
  for (const ExecutorEntry& entry : executor_table()) {
    EXPECT_TRUE(names.insert(entry.choice.name).second) << entry.choice.name;
    EXPECT_FALSE(entry.choice.summary.empty()) << entry.choice.name;
    EXPECT_EQ(&executor_entry(entry.choice.name), &entry);
  }
  EXPECT_EQ(executor_choices().size(), executor_table().size());
}

TEST(ExecutorTable, RefusesOtherNames) {
  EXPECT_EQ(usage_error([] { executor_entry("fork"); }), "there is no executor 'fork'");
}

TEST(NativeEntry, RunsWithoutPython) {
  const ExecutorEntry& entry = executor_entry("native");
  EXPECT_FALSE(entry.runs_python);
  const auto control = entry.make({Case{}, nullptr, 2});
  control->prepare(2);
  EXPECT_GT(control->round(2, 1000).makespan_s, 0);  // attached: it needs no GIL
  EXPECT_EQ(control->gil_demand(1), std::nullopt);
}

}  // namespace
}  // namespace gilscale
