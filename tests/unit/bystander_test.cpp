#include "gilscale/measure/bystander.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace gilscale {
namespace {

using namespace std::chrono_literals;

/// A GIL that is a mutex.
std::mutex gil;
std::atomic<int> wishes{0};
int states = 0;

PythonAccess access_to_gil() {
  states = 0;
  return {.make_state = [] { return static_cast<void*>(&++states); },
          .attach =
              [](void*) {
                ++wishes;
                gil.lock();
              },
          .detach = [] { gil.unlock(); },
          .delete_state = [](void*) { --states; }};
}

constexpr auto held_for = 100ms;

/// For so long after somebody wants it.
void hold_gil() {
  const int before = wishes;
  const std::lock_guard held(gil);
  while (wishes == before) std::this_thread::sleep_for(100us);
  std::this_thread::sleep_for(held_for);
}

TEST(ABystander, WaitsForAsLongAsTheGilIsHeld) {
  const auto waits = waits_of_bystander(access_to_gil(), hold_gil);
  ASSERT_TRUE(waits);
  EXPECT_EQ(states, 0);
  EXPECT_GE(waits->longest_s(), 0.05);
}

TEST(ABystander, WaitsWithEachEventThatComesMeanwhile) {
  const auto waits = waits_of_bystander(access_to_gil(), hold_gil);
  ASSERT_TRUE(waits);
  // Of a wait that lasts w, the events that come in it wait for w, w - 1 ms, w - 2 ms, ...
  const double longest_s = waits->longest_s();
  EXPECT_NEAR(waits->quantile(0.5) / longest_s, 0.5, 0.2);
  EXPECT_GE(static_cast<double>(waits->count()), longest_s / 1e-3 - 2);
}

TEST(ABystander, DoesNotWaitForAGilThatIsFree) {
  const auto waits =
      waits_of_bystander(access_to_gil(), [] { std::this_thread::sleep_for(200ms); });
  ASSERT_TRUE(waits);
  EXPECT_GT(waits->count(), 0U);
  EXPECT_LT(waits->quantile(0.5), 1e-3);
}

TEST(ABystander, IsNobodyWithoutAState) {
  PythonAccess access = access_to_gil();
  access.make_state = [] { return static_cast<void*>(nullptr); };
  bool ran = false;
  EXPECT_FALSE(waits_of_bystander(access, [&] { ran = true; }));
  EXPECT_TRUE(ran);
}

TEST(ABystander, EndsWithWorkThatFails) {
  EXPECT_THROW(
      waits_of_bystander(access_to_gil(), [] { throw std::runtime_error("a call failed"); }),
      std::runtime_error);
  EXPECT_EQ(states, 0);
}

}  // namespace
}  // namespace gilscale
