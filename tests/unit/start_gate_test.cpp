#include "measure/start_gate.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace gilscale {
namespace {

/// Whether threads that wait spin first must make no difference but in time.
class Gate : public testing::TestWithParam<bool> {
 protected:
  void arm(int threads) { gate.arm(threads, GetParam()); }

  StartGate gate;
};

TEST_P(Gate, LetsOneThreadPassAtOnce) {
  arm(1);
  gate.pass();
}

TEST_P(Gate, StaysShutUntilTheLastThreadIsHere) {
  arm(4);
  std::atomic<int> passed{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      gate.pass();
      ++passed;
    });
  }
  // Longer than they spin, so they are parked by now or soon will be.
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_EQ(passed, 0);
  gate.pass();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(passed, 3);
}

TEST_P(Gate, OpensWhenTheLastThreadComes) {
  arm(2);
  std::thread first([&] { gate.pass(); });
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
  const auto before = Clock::now();
  gate.pass();
  const auto after = Clock::now();
  EXPECT_GE(gate.opened_at(), before);
  EXPECT_LE(gate.opened_at(), after);
  first.join();
}

TEST_P(Gate, TellsEveryThreadTheSameTimeOfOpening) {
  arm(3);
  std::vector<Clock::time_point> seen(3);
  std::vector<std::thread> threads;
  for (auto& time : seen) {
    threads.emplace_back([&] {
      gate.pass();
      time = gate.opened_at();
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& time : seen) EXPECT_EQ(time, gate.opened_at());
}

TEST_P(Gate, ServesRoundAfterRound) {
  Clock::time_point last{};
  for (int round = 0; round < 50; ++round) {
    arm(2);
    std::thread other([&] { gate.pass(); });
    gate.pass();
    other.join();
    EXPECT_GT(gate.opened_at(), last);
    last = gate.opened_at();
  }
}

INSTANTIATE_TEST_SUITE_P(Waiting, Gate, testing::Values(true, false),
                         [](const auto& spins) { return spins.param ? "ThatSpins" : "ThatParks"; });

}  // namespace
}  // namespace gilscale
