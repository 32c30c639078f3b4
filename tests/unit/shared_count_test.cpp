#include "measure/shared_count.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <new>
#include <thread>
#include <vector>

#include "forked.hpp"
#include "gilscale/measure/shared_memory.hpp"

namespace gilscale {
namespace {

using std::chrono::milliseconds;

TEST(SharedCount, BeginsWithZeroAndCounts) {
  SharedCount count;
  EXPECT_EQ(count.value(), 0);
  count.advance();
  count.advance();
  EXPECT_EQ(count.value(), 2);
  count.set(7);
  EXPECT_EQ(count.value(), 7);
}

TEST(SharedCount, IsNotWaitedForWhenItIsAnotherAlready) {
  SharedCount count;
  count.set(3);
  count.wait_while(2);
  EXPECT_TRUE(count.wait_while(2, std::chrono::hours(1)));
}

TEST(SharedCount, IsWaitedForNoLongerThanTheLimit) {
  SharedCount count;
  const auto began = std::chrono::steady_clock::now();
  EXPECT_FALSE(count.wait_while(0, milliseconds(20)));
  EXPECT_GE(std::chrono::steady_clock::now() - began, milliseconds(20));
}

TEST(SharedCount, WakesAllWhoWait) {
  SharedCount count;
  std::vector<std::thread> waiting;
  for (int i = 0; i < 4; ++i) waiting.emplace_back([&] { count.wait_while(0); });
  std::this_thread::sleep_for(milliseconds(5));
  count.advance();
  for (std::thread& thread : waiting) thread.join();
}

TEST(SharedCount, EndsAWaitBeforeItsLimit) {
  SharedCount count;
  std::thread other([&] {
    std::this_thread::sleep_for(milliseconds(5));
    count.advance();
  });
  EXPECT_TRUE(count.wait_while(0, std::chrono::hours(1)));
  other.join();
}

/// Each waits for the other `turns` times: one lost wake-up, and they hang.
void take_turns(SharedCount& mine, SharedCount& theirs, int turns) {
  for (int turn = 0; turn < turns; ++turn) {
    mine.advance();
    theirs.wait_while(turn);
  }
}

TEST(SharedCount, LosesNoWakeUp) {
  constexpr int turns = 20000;
  SharedCount ping;
  SharedCount pong;
  std::thread other([&] { take_turns(pong, ping, turns); });
  take_turns(ping, pong, turns);
  other.join();
}

TEST(SharedCount, WorksBetweenProcesses) {
  constexpr int turns = 2000;
  const SharedMemory memory = SharedMemory::anonymous(2 * sizeof(SharedCount));
  auto* const counts = new (memory.data()) SharedCount[2];
  const Forked other([&] { take_turns(counts[1], counts[0], turns); });
  take_turns(counts[0], counts[1], turns);
}

}  // namespace
}  // namespace gilscale
