#include "gilscale/ledger/ledger.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>

#include "python/python_place.hpp"
#include "python_test.hpp"

namespace gilscale {
namespace {

using testing::AllOf;
using testing::Ge;
using testing::Le;

/// The GIL as the ledger sees it: of whatever calls, in one thread.
class GilOf : public PythonTest {
 protected:
  void SetUp() override {
    if (!gil_enabled()) GTEST_SKIP() << "there is no GIL to hold";
    if (!ledger_is_available()) GTEST_SKIP() << "a sanitizer stands in for the same functions";
  }

  LedgerRound round(const std::string& source, std::int64_t calls = 1) {
    Running running(own(source, "work"), executor_kind("threads"));
    running.prepare(1);
    running.round(1, calls);  // warms up
    const py::gil_scoped_release detached;
    return keep_books(*running.executor(), 1, calls);
  }
  double demand(const std::string& source, std::int64_t calls = 1) {
    return round(source, calls).gil_demand.value();
  }
};

TEST_F(GilOf, CallsInsideLibpythonIsSeen) {
  const LedgerRound slept = round("import time\ndef work(): time.sleep(0.02)\n");
  EXPECT_TRUE(slept.ledger.exact);
  EXPECT_LE(slept.gil_demand, 0.1);
  EXPECT_GE(slept.ledger.of(WaitKind::sleep).total_s, 0.019);
  EXPECT_LE(demand("import hashlib\n"
                   "data = bytes(20_000_000)\n"
                   "def work(): hashlib.sha256(data).digest()\n"),
            0.1);
  EXPECT_LE(demand("import zlib\n"
                   "data = bytes(20_000_000)\n"
                   "def work(): zlib.crc32(data)\n"),
            0.1);
}

TEST_F(GilOf, ALongHoldHasItsPlace) {
  const LedgerRound known = round(
      "import time\n"
      "def work():\n"
      "    sum(range(200_000))\n"
      "    time.sleep(0.001)\n",
      5);
  WaitTotal holds;
  for (const WaitSite& site : known.ledger.hold_sites) {
    EXPECT_EQ(site.kind, WaitKind::gil);
    EXPECT_FALSE(site.frames.empty());
    holds.add(site.waits);
  }
  EXPECT_GE(holds.count, 5);
  EXPECT_LE(holds.total_s, known.ledger.gil_held_s);
  EXPECT_GE(holds.total_s, 0.8 * known.ledger.gil_held_s);
}

TEST_F(GilOf, CallbacksIsSeen) {
  // qsort detaches, and each comparison attaches by PyGILState_Ensure.
  EXPECT_GE(demand("import ctypes\n"
                   "libc = ctypes.CDLL(None)\n"
                   "@ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)\n"
                   "def compare(a, b): return sum(range(3000)) * 0\n"
                   "numbers = (ctypes.c_int * 300)()\n"
                   "def work(): libc.qsort(numbers, len(numbers), 4, compare)\n"),
            0.8);
}

TEST_F(GilOf, ThreadsOfTheWorkloadsOwnIsSeen) {
  // On a machine that is busy it takes a while until the other thread runs: then nobody holds it.
  double most = 0;
  for (int look = 0; look < 20 && most < 0.8; ++look)
    most = std::max(most, demand("import threading\n"
                                 "def busy(): sum(range(2_000_000))\n"
                                 "def work():\n"
                                 "    thread = threading.Thread(target=busy)\n"
                                 "    thread.start()\n"
                                 "    thread.join()\n"));
  EXPECT_GE(most, 0.8);
}

TEST_F(GilOf, ComputingIsHeldAllTheTime) {
  const LedgerRound computed = round("def work(): sum(range(1_000_000))\n");
  EXPECT_GE(computed.gil_demand, 0.95);
  EXPECT_GE(computed.ledger.gil_holds.count(), 1U);
  EXPECT_LE(computed.ledger.gil_held_s, computed.times.makespan_s * 1.005);
}

TEST_F(GilOf, HoldsAreCounted) {
  const LedgerRound slept = round(
      "import time\ndef work():\n"
      "    for i in range(200): time.sleep(0)\n");
  EXPECT_THAT(slept.ledger.gil_holds.count(), AllOf(Ge(200U), Le(204U)));
}

TEST_F(GilOf, ThreadsThatTakeTurnsIsWaitedFor) {
  Running running(own("def work(): sum(range(1_000_000))\n", "work"), executor_kind("threads"));
  running.prepare(2);
  running.round(2, 4);
  const py::gil_scoped_release detached;
  const LedgerRound round = keep_books(*running.executor(), 2, 4);
  EXPECT_GE(round.ledger.gil_held_s / round.times.makespan_s, 0.9);
  EXPECT_LE(round.ledger.gil_held_s / round.times.makespan_s, 1.005);
  // One of the two waits at any time, until the other has finished.
  EXPECT_GE(round.ledger.of(WaitKind::gil).total_s, 0.4 * round.times.makespan_s);
  EXPECT_LE(round.ledger.of(WaitKind::gil).total_s, 1.1 * round.times.makespan_s);
}

/// Where threads wait: two threads want what one of them has.
class WaitsOf : public PythonTest {
 protected:
  void SetUp() override {
    if (!ledger_is_available()) GTEST_SKIP() << "a sanitizer stands in for the same functions";
    static constexpr PythonPlaces places{PlacesOfThread::where, PlacesOfThread::name};
    set_python_places(&places);
  }

  Ledger ledger(const std::string& source, int threads = 2) {
    Running running(own(source, "work"), executor_kind("threads"));
    running.prepare(threads);
    running.round(threads, 1);  // the first call comes another way
    const py::gil_scoped_release detached;
    return keep_books(*running.executor(), threads, 3).ledger;
  }
  static const WaitSite& site_of(const Ledger& ledger, WaitKind kind) {
    const auto found = std::find_if(ledger.sites.begin(), ledger.sites.end(),
                                    [&](const WaitSite& site) { return site.kind == kind; });
    if (found == ledger.sites.end()) throw std::runtime_error("no such wait was seen");
    return *found;
  }
};

TEST_F(WaitsOf, LocksHaveTheirLine) {
  const Ledger seen = ledger(
      "import threading, time\n"
      "lock = threading.Lock()\n"
      "def inner():\n"
      "    with lock:\n"
      "        time.sleep(0.01)\n"
      "def work():\n"
      "    inner()\n");
  const WaitSite& site = site_of(seen, WaitKind::lock);
  EXPECT_THAT(site.python.file, testing::HasSubstr(module_));
  EXPECT_EQ(site.python.function, "inner");
  EXPECT_EQ(site.python.line, 4);
  EXPECT_GE(site.frames.size(), 2U);
  EXPECT_GE(site.waits.total_s, 0.03);
  EXPECT_GE(seen.of(WaitKind::sleep).count, 6);
  EXPECT_EQ(site_of(seen, WaitKind::sleep).python.line, 5);
}

TEST_F(WaitsOf, EachLineIsASiteOfItsOwn) {
  const Ledger seen = ledger(
      "import time\n"
      "def work():\n"
      "    time.sleep(0.001)\n"
      "    time.sleep(0.002)\n",
      1);
  std::vector<int> lines;
  for (const WaitSite& site : seen.sites)
    if (site.kind == WaitKind::sleep) lines.push_back(site.python.line);
  EXPECT_THAT(lines, testing::ElementsAre(4, 3)) << "the longer one first";
}

TEST_F(WaitsOf, MorePlacesThanABookHasRoomForAreToldInOne) {
  std::string source = "import time\ndef work():\n";
  for (int line = 0; line < 100; ++line) source += "    time.sleep(0)\n";
  const Ledger seen = ledger(source, 1);
  std::int64_t told = 0;
  for (const WaitSite& site : seen.sites)
    if (site.kind == WaitKind::sleep) told += site.waits.count;
  EXPECT_GT(seen.sites.size(), 20U);
  EXPECT_EQ(seen.of(WaitKind::sleep).count, 300) << "in three calls";
  EXPECT_EQ(told, 300);
  EXPECT_TRUE(std::any_of(seen.sites.begin(), seen.sites.end(), [](const WaitSite& site) {
    return site.frames.empty() && site.python == PythonPlace();
  }));
}

TEST_F(WaitsOf, FunctionsInCHaveNoLine) {
  Running running(calibration("release", "(5000,)"), executor_kind("threads"));
  running.prepare(1);
  const py::gil_scoped_release detached;
  const Ledger seen = keep_books(*running.executor(), 1, 2).ledger;
  EXPECT_EQ(site_of(seen, WaitKind::sleep).python, PythonPlace());
}

TEST_F(WaitsOf, TheLongestHoldHasItsLine) {
  if (!gil_enabled()) GTEST_SKIP() << "there is no GIL to hold";
  const Ledger seen = ledger(
      "import time\n"
      "from gilscale_calibration import hold\n"
      "def work():\n"
      "    time.sleep(0)\n"
      "    hold(30000)\n"
      "    time.sleep(0)\n",
      1);
  EXPECT_GE(seen.gil_holds.longest_s(), 0.03);
  EXPECT_EQ(seen.longest_hold_at.line, 6) << "it ends where the thread gives the GIL up";
  EXPECT_FALSE(seen.longest_hold_frames.empty());
}

}  // namespace
}  // namespace gilscale
