#include "gilscale/measure/team.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <functional>
#include <stdexcept>
#include <thread>
#include <vector>

#include "evidence.hpp"
#include "forked.hpp"

namespace gilscale {
namespace {

using std::chrono::milliseconds;
using testing::Each;
using testing::ElementsAre;

/// A team with a std::thread for each member, which does `work` in every round.
class Threads {
 public:
  using Work = std::function<void(int index, std::int64_t calls)>;

  Threads(int cpus, Work work) : team_(cpus), work_(std::move(work)) {}
  ~Threads() {
    team_.dismiss();
    join();
  }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

  Team* operator->() { return &team_; }

  void grow(int threads) {
    while (team_.size() < threads) {
      const int index = team_.size();
      Team::Member& member = team_.add_member();
      threads_.emplace_back([this, index, &member] { serve(index, member); });
    }
  }
  void join() {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  void serve(int index, Team::Member& me) {
    while (const auto calls = team_.wait_for_round(me)) {
      team_.pass_gate(me);
      work_(index, *calls);
      team_.stop_clocks(me);
      team_.finish();
    }
  }

  Team team_;
  Work work_;
  std::vector<std::thread> threads_;
};

/// How often each member worked. A vector of its own for each, since no round has a member twice.
struct Counts {
  explicit Counts(int members) : of(static_cast<std::size_t>(members)) {}
  void operator()(int index, std::int64_t calls) { of[static_cast<std::size_t>(index)] += calls; }
  std::vector<std::int64_t> of;
};

TEST(Team, LetsEveryMemberOfARoundMakeItsCalls) {
  Counts counts(4);
  Threads team(2, std::ref(counts));
  team.grow(4);
  team->round(4, 10);
  EXPECT_THAT(counts.of, ElementsAre(10, 10, 10, 10));
  team->round(4, 3);
  EXPECT_THAT(counts.of, Each(13));
}

TEST(Team, PlaysARoundWithItsFirstMembersOnly) {
  Counts counts(4);
  Threads team(4, std::ref(counts));
  team.grow(4);
  team->round(2, 1);
  EXPECT_THAT(counts.of, ElementsAre(1, 1, 0, 0));
  team->round(3, 1);
  EXPECT_THAT(counts.of, ElementsAre(2, 2, 1, 0));
}

TEST(Team, GrowsBetweenRounds) {
  Counts counts(5);
  Threads team(2, std::ref(counts));
  team.grow(2);
  team->round(2, 1);
  team.grow(5);
  team->round(5, 1);
  EXPECT_THAT(counts.of, ElementsAre(2, 2, 1, 1, 1));
}

// ---- times ----

double own_cpu_s() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

void compute_for(double cpu_s) {
  const double end = own_cpu_s() + cpu_s;
  while (own_cpu_s() < end) {
  }
}

/// What each of three members saw of a round: the first one waits 10 ms, the second one 30 ms, the
/// third one computes for 5 ms.
class Witnesses {
 public:
  void operator()(int index, std::int64_t) {
    Seen& mine = seen_.at(static_cast<std::size_t>(index));
    mine.cpu_s = -own_cpu_s();
    mine.begin = Clock::now();
    if (index == 2)
      compute_for(0.005);
    else
      std::this_thread::sleep_for(milliseconds(index == 0 ? 10 : 30));
    mine.end = Clock::now();
    mine.cpu_s += own_cpu_s();
  }

  [[nodiscard]] double makespan_s() const { return seconds(last() - begin()); }
  [[nodiscard]] double spread_s() const {
    return seconds(last() - std::min_element(seen_.begin(), seen_.end(), ends_before)->end);
  }
  [[nodiscard]] double wall_s() const {
    double sum = 0;
    for (const Seen& each : seen_) sum += seconds(each.end - begin());
    return sum;
  }
  [[nodiscard]] double cpu_s() const {
    double sum = 0;
    for (const Seen& each : seen_) sum += each.cpu_s;
    return sum;
  }

 private:
  using Clock = std::chrono::steady_clock;
  struct Seen {
    Clock::time_point begin;
    Clock::time_point end;
    double cpu_s = 0;
  };
  static double seconds(Clock::duration time) {
    return std::chrono::duration<double>(time).count();
  }
  static bool ends_before(const Seen& a, const Seen& b) { return a.end < b.end; }
  [[nodiscard]] Clock::time_point begin() const {
    const auto begins_before = [](const Seen& a, const Seen& b) { return a.begin < b.begin; };
    return std::min_element(seen_.begin(), seen_.end(), begins_before)->begin;
  }
  [[nodiscard]] Clock::time_point last() const {
    return std::max_element(seen_.begin(), seen_.end(), ends_before)->end;
  }

  std::array<Seen, 3> seen_;
};

/// How a figure of the rounds of those three compares with what they saw.
testing::AssertionResult as_seen(double RoundTimes::* figure, double (Witnesses::*seen)() const) {
  Witnesses witnesses;
  Threads team(2, std::ref(witnesses));
  team.grow(3);
  return agree([&] {
    const RoundTimes times = team->round(3, 1);
    return Look{times.*figure, (witnesses.*seen)()};
  });
}

TEST(RoundTimes, AreThoseThatTheMembersSaw) {
  EXPECT_TRUE(as_seen(&RoundTimes::makespan_s, &Witnesses::makespan_s));
  EXPECT_TRUE(as_seen(&RoundTimes::spread_s, &Witnesses::spread_s));
  EXPECT_TRUE(as_seen(&RoundTimes::wall_s, &Witnesses::wall_s));
  EXPECT_TRUE(as_seen(&RoundTimes::cpu_s, &Witnesses::cpu_s));
}

/// The sum of eight sleeps, which no disturbance can shorten, is what they would take one after the
/// other.
TEST(RoundTimes, OfMembersThatWaitTogetherAreNotTheirSum) {
  Threads team(4, [](int, std::int64_t) { std::this_thread::sleep_for(milliseconds(20)); });
  team.grow(8);
  double shortest = 1;
  for (int i = 0; i < 20 && shortest >= 0.160; ++i)
    shortest = std::min(shortest, team->round(8, 1).makespan_s);
  EXPECT_LT(shortest, 0.160);
}

TEST(RoundTimes, AddUpTheCpuTimeOfAllMembers) {
  Threads team(2, [](int, std::int64_t) { compute_for(0.005); });
  team.grow(3);
  EXPECT_GE(team->round(3, 1).cpu_s, 0.015);
  EXPECT_GE(team->round(1, 1).cpu_s, 0.005);
}

TEST(RoundTimes, CountALateMemberAsHandover) {
  Team team(2);
  Team::Member& prompt = team.add_member();
  Team::Member& late = team.add_member();
  const auto play = [&](Team::Member& me, milliseconds delay) {
    team.wait_for_round(me);
    std::this_thread::sleep_for(delay);
    team.pass_gate(me);
    team.stop_clocks(me);
    team.finish();
  };
  std::thread first(play, std::ref(prompt), milliseconds(0));
  std::thread second(play, std::ref(late), milliseconds(20));
  const RoundTimes times = team.round(2, 1);
  first.join();
  second.join();
  EXPECT_GE(times.handover_s, 0.020);
  EXPECT_GE(times.makespan_s, 0);
}

TEST(RoundTimes, AreNeverNegative) {
  Threads team(8, [](int, std::int64_t) {});
  team.grow(3);
  for (int i = 0; i < 200; ++i) {
    const RoundTimes times = team->round(1 + i % 3, 1);
    EXPECT_GE(times.makespan_s, 0);
    EXPECT_GE(times.cpu_s, 0);
    EXPECT_GE(times.handover_s, 0);
  }
}

// ---- many rounds ----

/// How many CPUs the team believes in: with 8 its members spin at the gate, with 1 they park.
class ManyRounds : public testing::TestWithParam<int> {};

TEST_P(ManyRounds, NeitherHangNorLoseAMember) {
  constexpr int rounds = 2000;
  Counts counts(8);
  Threads team(GetParam(), std::ref(counts));
  team.grow(8);
  std::vector<std::int64_t> expected(8);
  for (int i = 0; i < rounds; ++i) {
    const int threads = 1 + i % 8;
    team->round(threads, 1);
    for (int member = 0; member < threads; ++member) ++expected[static_cast<std::size_t>(member)];
    ASSERT_EQ(counts.of, expected) << "after round " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Team, ManyRounds, testing::Values(8, 1), [](const auto& cpus) {
  return cpus.param == 8 ? "ThatSpin" : "ThatPark";
});

// ---- members that come late, and the end ----

TEST(Team, WaitsForMembersWhoseThreadsStartDuringTheRound) {
  Team team(2);
  Team::Member& first = team.add_member();
  Team::Member& second = team.add_member();
  std::thread coordinator([&] { EXPECT_GE(team.round(2, 7).makespan_s, 0); });
  std::this_thread::sleep_for(milliseconds(2));
  const auto play = [&](Team::Member& me) {
    EXPECT_EQ(team.wait_for_round(me), 7);
    team.pass_gate(me);
    team.stop_clocks(me);
    team.finish();
  };
  std::thread one(play, std::ref(first));
  std::thread two(play, std::ref(second));
  one.join();
  two.join();
  coordinator.join();
}

TEST(Dismissal, EndsMembersThatNeverPlayed) {
  Threads team(2, [](int, std::int64_t) { FAIL() << "nobody asked for a round"; });
  team.grow(4);
  team->dismiss();
  team.join();
}

TEST(Dismissal, EndsMembersAfterRoundsThatNotAllOfThemPlayed) {
  Threads team(2, [](int, std::int64_t) {});
  team.grow(6);
  team->round(6, 1);
  team->round(2, 1);
  team->dismiss();
  team.join();
}

TEST(Dismissal, IsSeenByAMemberThatStartsAfterwards) {
  Team team(2);
  Team::Member& member = team.add_member();
  team.dismiss();
  EXPECT_EQ(team.wait_for_round(member), std::nullopt);
}

// ---- members in other processes ----

/// What the process of a member does: its index as the calls that it counts.
void play_elsewhere(const Placement& placement, int fd, int index, const SharedMemory& counts) {
  Team team = Team::joined(placement, SharedMemory::mapped(dup(fd), Team::shared_bytes()));
  Team::Member& me = team.member(index);
  auto* const made = reinterpret_cast<std::int64_t*>(counts.data());
  while (const auto calls = team.wait_for_round(me)) {
    team.pass_gate(me);
    made[index] += *calls;
    team.stop_clocks(me);
    team.finish();
  }
}

TEST(MembersInOtherProcesses, PlayLikeThreads) {
  for (const int cpus : {8, 1}) {
    SharedMemory memory = SharedMemory::with_descriptor(Team::shared_bytes());
    const int fd = memory.fd();
    const SharedMemory counts = SharedMemory::anonymous(3 * sizeof(std::int64_t));
    const auto* const made = reinterpret_cast<const std::int64_t*>(counts.data());
    Team team(cpus, std::move(memory));
    for (int i = 0; i < 3; ++i) team.add_member();
    const Forked first([&] { play_elsewhere(cpus, fd, 0, counts); });
    const Forked second([&] { play_elsewhere(cpus, fd, 1, counts); });
    const Forked third([&] { play_elsewhere(cpus, fd, 2, counts); });
    for (int i = 0; i < 300; ++i) {
      const RoundTimes times = team.round(1 + i % 3, share_out(4, 1 + i % 3));
      EXPECT_GE(times.makespan_s, 0);
      EXPECT_GE(times.handover_s, 0);
    }
    EXPECT_EQ(made[0] + made[1] + made[2], 1200);
    EXPECT_EQ(made[0], 800);  // 4 alone, 2 of two, 2 of three
    EXPECT_EQ(made[2], 100);
    team.dismiss();
  }
}

TEST(AWatchedRound, CanBeGivenUp) {
  Team team(2);
  Team::Member& present = team.add_member();
  team.add_member();
  std::thread thread([&] {
    team.wait_for_round(present);
    team.pass_gate(present);
  });
  int looks = 0;
  const auto watch = [&] {
    if (++looks == 2) throw std::runtime_error("nobody comes");
  };
  EXPECT_THROW(team.round(2, 1, watch), std::runtime_error);
  EXPECT_EQ(looks, 2);
  team.pass_gate(team.member(1));
  thread.join();
}

}  // namespace
}  // namespace gilscale
