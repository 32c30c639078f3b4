#include "python/executors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pybind11/embed.h>
#include <pybind11/eval.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <set>
#include <sstream>
#include <utility>

#include "../unit/child_processes.hpp"
#include "../unit/evidence.hpp"
#include "python/interpreter.hpp"
#include "python_test.hpp"

/// It can be loaded once only, as modules are that know nothing of sub-interpreters.
// NOLINTNEXTLINE(performance-unnecessary-value-param): the macro's
PYBIND11_EMBEDDED_MODULE(gilscale_main_only, module) { module.attr("answer") = 42; }

namespace gilscale {
namespace {

using testing::AllOf;
using testing::Each;
using testing::EndsWith;
using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;

constexpr bool has_interpreters = PY_VERSION_HEX >= 0x030C0000;

/// Whether this Python has what an executor of that name needs.
bool is_available(std::string_view executor) {
  if (executor == "interpreters") return has_interpreters;
  const bool is_of_library =
      executor == "interpreter-pool" || executor == "concurrent-interpreters";
  return !is_of_library || PY_VERSION_HEX >= 0x030E0000;
}

/// Whether its tasks are submitted, and taken by any of its threads.
bool is_pool(const ExecutorKind& kind) { return kind.name.ends_with("pool"); }

template <typename Condition>
std::vector<ExecutorKind> executors_that(Condition condition) {
  std::vector<ExecutorKind> kinds;
  for (const ExecutorKind& kind : executor_kinds())
    if (kind.runs_python && condition(kind)) kinds.push_back(kind);
  return kinds;
}

template <typename Condition>
std::vector<ExecutorKind> available_executors_that(Condition condition) {
  return executors_that(
      [&](const ExecutorKind& kind) { return is_available(kind.name) && condition(kind); });
}

/// Prepended to every workload. Calls are seen from outside by what they note in a file, since each
/// thread may have a module, an interpreter or a process of its own.
std::string preamble(const std::string& folder) {
  return "FOLDER = '" + folder + "'\n" + R"(
import os, threading

def note(text):
    file = os.open(FOLDER + "/notes", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(file, f"{text}\n".encode())
    os.close(file)

def notes():
    with open(FOLDER + "/notes") as file:
        return len(file.readlines())

def who():
    return f"{os.getpid()}/{threading.get_native_id()}"

def first(what):
    """Whether nobody was before me."""
    try:
        os.mkdir(FOLDER + "/" + what)
        return True
    except FileExistsError:
        return False

def exists(what):
    return os.path.exists(FOLDER + "/" + what)
)";
}

class ExecutorTest : public testing::WithParamInterface<ExecutorKind>, public PythonTest {
 protected:
  WorkloadSpec noting(const std::string& source, const std::string& attribute = "work",
                      const std::string& args = "()") {
    return own(preamble(folder_.path().string()) + source, attribute, args);
  }
  /// Its bench_it(), for which each thread has a set-up of its own.
  WorkloadSpec noting_with_own_sets(const std::string& source) {
    WorkloadSpec spec = noting(source, "bench_it");
    spec.share = Sharing::none;
    return spec;
  }
  WorkloadSpec noting_shared(const std::string& source) {
    return own_shared(preamble(folder_.path().string()) + source, "Holder.do");
  }

  /// All notes, in the order in which they came.
  [[nodiscard]] std::vector<std::string> notes() const {
    std::istringstream text(text_of(folder_.file("notes")));
    std::vector<std::string> lines;
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    return lines;
  }
  void forget_notes() const { std::filesystem::remove(folder_.file("notes")); }
  [[nodiscard]] std::set<std::string> different_notes() const {
    const std::vector<std::string> all = notes();
    return {all.begin(), all.end()};
  }

  /// The message with which a round must fail.
  static WorkloadError failure_of_round(Running& running, int threads, std::int64_t calls) {
    return thrown<WorkloadError>([&] { running.round(threads, calls); })
        .value_or(WorkloadError(""));
  }
};

std::string name_of(const testing::TestParamInfo<ExecutorKind>& kind) {
  std::string name(kind.param.name);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

/// What every executor that runs Python must do.
class PythonExecutors : public ExecutorTest {};
INSTANTIATE_TEST_SUITE_P(
    Executors, PythonExecutors,
    testing::ValuesIn(available_executors_that([](const auto&) { return true; })), name_of);

/// Those in which the same thread makes the calls of the same number in each round; the tasks of a
/// pool go to whichever of its threads takes them.
class NumberedThreads : public ExecutorTest {};
INSTANTIATE_TEST_SUITE_P(Executors, NumberedThreads,
                         testing::ValuesIn(available_executors_that([](const auto& kind) {
                           return kind.name != "pool";
                         })),
                         name_of);

class Pools : public ExecutorTest {};
INSTANTIATE_TEST_SUITE_P(Executors, Pools, testing::ValuesIn(available_executors_that(is_pool)),
                         name_of);

/// Those whose threads share one interpreter and its GIL.
class OneInterpreter : public ExecutorTest {};
INSTANTIATE_TEST_SUITE_P(Executors, OneInterpreter,
                         testing::ValuesIn(available_executors_that([](const auto& kind) {
                           return kind.shares_gil;
                         })),
                         name_of);

/// Those whose threads Python makes, in this process.
class PythonThreads : public ExecutorTest {};
INSTANTIATE_TEST_SUITE_P(Executors, PythonThreads,
                         testing::ValuesIn(available_executors_that([](const auto& kind) {
                           return kind.name != "native-threads" && kind.name != "processes" &&
                                  kind.name != "interpreters";
                         })),
                         name_of);

/// Those whose threads each have an interpreter of their own.
class OwnInterpreters : public ExecutorTest {};
INSTANTIATE_TEST_SUITE_P(Executors, OwnInterpreters,
                         testing::ValuesIn(available_executors_that([](const auto& kind) {
                           return !kind.shares_gil;
                         })),
                         name_of);

// ---- calls ----

constexpr const char* noting_who = "def work(): note(who())";

TEST_P(PythonExecutors, MakeAllCallsOfARound) {
  Running running(noting("def work(x): note(x)", "work", "(5,)"), GetParam());
  EXPECT_EQ(running.prepare(3), 0);
  running.round(3, 7);
  EXPECT_THAT(notes(), SizeIs(21));
  running.round(2, 5);
  EXPECT_THAT(notes(), SizeIs(31));
  running.round(1, 1);
  EXPECT_THAT(notes(), SizeIs(32));
  EXPECT_THAT(notes(), Each("5"));
}

TEST_P(PythonExecutors, PlayRoundsOfFewerThreadsThanPrepared) {
  Running running(noting(noting_who), GetParam());
  running.prepare(4);
  for (const std::size_t threads : {2U, 1U, 4U, 3U}) {
    forget_notes();
    running.round(static_cast<int>(threads), 2);
    EXPECT_THAT(notes(), SizeIs(2 * threads));
    EXPECT_THAT(different_notes(), SizeIs(threads));
  }
}

TEST_P(PythonExecutors, GrowBetweenRounds) {
  Running running(noting(noting_who), GetParam());
  running.prepare(2);
  running.round(2, 1);
  EXPECT_THAT(different_notes(), SizeIs(2));
  running.prepare(5);
  forget_notes();
  running.round(5, 1);
  EXPECT_THAT(different_notes(), SizeIs(5));
}

TEST_P(PythonExecutors, MayBePreparedForFewerThreadsAgain) {
  Running running(noting(noting_who), GetParam());
  running.prepare(4);
  running.round(4, 1);
  running.prepare(2);
  forget_notes();
  running.round(2, 1);
  EXPECT_THAT(different_notes(), SizeIs(2));
}

TEST_P(PythonExecutors, CallOnThreadsOfTheirOwn) {
  Running running(noting(noting_who), GetParam());
  running.prepare(2);
  running.round(2, 2);
  const std::string me = std::to_string(getpid()) + "/" + std::to_string(getpid());
  EXPECT_FALSE(different_notes().contains(me));
}

TEST_P(PythonExecutors, KeepTheirThreads) {
  Running running(noting(noting_who), GetParam());
  running.prepare(3);
  for (int i = 0; i < 20; ++i) running.round(3, 1);
  EXPECT_THAT(different_notes(), SizeIs(3));
}

TEST_P(PythonExecutors, PlayManyShortRounds) {
  Running running(calibration("empty", "()"), GetParam());
  running.prepare(4);
  for (int i = 0; i < 400; ++i) EXPECT_GE(running.round(1 + i % 4, 3).makespan_s, 0);
}

std::ptrdiff_t threads_here() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return std::distance(begin(tasks), end(tasks));
}

// A pool that starts a thread only when it sees none idle may see wrong (CPython 3.12 and later:
// a worker that finds no task counts itself as idle after the next task has been put for it).
TEST_P(PythonExecutors, StartTheirThreadsBeforeTheFirstRound) {
  if (!std::filesystem::exists("/proc/self/task")) GTEST_SKIP() << "threads are counted in /proc";
  const std::ptrdiff_t before = threads_here();
  Running running(calibration("empty", "()"), GetParam());
  running.prepare(4);
  const auto helpers = static_cast<std::ptrdiff_t>(running.executor()->helper_processes().size());
  EXPECT_EQ(threads_here() - before + helpers, 4);
}

TEST_P(PythonExecutors, LeaveNoThreadOrProcessBehind) {
  if (!std::filesystem::exists("/proc/self/task")) GTEST_SKIP() << "threads are counted in /proc";
  const std::ptrdiff_t before = threads_here();
  std::vector<int> helpers;
  {
    Running running(calibration("empty", "()"), GetParam());
    running.prepare(4);
    running.round(4, 1);
    helpers = running.executor()->helper_processes();
    EXPECT_EQ(threads_here() - before + static_cast<std::ptrdiff_t>(helpers.size()), 4);
  }
  for (const int helper : helpers) EXPECT_TRUE(is_gone(helper));
  for (int i = 0; i < 1000 && threads_here() > before; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  EXPECT_EQ(threads_here(), before);
}

TEST_P(PythonExecutors, EndWithoutHavingPlayed) {
  {
    const Running unprepared(calibration("empty", "()"), GetParam());
  }
  Running running(calibration("empty", "()"), GetParam());
  running.prepare(3);
}

TEST_P(PythonExecutors, MayBeDestroyedDetached) {
  Running running(noting("def work(): raise ValueError"), GetParam());
  running.prepare(3);
  failure_of_round(running, 3, 1);
  const py::gil_scoped_release detached;
  running.executor().reset();
}

// ---- set-up ----

/// Notes whether what the call is given was made by the thread that makes it.
constexpr const char* noting_own = R"(
def setup():
    return who()
def bench_it(maker):
    note(maker == who())
)";

TEST_P(NumberedThreads, LetEachThreadMakeWhatItHasForItself) {
  Running running(noting_with_own_sets(noting_own), GetParam());
  running.prepare(2);
  running.prepare(4);
  running.round(4, 1);
  EXPECT_THAT(notes(), testing::ElementsAre("True", "True", "True", "True"));
}

TEST_P(NumberedThreads, LetThread0MakeWhatAllShare) {
  const char* const of_thread_1 = GetParam().shares_objects ? "False" : "True";
  Running running(noting(noting_own, "bench_it"), GetParam());
  running.prepare(1);
  running.round(1, 1);
  EXPECT_THAT(notes(), testing::ElementsAre("True"));
  running.prepare(2);
  running.round(2, 1);
  EXPECT_THAT(notes(), testing::UnorderedElementsAre("True", "True", of_thread_1));
}

/// Notes whether a set is torn down by the thread that made it.
constexpr const char* noting_teardown = R"(
def setup():
    return who()
def bench_it(maker): pass
def teardown(maker):
    note(maker == who())
)";

TEST_P(NumberedThreads, LetEachThreadTearDownWhatItHasForItself) {
  Running running(noting_with_own_sets(noting_teardown), GetParam());
  running.prepare(3);
  running.round(3, 1);
  running.tear_down();
  EXPECT_THAT(notes(), testing::ElementsAre("True", "True", "True"));
}

TEST_P(NumberedThreads, LetThread0TearDownWhatAllShare) {
  Running running(noting(noting_teardown, "bench_it"), GetParam());
  running.prepare(3);
  running.round(3, 1);
  running.tear_down();
  EXPECT_THAT(notes(), Each("True"));
  EXPECT_THAT(notes(), SizeIs(GetParam().shares_objects ? 1 : 3));
}

TEST_P(OneInterpreter, FailWhereATeardownDoes) {
  Running running(noting_with_own_sets("def setup(): return 1\n"
                                       "def bench_it(one): pass\n"
                                       "def teardown(one): raise OSError('it stays')\n"),
                  GetParam());
  running.prepare(2);
  const auto error = thrown<WorkloadError>([&] { running.tear_down(); });
  ASSERT_TRUE(error);
  EXPECT_THAT(error->what(), HasSubstr("cannot be torn down: OSError: it stays; check its"));
}

TEST_P(OneInterpreter, SetUpOnOneThreadAfterTheOther) {
  Running running(noting_with_own_sets("import time\n"
                                       "running = 0\n"
                                       "def setup():\n"
                                       "    global running\n"
                                       "    running += 1\n"
                                       "    alone = running == 1\n"
                                       "    time.sleep(0.002)\n"
                                       "    running -= 1\n"
                                       "    return alone\n"
                                       "def bench_it(alone): note(alone)\n"),
                  GetParam());
  EXPECT_GE(running.prepare(5), 5 * 0.002);
  running.round(5, 1);
  EXPECT_THAT(notes(), AllOf(SizeIs(5), Each("True")));
}

TEST_P(PythonExecutors, FailWhereASetUpDoes) {
  Running running(
      noting_with_own_sets("def setup():\n"
                           "    if not first('set-up'): raise OSError('no second one')\n"
                           "def bench_it(): pass\n"),
      GetParam());
  const auto error = thrown<WorkloadError>([&] { running.prepare(3); });
  ASSERT_TRUE(error);
  EXPECT_THAT(error->what(), HasSubstr("cannot be set up: OSError: no second one"));
}

// ---- calls of threads in one interpreter ----

/// Notes the argument of every call.
constexpr const char* holder = R"(
instances = []
class Holder:
    def __init__(self, numbers):
        instances.append(numbers)
    def do(self, i):
        note(i)
)";

TEST_P(OneInterpreter, GiveEachThreadOfASharedInstanceItsOwnArgument) {
  Running running(noting_shared(holder), GetParam());
  running.prepare(2);
  running.round(2, 3);
  EXPECT_THAT(notes(), testing::UnorderedElementsAre("0", "0", "0", "1", "1", "1"));
  running.prepare(4);
  forget_notes();
  running.round(4, 1);
  EXPECT_THAT(notes(), testing::UnorderedElementsAre("0", "1", "2", "3"));
  forget_notes();
  running.round(2, 1);
  EXPECT_THAT(notes(), testing::UnorderedElementsAre("0", "1"));
  EXPECT_TRUE(global("instances").equal(py::eval("[[30] * 2, [30] * 4]")));
}

TEST_P(OneInterpreter, CallOnAsManyPythonThreadsAsTheRoundHas) {
  Running running(own("import threading\nseen = []\n"
                      "def work(): seen.append(threading.get_native_id())",
                      "work"),
                  GetParam());
  running.prepare(4);
  running.round(4, 2);
  EXPECT_EQ(py::len(py::set(global("seen"))), 4U);
  EXPECT_FALSE(
      py::set(global("seen")).contains(py::module_::import("threading").attr("get_native_id")()));
}

TEST_P(PythonThreads, LeaveNoneBehind) {
  const auto threads = [] {
    // Python keeps a dummy of each foreign thread that asked for itself.
    return py::eval(
               "sum(type(each).__name__ != '_DummyThread'"
               "    for each in __import__('threading').enumerate())")
        .cast<int>();
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

TEST_P(OwnInterpreters, ImportTheWorkloadOnceForEachThread) {
  Running running(noting("calls = 0\n"
                         "def work():\n"
                         "    global calls\n"
                         "    calls += 1\n"
                         "    note(calls)\n"),
                  GetParam());
  running.prepare(3);
  running.round(3, 2);
  EXPECT_THAT(notes(), testing::UnorderedElementsAre("1", "1", "1", "2", "2", "2"));
}

TEST_P(OwnInterpreters, GiveEachThreadAnInstanceOfItsOwn) {
  Running running(noting_shared("class Holder:\n"
                                "    def __init__(self, numbers): self.numbers = numbers\n"
                                "    def do(self, i): note(f'{self.numbers} {i}')\n"),
                  GetParam());
  running.prepare(3);
  running.round(3, 1);
  EXPECT_THAT(notes(), testing::ElementsAre("[30] 0", "[30] 0", "[30] 0"));
}

// ---- times, of work that waits: a round is compared with what its calls saw themselves ----

/// Notes when each call begins and ends, by the clock that the harness reads too, and its CPU time.
constexpr const char* witness =
    "import sys\n"
    "sys.path.append('" GILSCALE_TEST_WORKLOADS
    "')\n"
    R"(
import time
from gilscale_calibration import hold, release

def seen(call, *args):
    begin, cpu = time.monotonic_ns(), time.thread_time_ns()
    call(*args)
    note(f"{begin} {time.monotonic_ns()} {time.thread_time_ns() - cpu}")

def waits(us): seen(release, us)
def holds(us): seen(hold, us)
def computes(us):
    def until_used():
        end = time.thread_time_ns() + us * 1000
        while time.thread_time_ns() < end: pass
    seen(until_used)
)";

struct Seen {
  double makespan_s = 0;  ///< from the first begin to the last end
  double cpu_s = 0;       ///< of all calls
  double longest_s = 0;   ///< of one call
};

Seen seen_by(const std::vector<std::string>& notes) {
  constexpr double ns = 1e-9;
  std::int64_t first = std::numeric_limits<std::int64_t>::max();
  std::int64_t last = 0;
  Seen seen;
  for (const std::string& note : notes) {
    std::int64_t begin = 0;
    std::int64_t end = 0;
    std::int64_t cpu = 0;
    std::istringstream(note) >> begin >> end >> cpu;
    first = std::min(first, begin);
    last = std::max(last, end);
    seen.cpu_s += static_cast<double>(cpu) * ns;
    seen.longest_s = std::max(seen.longest_s, static_cast<double>(end - begin) * ns);
  }
  seen.makespan_s = static_cast<double>(last - first) * ns;
  return seen;
}

class WitnessedRounds : public ExecutorTest {
 protected:
  /// Plays a round of `threads` threads that call this; what the round and its calls say.
  std::pair<RoundTimes, Seen> played(Running& running, int threads, std::int64_t calls) {
    forget_notes();
    const RoundTimes times = running.round(threads, calls);
    return {times, seen_by(notes())};
  }
  WorkloadSpec witnessing(const std::string& function, const std::string& args) {
    return noting(witness, function, args);
  }
};
/// Those that attach for each call do so unseen by the call; a free-threaded Python takes its time.
INSTANTIATE_TEST_SUITE_P(Executors, WitnessedRounds,
                         testing::ValuesIn(available_executors_that([](const auto& kind) {
                           return kind.name != "native-threads";
                         })),
                         name_of);

TEST_P(WitnessedRounds, LastAsLongAsTheirCallsSaw) {
  for (const char* function : {"waits", "holds"}) {
    Running running(witnessing(function, "(20000,)"), GetParam());
    running.prepare(4);
    for (const int threads : {1, 4})
      EXPECT_TRUE(agree([&] {
        const auto [times, seen] = played(running, threads, 1);
        return Look{times.makespan_s, seen.makespan_s};
      })) << function
          << " on " << threads << " threads";
  }
}

TEST_P(WitnessedRounds, TakeTheCpuTimeThatTheirCallsSaw) {
  Running running(witnessing("computes", "(10000,)"), GetParam());
  running.prepare(2);
  EXPECT_TRUE(agree([&] {
    const auto [times, seen] = played(running, 2, 1);
    return Look{times.cpu_s, seen.cpu_s};
  })) << "the harness's own CPU time counts too, but is small";
}

/// No disturbance can shorten a sleep: threads that took turns would need four of them, every time.
double shortest_makespan(Running& running, int threads, double short_enough_s) {
  running.prepare(threads);
  double shortest = running.round(threads, 1).makespan_s;
  for (int i = 0; i < 20 && shortest >= short_enough_s; ++i)
    shortest = std::min(shortest, running.round(threads, 1).makespan_s);
  return shortest;
}

TEST_P(PythonExecutors, LetThreadsThatReleaseTheGilRunTogether) {
  Running running(calibration("release", "(20000,)"), GetParam());
  EXPECT_LT(shortest_makespan(running, 4, 0.079), 0.079);
}

TEST_P(OwnInterpreters, LetThreadsThatHoldTheirGilRunTogether) {
  Running running(calibration("hold", "(20000,)"), GetParam());
  EXPECT_LT(shortest_makespan(running, 4, 0.079), 0.079);
}

TEST_P(OneInterpreter, LetThreadsThatHoldTheGilTakeTurns) {
  if (!gil_enabled()) GTEST_SKIP() << "there is no GIL to hold";
  Running running(calibration("hold", "(20000,)"), GetParam());
  running.prepare(4);
  for (int i = 0; i < 5; ++i) EXPECT_GE(running.round(4, 1).makespan_s, 0.080);
}

TEST_P(OneInterpreter, LetThreadsTakeTurnsForThePartThatHoldsTheGil) {
  if (!gil_enabled()) GTEST_SKIP() << "there is no GIL to hold";
  // 4 times 10 ms one after the other, then the last one waits 40 ms more; whole calls one after
  // the other would take 200 ms.
  Running running(calibration("hold_release", "(10000, 40000)"), GetParam());
  EXPECT_LT(shortest_makespan(running, 4, 0.199), 0.199);
  for (int i = 0; i < 5; ++i) EXPECT_GE(running.round(4, 1).makespan_s, 0.080);
}

TEST_P(PythonExecutors, MeasureUpToTheSlowestThread) {
  Running running(noting("import time\n"
                         "def work():\n"
                         "    if first('sleeper'): time.sleep(0.02)\n"),
                  GetParam());
  running.prepare(3);
  EXPECT_GE(running.round(3, 2).makespan_s, 0.020);
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

TEST_P(PythonExecutors, TellTheTimeThatAnInstanceTookToBuild) {
  Running running(own_shared("import time\n"
                             "class Holder:\n"
                             "    def __init__(self, numbers): time.sleep(0.01 * len(numbers))\n"
                             "    def do(self, i): pass\n",
                             "Holder.do"),
                  GetParam());
  const bool together = GetParam().shares_gil;
  EXPECT_GE(running.prepare(2), together ? 0.02 : 0.01);
  EXPECT_GE(running.prepare(3), together ? 0.03 : 0.01);
}

// ---- GIL demand ----

TEST_P(OneInterpreter, KnowTheShareOfACallThatHoldsTheGil) {
  if (!gil_enabled()) GTEST_SKIP() << "there is no GIL to hold";
  Running running(noting("import time\n"
                         "from gilscale_calibration import hold, release\n"
                         "def work():\n"
                         "    begin = time.monotonic_ns()\n"
                         "    hold(20000)\n"
                         "    held = time.monotonic_ns()\n"
                         "    release(20000)\n"
                         "    note((held - begin) / (time.monotonic_ns() - begin))\n"),
                  GetParam());
  running.prepare(1);
  EXPECT_TRUE(agree([&] {
    forget_notes();
    const double demand = running.gil_demand(1).value();
    return Look{demand, std::stod(notes().front())};
  }));
}

TEST_P(OneInterpreter, KnowCallsThatHoldTheGilAllTheTimeOrNever) {
  if (!gil_enabled()) GTEST_SKIP() << "there is no GIL to hold";
  Running holding(calibration("hold", "(20000,)"), GetParam());
  holding.prepare(1);
  EXPECT_TRUE(agree([&] { return Look{holding.gil_demand(1).value(), 1}; }));
  Running releasing(calibration("release", "(20000,)"), GetParam());
  releasing.prepare(1);
  EXPECT_TRUE(agree([&] { return Look{1 - releasing.gil_demand(1).value(), 1}; }));
}

TEST_P(OneInterpreter, CountARoundThatMeasuresTheDemandAsARound) {
  if (!gil_enabled()) GTEST_SKIP() << "there is no GIL to hold";
  Running running(noting(noting_who), GetParam());
  running.prepare(2);
  const auto demand = running.gil_demand(5);
  ASSERT_TRUE(demand);
  EXPECT_GE(*demand, 0);
  EXPECT_LE(*demand, 1);
  EXPECT_THAT(notes(), SizeIs(5));
}

TEST_P(OwnInterpreters, KnowNoDemandForAGilThatThreadsShare) {
  Running running(calibration("hold", "(1000,)"), GetParam());
  running.prepare(1);
  EXPECT_EQ(running.gil_demand(1), std::nullopt);
}

// ---- failures ----

TEST_P(PythonExecutors, NameTheRoundAndTheThreadOfAnException) {
  Running running(noting("def work():\n"
                         "    note('')\n"
                         "    if notes() == 5: raise ValueError('fifth')\n"),
                  GetParam());
  running.prepare(3);
  running.round(1, 2);
  running.round(1, 2);
  const WorkloadError error = failure_of_round(running, 1, 2);
  EXPECT_STREQ(error.what(),
               "workload 'own.py:work' raised in round 3 on thread 0: ValueError: fifth; run it "
               "with --threads 1 to debug it");
  EXPECT_EQ(error.code(), ExitCode::workload_failed);
  EXPECT_THAT(error.details(), AllOf(StartsWith("Traceback (most recent call last):\n"),
                                     HasSubstr("in work"), EndsWith("ValueError: fifth\n")));
}

TEST_P(OneInterpreter, NameTheThreadThatRaised) {
  Running running(own_shared("class Holder:\n"
                             "    def __init__(self, numbers): pass\n"
                             "    def do(self, i):\n"
                             "        if i == 1: raise ValueError\n",
                             "Holder.do"),
                  GetParam());
  running.prepare(3);
  EXPECT_THAT(failure_of_round(running, 3, 1).what(), HasSubstr("in round 1 on thread 1: "));
}

TEST_P(OwnInterpreters, NameTheThreadThatRaised) {
  Running running(noting("calls = 0\n"
                         "def work():\n"
                         "    global calls\n"
                         "    calls += 1\n"
                         "    if exists('now') and calls == 1: raise ValueError\n"),
                  GetParam());
  running.prepare(3);
  running.round(1, 1);
  folder_.write("now", "");
  const std::string thread = is_pool(GetParam()) ? "[0-2]" : "1";
  EXPECT_THAT(failure_of_round(running, 3, 1).what(),
              testing::ContainsRegex("in round 2 on thread " + thread + ": "));
}

constexpr const char* only_the_first_call_raises =
    "def work():\n"
    "    note('')\n"
    "    if first('victim'): raise ValueError\n";

TEST_P(PythonExecutors, LetTheOtherThreadsFinishWhenOneRaises) {
  Running running(noting(only_the_first_call_raises), GetParam());
  running.prepare(3);
  failure_of_round(running, 3, 10);
  EXPECT_THAT(notes(), SizeIs(21));  // 10 + 1 + 10
}

// ---- tasks that are submitted ----

TEST_P(PythonExecutors, AreDispatchedToWhereTheyArePools) {
  Running running(noting("def work(): note('')\n"), GetParam());
  running.prepare(3);
  const auto seconds = running.dispatched_s(3, CallShare(4, 1));
  EXPECT_EQ(seconds.has_value(), is_pool(GetParam()));
  EXPECT_THAT(notes(), SizeIs(seconds ? 3 * 4 + 1 : 0));
  if (seconds) {
    EXPECT_GT(*seconds, 0);
    EXPECT_GT(running.dispatched_s(2, 0), 0);
    EXPECT_THAT(notes(), SizeIs(13)) << "tasks that do nothing";
    EXPECT_GT(running.round(3, 1).makespan_s, 0) << "gated rounds go on";
  }
}

TEST_P(Pools, TellWhatADispatchedTaskRaised) {
  Running running(noting(only_the_first_call_raises), GetParam());
  running.prepare(3);
  const auto error = thrown<WorkloadError>([&] { running.dispatched_s(3, 5); });
  ASSERT_TRUE(error);
  EXPECT_THAT(error->what(), HasSubstr("raised in a task of the pool: ValueError"));
  EXPECT_THAT(error->details(), HasSubstr("in work"));
  EXPECT_THAT(notes(), SizeIs(11)) << "the other tasks are over: 5 + 1 + 5";
  running.round(3, 1);
}

TEST_P(PythonExecutors, GoOnAfterAFailedRound) {
  Running running(noting(only_the_first_call_raises), GetParam());
  running.prepare(3);
  failure_of_round(running, 3, 1);
  running.round(3, 1);
  EXPECT_THAT(notes(), SizeIs(6));
}

TEST_P(PythonExecutors, MakeAnOrdinaryFailureOfEveryKindOfException) {
  for (const char* raised :
       {"SystemExit(3)", "KeyboardInterrupt", "GeneratorExit", "MemoryError"}) {
    Running running(noting("def work(): raise " + std::string(raised)), GetParam());
    running.prepare(2);
    const std::string name = std::string(raised).substr(0, std::string_view(raised).find('('));
    EXPECT_THAT(failure_of_round(running, 2, 1).what(), HasSubstr("on thread 0: " + name))
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

TEST_P(PythonExecutors, SurviveExceptionsWithMoreTextThanAPipeHolds) {
  Running running(own("def work(): raise ValueError('x' * 300_000)", "work"), GetParam());
  running.prepare(2);
  EXPECT_THAT(failure_of_round(running, 2, 1).details(), SizeIs(testing::Gt(300000U)));
}

TEST_P(PythonExecutors, DoNotTellOfAFailureInALaterRound) {
  // All three raise in the first round; one of them is told of, and none of the others later.
  Running running(noting("def work():\n"
                         "    if not exists('later'): raise ValueError"),
                  GetParam());
  running.prepare(3);
  EXPECT_THAT(failure_of_round(running, 3, 1).what(), HasSubstr("in round 1 on thread 0"));
  folder_.write("later", "");
  EXPECT_NO_THROW(running.round(3, 1));
}

TEST_P(PythonExecutors, MakeAFailureOfAnInstanceThatCannotBeBuilt) {
  Running running(own_shared("class Holder:\n"
                             "    def __init__(self, numbers): raise ValueError('too many')\n"
                             "    def do(self, i): pass\n",
                             "Holder.do"),
                  GetParam());
  const auto error = thrown<WorkloadError>([&] { running.prepare(2); });
  ASSERT_TRUE(error);
  EXPECT_THAT(error->what(), HasSubstr("ValueError: too many"));
  EXPECT_THAT(error->details(), StartsWith("Traceback"));
}

TEST_P(OwnInterpreters, MakeAFailureOfAnImportThatFailsThere) {
  Running running(noting("if not first('import'): raise OSError('once only')\n"
                         "def work(): pass\n"),
                  GetParam());
  const auto error = thrown<WorkloadError>([&] { running.prepare(2); });
  ASSERT_TRUE(error);
  EXPECT_THAT(error->what(), AllOf(HasSubstr("'own.py:work' cannot be imported"),
                                   HasSubstr("OSError: once only")));
  EXPECT_THAT(error->details(), StartsWith("Traceback"));
}

TEST_P(PythonThreads, MakeAFailureOfAThreadThatCannotBeStarted) {
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

// ---- native threads ----

constexpr const char* noting_what_is_kept = R"(
own = threading.local()
def work():
    note(getattr(own, 'calls', 0))
    own.calls = getattr(own, 'calls', 0) + 1
)";

class NativeThreads : public PythonTest {
 protected:
  /// What `calls` calls of each of `threads` threads noted.
  std::string noted_by(const char* executor, int threads, std::int64_t calls) {
    Running running(own(preamble(folder_.path().string()) + noting_what_is_kept, "work"),
                    executor_kind(executor));
    running.prepare(threads);
    running.round(threads, calls);
    return text_of(folder_.file("notes"));
  }
};

TEST_F(NativeThreads, AttachAnewForEachCall) {
  EXPECT_EQ(noted_by("native-threads", 2, 3), "0\n0\n0\n0\n0\n0\n");
}

TEST_F(NativeThreads, DifferInThatFromPythonsThreads) {
  EXPECT_EQ(noted_by("threads", 1, 3), "0\n1\n2\n");
}

TEST_F(NativeThreads, LeaveNoThreadBehind) {
  if (!std::filesystem::exists("/proc/self/task")) GTEST_SKIP() << "it counts threads in /proc";
  const auto threads = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/task"),
                         std::filesystem::directory_iterator());
  };
  const auto before = threads();
  {
    Running running(calibration("empty", "()"), executor_kind("native-threads"));
    running.prepare(3);
    running.round(3, 1);
    EXPECT_GE(threads(), before + 3);
  }
  // The system may show one that was joined for a moment more.
  EXPECT_TRUE(comes_true([&] { return threads() == before; }));
}

// ---- interpreters ----

/// Those that are interpreters of this process.
class Interpreters : public ExecutorTest {};
INSTANTIATE_TEST_SUITE_P(Executors, Interpreters,
                         testing::ValuesIn(available_executors_that([](const auto& kind) {
                           return !kind.shares_gil && kind.name != "processes";
                         })),
                         name_of);

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Interpreters);

class OldPython : public testing::TestWithParam<ExecutorKind> {};
INSTANTIATE_TEST_SUITE_P(Executors, OldPython,
                         testing::ValuesIn(executors_that([](const auto& kind) {
                           return !is_available(kind.name);
                         })),
                         name_of);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(OldPython);

TEST_P(OldPython, IsToldWhichOneIsNeeded) {
  Loaded workload(calibration("empty", "()"));
  Case planned;
  planned.executor = GetParam().name;
  const auto error = thrown<UnavailableError>([&] { executor_for(planned, &workload, 1); });
  ASSERT_TRUE(error);
  EXPECT_THAT(error->what(), testing::ContainsRegex("this is CPython " PY_VERSION
                                                    ", and .* needs? 3\\.1[24] or newer"));
}

TEST_P(Interpreters, AreNotAvailableForAModuleThatCanBeLoadedOnceOnly) {
  Running running(own("import gilscale_main_only\ndef work(): pass", "work"), GetParam());
  const auto error = thrown<UnavailableError>([&] { running.prepare(1); });
  ASSERT_TRUE(error);
  EXPECT_THAT(error->what(),
              AllOf(HasSubstr("in a sub-interpreter"), HasSubstr("own.py:work"),
                    testing::EndsWith("module gilscale_main_only does not support loading in "
                                      "subinterpreters")));
}

TEST_P(Interpreters, FailForASetUpThatImportsWhatIsNowhere) {
  for (const char* wrong : {"import no_such_module_at_all", "from json import nope"}) {
    Running running(
        own(std::string("def setup(): ") + wrong + "\ndef bench_it(): pass", "bench_it"),
        GetParam());
    EXPECT_TRUE(thrown<WorkloadError>([&] { running.prepare(1); })) << wrong;
  }
}

TEST_P(Interpreters, AreNotAvailableForASetUpThatCanImportOnceOnly) {
  Running running(own("def setup(): import gilscale_main_only\ndef bench_it(): pass", "bench_it"),
                  GetParam());
  const auto error = thrown<UnavailableError>([&] { running.prepare(1); });
  ASSERT_TRUE(error);
  EXPECT_THAT(error->what(), HasSubstr("gilscale_main_only does not support loading"));
}

TEST_P(Interpreters, DoNotWaitForThreadsThatTheWorkloadStarted) {
  // The thread is no daemon, which CPython would wait for at the interpreter's end.
  Running running(own("import os, threading, time\n"
                      "def wait():\n"
                      "    while os.path.exists('" +
                          folder_.path().string() +
                          "'):\n"
                          "        time.sleep(0.01)\n"
                          "threads = []\n"
                          "def work():\n"
                          "    threads.append(threading.Thread(target=wait))\n"
                          "    threads[-1].start()\n",
                      "work"),
                  GetParam());
  running.prepare(2);
  running.round(2, 1);
  running.prepare(3);  // a pool is replaced
  running.round(3, 1);
  running.executor().reset();
}

TEST_P(Interpreters, EndQuietly) {
  testing::internal::CaptureStderr();
  {
    Running running(own("import threading\n"
                        "class Loud:\n"
                        "    def __del__(self): raise ValueError('at the end')\n"
                        "loud = Loud()\n"
                        "def work(): pass\n",
                        "work"),
                    GetParam());
    running.prepare(3);
    running.round(3, 1);
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST_P(Interpreters, WriteOutWhatTheWorkloadPrinted) {
  testing::internal::CaptureStdout();
  {
    Running running(own("def work(): print('printed')", "work"), GetParam());
    running.prepare(1);
    running.round(1, 1);
  }
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "printed\n");
}

// ---- processes ----

class Processes : public PythonTest {
 protected:
  /// A workload that does `what` in its third call in any process.
  WorkloadSpec third_call(const std::string& what) {
    return own(
        "import ctypes, os, signal\n"
        "calls = 0\n"
        "def work():\n"
        "    global calls\n"
        "    calls += 1\n"
        "    if calls == 3: " +
            what + "\n",
        "work");
  }
  /// The message of the round with that call.
  std::string end_of_third_call(const std::string& what) {
    Running running(third_call(what), kind_);
    running.prepare(3);
    running.round(2, 1);
    running.round(2, 1);
    helpers_ = running.executor()->helper_processes();
    const auto error = thrown<WorkloadError>([&] { running.round(3, 1); });
    return error ? error->what() : "";
  }

  const ExecutorKind& kind_ = executor_kind("processes");
  std::vector<int> helpers_;
};

TEST_F(Processes, AreNamedByTheSignalThatEndsOne) {
  EXPECT_THAT(end_of_third_call("ctypes.string_at(0)"),
              AllOf(StartsWith("worker process "), HasSubstr(" was ended by SIGSEGV ("),
                    HasSubstr(") in round 3; ")));
  EXPECT_THAT(helpers_, SizeIs(3));
  for (const int helper : helpers_) EXPECT_TRUE(is_gone(helper));
}

TEST_F(Processes, AreNamedByTheSignalFromOutside) {
  EXPECT_THAT(end_of_third_call("os.kill(os.getpid(), signal.SIGKILL)"), HasSubstr("SIGKILL"));
}

TEST_F(Processes, AreNamedByTheirExitCode) {
  EXPECT_THAT(end_of_third_call("os._exit(3)"), HasSubstr("ended with exit code 3 in round 3; "));
  EXPECT_THAT(end_of_third_call("os._exit(0)"), HasSubstr("ended with exit code 0 in round 3; "));
}

TEST_F(Processes, MayEndBetweenRounds) {
  Running running(third_call("pass"), kind_);
  running.prepare(2);
  running.round(2, 1);
  const int victim = running.executor()->helper_processes().at(1);
  kill(victim, SIGKILL);
  EXPECT_TRUE(is_gone(victim));
  EXPECT_NO_THROW(running.round(1, 1));  // it has no part in this one
  const auto error = thrown<WorkloadError>([&] { running.round(2, 1); });
  ASSERT_TRUE(error);
  EXPECT_THAT(error->what(), AllOf(StartsWith("worker process 1 "), HasSubstr("in round 3")));
}

TEST_F(Processes, MayEndBeforeTheyAreReady) {
  Running running(own("import os\n"
                      "if os.getpid() != " +
                          std::to_string(getpid()) +
                          ": os._exit(7)\n"
                          "def work(): pass\n",
                      "work"),
                  kind_);
  const auto error = thrown<WorkloadError>([&] { running.prepare(2); });
  ASSERT_TRUE(error);
  EXPECT_THAT(error->what(), HasSubstr("worker process 0 ended with exit code 7 before it was"));
}

TEST_F(Processes, StayInOurGroup) {
  Running running(calibration("empty", "()"), kind_);
  running.prepare(2);
  for (const int helper : running.executor()->helper_processes())
    EXPECT_EQ(getpgid(helper), getpgrp());
}

// ---- all kinds ----

TEST(Executors, OfEveryKindCanBeMade) {
  Loaded workload(calibration("empty", "()"));
  for (const ExecutorKind& kind : executor_kinds()) {
    Case planned;
    planned.executor = kind.name;
    try {
      EXPECT_TRUE(executor_for(planned, &workload, 1)) << kind.name;
    } catch (const UnavailableError&) {
      EXPECT_FALSE(is_available(kind.name)) << kind.name;
    }
  }
}

TEST(NativeExecutors, RunWithoutPython) {
  Case planned;
  planned.executor = "native";
  EXPECT_FALSE(executor_kind("native").runs_python);
  const auto control = executor_for(planned, nullptr, 2);
  control->prepare(2);
  EXPECT_GT(control->round(2, 1000).makespan_s, 0);  // attached: it needs no GIL
  EXPECT_FALSE(control->shares_gil());
  EXPECT_FALSE(control->ledger_round(1, 1));
}

}  // namespace
}  // namespace gilscale
