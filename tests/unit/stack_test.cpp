#include "gilscale/measure/stack.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "gilscale/judge/cause.hpp"
#include "gilscale/judge/judged_case.hpp"
#include "steady_point.hpp"

namespace gilscale {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// One thread that computes for 10 s.
Account computing() {
  Account account;
  account.rounds = 1;
  account.calls = 10;
  account.makespan_s = account.wall_s = account.cpu_s = 10;
  account.ledger.exact = true;
  return account;
}

/// Two threads that make as many calls each, until 20 s have passed for both.
Account both() {
  Account account = computing();
  account.calls = 20;
  account.makespan_s = 20;
  account.wall_s = 40;
  account.cpu_s = 20;
  return account;
}

WaitTotal& waits(Account& account, WaitKind kind) {
  return account.ledger.waits.at(static_cast<std::size_t>(kind));
}

double sum_of(const Stack& stack) {
  const auto parts = parts_of(stack);
  return std::accumulate(parts.begin(), parts.end(), 0.0);
}

TEST(SpeedupStack, IsWhollyAchievedWithoutAnyLoss) {
  Account parallel = computing();
  parallel.calls = 20;
  parallel.wall_s = parallel.cpu_s = 20;
  const Stack stack = stack_of_rounds(computing(), parallel, 2);
  EXPECT_DOUBLE_EQ(stack.achieved, 2);
  EXPECT_DOUBLE_EQ(sum_of(stack), 2);
  EXPECT_NEAR(stack.other, 0, 1e-12);
}

TEST(SpeedupStack, SharesWaitsOutByKind) {
  Account parallel = both();
  waits(parallel, WaitKind::gil) = {10, 12, 1};
  waits(parallel, WaitKind::mutex) = {10, 5, 1};
  waits(parallel, WaitKind::sleep) = {10, 3, 1};
  const Stack stack = stack_of_rounds(computing(), parallel, 2);
  EXPECT_DOUBLE_EQ(stack.achieved, 1);
  EXPECT_DOUBLE_EQ(stack.gil_wait, 12.0 / 20);
  EXPECT_DOUBLE_EQ(stack.lock_wait, 5.0 / 20);
  EXPECT_DOUBLE_EQ(stack.io_wait, 3.0 / 20);
  EXPECT_NEAR(stack.other, 0, 1e-12);
}

TEST(SpeedupStack, ShowsWhatNobodySaw) {
  Account parallel = both();
  waits(parallel, WaitKind::gil) = {10, 12, 1};
  EXPECT_DOUBLE_EQ(stack_of_rounds(computing(), parallel, 2).other, 8.0 / 20);
}

TEST(SpeedupStack, TakesWhatOneThreadWaitsForGranted) {
  Account single = computing();
  single.cpu_s = 4;
  waits(single, WaitKind::sleep) = {10, 6, 1};
  Account parallel = both();
  parallel.cpu_s = 8;
  waits(parallel, WaitKind::sleep) = {20, 12, 1};
  waits(parallel, WaitKind::lock) = {10, 20, 2};
  const Stack stack = stack_of_rounds(single, parallel, 2);
  EXPECT_DOUBLE_EQ(stack.io_wait, 0);
  EXPECT_DOUBLE_EQ(stack.lock_wait, 1);
}

TEST(SpeedupStack, DoesNotCountAWakeUpTwice) {
  // After a wait, threads were ready to run for 4 s, and on a CPU to fall asleep and to wake up.
  Account parallel = both();
  parallel.runnable_s = 4;
  waits(parallel, WaitKind::gil) = {30, 14, 1};
  waits(parallel, WaitKind::mutex) = {10, 6, 1};
  const Stack stack = stack_of_rounds(computing(), parallel, 2);
  EXPECT_DOUBLE_EQ(stack.no_cpu, 4.0 / 20);
  EXPECT_DOUBLE_EQ(stack.gil_wait, (14 - 3) / 20.0) << "three of four wake-ups";
  EXPECT_DOUBLE_EQ(stack.lock_wait, (6 - 1) / 20.0);
  EXPECT_NEAR(stack.other, 0, 1e-12);
}

TEST(SpeedupStack, TellsSlownessAndImbalance) {
  Account parallel = both();
  parallel.wall_s = parallel.cpu_s = 36;
  const Stack stack = stack_of_rounds(computing(), parallel, 2);
  EXPECT_DOUBLE_EQ(stack.slower_on_cpu, 16.0 / 20);
  EXPECT_DOUBLE_EQ(stack.imbalance, 4.0 / 20);
  EXPECT_NEAR(sum_of(stack), 2, 1e-12);
}

TEST(SpeedupStack, IsTheSameWhereWorkIsSharedOut) {
  Account parallel = both();  // strong scaling: each thread makes half of the calls
  parallel.calls = 10;
  parallel.makespan_s = 10;
  parallel.wall_s = 20;
  parallel.cpu_s = 10;
  waits(parallel, WaitKind::gil) = {10, 10, 1};
  const Stack stack = stack_of_rounds(computing(), parallel, 2);
  EXPECT_DOUBLE_EQ(stack.achieved, 1);
  EXPECT_DOUBLE_EQ(stack.gil_wait, 1);
  EXPECT_NEAR(stack.other, 0, 1e-12);
}

// ---- causes ----

/// A point whose timed rounds have that speedup on two threads.
Point point_of(double speedup, const Account& parallel) {
  Point point = steady_point(2, {.single_s = speedup / 2, .parallel_s = 1}, 20);
  point.ledger_single = computing();
  point.ledger_parallel = parallel;
  return point;
}

MeasuredPoint measured(const Point& point) { return measured_points(std::vector{point}).front(); }

NamedCause cause(const Point& point) {
  const MeasuredPoint seen = measured(point);
  return cause_of(stack_of(seen).value(), seen);
}

TEST(Causes, AreNotLookedForWhereLedgerRoundsAreNotLikeTimedOnes) {
  EXPECT_TRUE(stack_of(measured(point_of(1, both()))));
  EXPECT_FALSE(stack_of(measured(point_of(1.5, both()))));
  Point point = point_of(1, both());
  point.ledger_parallel.reset();
  EXPECT_FALSE(stack_of(measured(point)));
}

TEST(Causes, NameALockAndItsPlace) {
  Account parallel = both();
  waits(parallel, WaitKind::mutex) = {9412, 20, 0.0018};
  Point point = point_of(1, parallel);
  point.waits = {{WaitKind::sleep, "libc.so", {}, {1, 30, 30}},
                 {WaitKind::mutex, "codec.so!Encoder::flush", {}, {9412, 20, 0.0018}}};
  const NamedCause lock = cause(point);
  EXPECT_EQ(lock.cause, Cause::lock);
  EXPECT_EQ(lock.why,
            "1.00 of a thread waits for a mutex in codec.so!Encoder::flush (9412 waits, longest "
            "1.8 ms)");
}

TEST(Causes, NameTheLineOfPython) {
  Account parallel = both();
  waits(parallel, WaitKind::lock) = {7, 20, 3};
  Point point = point_of(1, parallel);
  point.waits = {{WaitKind::lock, "", {"/home/me/contend.py", "work", 12}, {7, 20, 3}}};
  EXPECT_EQ(cause(point).why,
            "1.00 of a thread waits for a lock of Python at contend.py:12 (work) (7 waits, longest "
            "3.00 s)");
}

TEST(Causes, NameTheGil) {
  Account parallel = both();
  waits(parallel, WaitKind::gil) = {7, 20, 3};
  parallel.ledger.gil_holds.add(0.25);
  const NamedCause gil = cause(point_of(1, parallel));
  EXPECT_EQ(gil.cause, Cause::gil);
  EXPECT_EQ(gil.why,
            "1.00 of a thread waits for the GIL, which is held, for up to 250.0 ms in one piece");
}

TEST(Causes, SayHowToGetANameThatIsNotThere) {
  Account parallel = both();
  waits(parallel, WaitKind::mutex) = {2, 20, 10};
  Point point = point_of(1, parallel);
  point.waits = {{WaitKind::mutex, "codec.so+0x1a2b", {}, {2, 20, 10}}};
  EXPECT_THAT(cause(point).why, HasSubstr("codec.so+0x1a2b (2 waits, longest 10.00 s; build it"));
}

TEST(Causes, OfAHeldGilNameTheLongestHold) {
  Account parallel = both();
  parallel.ledger.gil_holds.add(0.25);
  parallel.ledger.longest_hold_at = {"/a/b.py", "f", 3};
  EXPECT_EQ(longest_hold_of(point_of(1, parallel)),
            ", for up to 250.0 ms in one piece, at b.py:3 (f)");
  Point point = point_of(1, parallel);
  point.longest_hold_site = "codec.so!run";
  EXPECT_EQ(longest_hold_of(point),
            ", for up to 250.0 ms in one piece, at b.py:3 (f) in codec.so!run");
  EXPECT_EQ(longest_hold_of(steady_point(2, {}, 20)), "");
}

TEST(Causes, AreUnknownWhereNothingWasSeen) {
  const NamedCause unknown = cause(point_of(1, both()));
  EXPECT_EQ(unknown.cause, Cause::unknown);
  EXPECT_THAT(unknown.why, HasSubstr("was not seen"));
}

TEST(Causes, AreInferredWhereCallsAreSlowerOnACpu) {
  Account parallel = both();
  parallel.cpu_s = 40;
  const NamedCause slower = cause(point_of(1, parallel));
  EXPECT_EQ(slower.cause, Cause::unknown);
  EXPECT_THAT(slower.why, StartsWith("calls take 2.00 times the CPU time"));
  EXPECT_THAT(slower.why, HasSubstr("(inferred)"));
}

TEST(Causes, ClearOrSuspectMemoryByATriad) {
  Account parallel = both();
  parallel.cpu_s = 40;
  Point point = point_of(1, parallel);
  point.ledger_samples.triad_slowdown = {1.1};
  EXPECT_THAT(cause(point).why,
              HasSubstr(": caches or objects that threads share, since threads that only read and "
                        "write memory take 1.10 times as long (inferred)"));
  point.ledger_samples.triad_slowdown = {1.9};
  EXPECT_THAT(cause(point).why, HasSubstr(": memory, caches or objects that threads share, since "
                                          "threads that only read and write memory take 1.90"));
}

TEST(Causes, TellWhatTheHardwareCounted) {
  Account parallel = both();
  parallel.cpu_s = 40;
  Point point = point_of(1, parallel);
  point.ledger_single->ledger.hardware = HardwareCounts{1000, 2100, 50};
  EXPECT_THAT(cause(point).why, testing::Not(HasSubstr("instructions"))) << "of one thread alone";
  point.ledger_parallel->ledger.hardware = HardwareCounts{7000, 4200, 2000};
  EXPECT_THAT(
      cause(point).why,
      HasSubstr("; 0.60 instructions in a cycle in place of 2.10, and 100 cache misses in a "
                "call in place of 5"));
}

/// Calls that take twice the CPU time in two threads, and so many times in two processes.
NamedCause cause_beside_processes(std::vector<double> slowdowns) {
  Account parallel = both();
  parallel.cpu_s = 40;
  Point point = point_of(1, parallel);
  point.ledger_samples.process_slowdown = std::move(slowdowns);
  return cause(point);
}

TEST(Causes, SayWhereCallsHaveManyPageFaults) {
  Account parallel = both();
  parallel.cpu_s = 40;
  parallel.calls = 1000;
  for (const std::int64_t faults : {7'000'000, 9'000'000}) {
    parallel.page_faults = faults;
    Point point = point_of(1, parallel);
    point.ledger_single->calls = 500;
    const bool are_many = faults > 8'000'000;
    EXPECT_EQ(cause(point).why.ends_with("; a call has 9000 page faults, at which threads of a "
                                         "process wait for one another: it may help to use memory "
                                         "again"),
              are_many)
        << cause(point).why;
  }
}

TEST(Causes, NameTheLockBesideCallsThatAreSlower) {
  // A lock that spins before threads wait.
  Account parallel = both();
  parallel.cpu_s = 36;
  waits(parallel, WaitKind::lock) = {7, 4, 3};
  Point point = point_of(1, parallel);
  point.waits = {{WaitKind::lock, "", {"/home/me/contend.py", "work", 12}, {7, 4, 3}}};
  EXPECT_THAT(cause(point).why,
              testing::AllOf(StartsWith("calls take 1.80 times the CPU time"),
                             HasSubstr("; 0.20 of a thread waits for a lock of Python at "
                                       "contend.py:12 (work)")));
}

TEST(Causes, TellWhatThreadsShareFromWhatTheMachineDoes) {
  const NamedCause sharing = cause_beside_processes({1.05, 1.3, 0.9});
  EXPECT_EQ(sharing.cause, Cause::sharing);
  EXPECT_THAT(sharing.why, StartsWith("calls take 2.00 times the CPU time that they take on one "
                                      "thread, and 1.05 times in 2 processes: threads write"));
  EXPECT_THAT(sharing.why, HasSubstr("(inferred)"));
  const NamedCause memory = cause_beside_processes({1.8, 2.1, 1.9});
  EXPECT_EQ(memory.cause, Cause::memory);
  EXPECT_THAT(memory.why, HasSubstr("and 1.90 times in 2 processes: the machine"));
  const NamedCause both = cause_beside_processes({1.5});
  EXPECT_EQ(both.cause, Cause::unknown);
  EXPECT_THAT(both.why, HasSubstr("in part"));
}

TEST(SpeedupStack, IsSlowerOnCpuWhereThatIsTheLargestPart) {
  Stack stack{.achieved = 1, .gil_wait = 0.4, .slower_on_cpu = 0.5, .other = 0.1};
  EXPECT_TRUE(is_slower_on_cpu(stack));
  stack.gil_wait = 0.6;
  EXPECT_FALSE(is_slower_on_cpu(stack));
  EXPECT_FALSE(is_slower_on_cpu({.achieved = 1.92, .slower_on_cpu = 0.08})) << "4 %";
}

TEST(Causes, StandInTheVerdict) {
  Account parallel = both();
  waits(parallel, WaitKind::mutex) = {5, 20, 1};
  CaseResult result;
  result.gil.after_run = false;
  result.points = {point_of(1, parallel)};
  const Judgement judgement = JudgedCase(result).judgement;
  EXPECT_EQ(judgement.verdict, Verdict::partial);
  EXPECT_EQ(judgement.cause, Cause::lock);
  EXPECT_THAT(judgement.why, HasSubstr("; 1.00 of a thread waits for locks"));
}

TEST(Causes, StandInTheVerdictBesideThreadsOfTheWorkloadsOwn) {
  Account parallel = both();
  waits(parallel, WaitKind::mutex) = {5, 20, 1};
  CaseResult result;
  result.gil.after_run = false;
  result.points = {point_of(1, parallel)};
  result.points.front().control_other_cpus = 0.8;
  const Judgement judgement = JudgedCase(result).judgement;
  EXPECT_EQ(judgement.cause, Cause::lock);
  EXPECT_THAT(judgement.why, testing::AllOf(HasSubstr(
                                 "; 1.00 of a thread waits for locks; threads of its own keep "
                                 "0.8 CPUs busy")));
}

TEST(Causes, AreNoneWhereItScales) {
  CaseResult result;
  result.points = {steady_point(2, {}, 20)};
  EXPECT_EQ(JudgedCase(result).judgement.cause, std::nullopt);
}

}  // namespace
}  // namespace gilscale
