#include "gilscale/judge/what_if.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "steady_point.hpp"

namespace gilscale {
namespace {

using testing::IsEmpty;

/// Calls of 1 s on one thread, and as many on `threads`, which take `round_s` for ten calls each.
MeasuredPoint measured(int threads, double round_s, const std::vector<NamedWait>& waits,
                       const std::vector<NamedWait>& hold_sites, const Ledger& single_ledger) {
  Point point = steady_point(
      threads,
      {.single_s = 10, .parallel_s = round_s, .control_single_s = 1, .control_parallel_s = 1}, 20);
  point.calls = 10;
  Account single;
  single.rounds = 1;
  single.calls = 10;
  single.makespan_s = single.wall_s = single.cpu_s = 10;
  single.ledger = single_ledger;
  Account parallel = single;
  parallel.calls = 10 * threads;
  parallel.makespan_s = round_s;
  parallel.wall_s = threads * round_s;
  point.ledger_single = single;
  point.ledger_parallel = parallel;
  point.waits = waits;
  point.hold_sites = hold_sites;
  return measured_points(std::vector{point}).front();
}

/// A mutex that is held once in each call, for so long.
NamedWait mutex_held(double hold_s) {
  return {WaitKind::mutex, "codec.so!flush", {}, {30, 20, 1}, {10, 10 * hold_s, hold_s}};
}

/// The GIL is held twice in each call: for 0.6 s up to a place that is known, and for 0.1 s.
Ledger gil_held() {
  Ledger ledger;
  ledger.exact = true;
  ledger.gil_held_s = 7;
  ledger.gil_holds.add(0.6, 10);
  ledger.gil_holds.add(0.1, 10);
  return ledger;
}
NamedWait long_hold() { return {WaitKind::gil, "codec.so!run", {"/a/b.py", "f", 3}, {10, 6, 0.6}}; }

TEST(WhatIf, ALockThatIsAlwaysHeldWereTwo) {
  // Four threads, of which one at a time goes on: 40 s for all.
  const auto what_ifs = what_ifs_of(measured(4, 40, {mutex_held(1)}, {}, {}));
  ASSERT_EQ(what_ifs.size(), 1U);
  EXPECT_EQ(what_ifs.front().remedy, Remedy::split_lock);
  EXPECT_NEAR(what_ifs.front().foretold, 1, 0.01);
  // Four threads at two locks, drawn at random: with exponential times, 4/5 of them are held
  // (M·N/(M + N - 1) of M locks; Buzen, CACM 16, 1973); with equal ones, more. A round is short.
  EXPECT_NEAR(what_ifs.front().speedup_low, 1.5, 0.15);
  EXPECT_NEAR(what_ifs.front().speedup_high, 1.7, 0.15);
  EXPECT_THAT(sentence_of(what_ifs.front(), 4),
              testing::MatchesRegex(
                  "with two in place of the mutex in codec.so!flush, 4 threads "
                  "would do 1\\.[0-9]+ to 1\\.[0-9]+ times the work of one \\(by a simulation "
                  "that gives 1\\.00 for the 1\\.00 measured now\\)"));
}

TEST(WhatIf, TheGilWereReleasedWhereItIsHeldLongest) {
  // Held for 0.7 s of each second: 1/0.7 with four threads.
  const auto what_ifs = what_ifs_of(measured(4, 4 * 7, {}, {long_hold()}, gil_held()));
  ASSERT_EQ(what_ifs.size(), 1U);
  EXPECT_EQ(what_ifs.front().remedy, Remedy::release_gil);
  EXPECT_NEAR(what_ifs.front().foretold, 10.0 / 7, 0.05);
  // Then it is held for 0.1 of a call.
  EXPECT_NEAR(what_ifs.front().speedup_high, 4, 0.15);
  EXPECT_NEAR(what_ifs.front().speedup_low, 3.2, 0.2) << "random times end unevenly, too";
  EXPECT_THAT(sentence_of(what_ifs.front(), 4),
              testing::StartsWith("without the hold of the GIL that ends at b.py:3 (f) in "
                                  "codec.so!run, 4 threads would do "));
}

TEST(WhatIf, SaysNothingWhereTheSimulationIsWrong) {
  // The lock alone would let four threads do 1.0 times the work of one, and they do 1.3 times.
  EXPECT_THAT(what_ifs_of(measured(4, 40 / 1.3, {mutex_held(1)}, {}, {})), IsEmpty());
  // It is free for nine tenths of the time; something else stands in the way.
  EXPECT_THAT(what_ifs_of(measured(4, 40, {mutex_held(0.1)}, {}, {})), IsEmpty());
  EXPECT_THAT(what_ifs_of(measured(4, 40, {}, {long_hold()}, gil_held())), IsEmpty());
}

TEST(WhatIf, SaysNothingWhereSomethingElseStandsInTheWay) {
  // The lock and the GIL are held all the time, both.
  Ledger held = gil_held();
  held.gil_held_s = 9.9;
  NamedWait all = long_hold();
  all.waits = {10, 9.8, 1};
  EXPECT_THAT(what_ifs_of(measured(4, 40, {mutex_held(1)}, {all}, held)), IsEmpty());
}

TEST(WhatIf, SaysNothingOfWhatIsNotKnown) {
  NamedWait without_holds = mutex_held(1);
  without_holds.holds = {};
  EXPECT_THAT(what_ifs_of(measured(4, 40, {without_holds}, {}, {})), IsEmpty());
  EXPECT_THAT(what_ifs_of(measured(4, 40, {}, {}, {})), IsEmpty());
  Ledger guessed = gil_held();
  guessed.exact = false;
  EXPECT_THAT(what_ifs_of(measured(4, 28, {}, {long_hold()}, guessed)), IsEmpty());
}

TEST(WhatIf, SaysNothingOfAPlaceThatIsNotKnown) {
  NamedWait nowhere = long_hold();
  nowhere.site = "";
  EXPECT_THAT(what_ifs_of(measured(4, 28, {}, {nowhere}, gil_held())), testing::SizeIs(1));
  nowhere.python = {};
  EXPECT_THAT(what_ifs_of(measured(4, 28, {}, {nowhere}, gil_held())), IsEmpty());
}

TEST(WhatIf, SaysNothingWhereLittleWouldBeGained) {
  NamedWait short_hold = long_hold();
  short_hold.waits = {10, 0.1, 0.01};
  EXPECT_THAT(what_ifs_of(measured(4, 28, {}, {short_hold}, gil_held())), IsEmpty());
}

TEST(WhatIf, ForetellsNoMoreThanTheMachineAllows) {
  MeasuredPoint point = measured(4, 28, {}, {long_hold()}, gil_held());
  point.figures.achievable = 2;
  const auto what_ifs = what_ifs_of(point);
  ASSERT_EQ(what_ifs.size(), 1U);
  EXPECT_DOUBLE_EQ(what_ifs.front().speedup_low, 2);
  EXPECT_DOUBLE_EQ(what_ifs.front().speedup_high, 2);
}

}  // namespace
}  // namespace gilscale
