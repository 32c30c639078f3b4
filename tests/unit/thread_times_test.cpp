#include "gilscale/machine/thread_times.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace gilscale {
namespace {

TEST(ThreadCpuTime, GrowsWhileTheThreadComputes) {
  const double before = thread_cpu_s();
  while (thread_cpu_s() < before + 1e-3) {
  }
  EXPECT_GE(thread_cpu_s(), before + 1e-3);
}

TEST(ThreadCpuTime, StandsStillWhileTheThreadSleeps) {
  const double before = thread_cpu_s();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_LT(thread_cpu_s() - before, 0.020);
}

TEST(ThreadCpuTime, IsTheThreadsOwn) {
  const double before = thread_cpu_s();
  std::thread([] {
    while (thread_cpu_s() < 0.02) {
    }
  }).join();
  EXPECT_LT(thread_cpu_s() - before, 0.02);
}

TEST(ThreadRunnableTime, NeverFalls) {
  double before = thread_runnable_s();
  EXPECT_GE(before, 0);
  for (int i = 0; i < 100; ++i) {
    std::this_thread::yield();
    const double now = thread_runnable_s();
    EXPECT_GE(now, before);
    before = now;
  }
}

TEST(ThreadRunnableTime, OfAThreadThatHasTheCpuToItselfOrSleepsIsLessThanItsLife) {
  std::thread([] {
    const auto began = std::chrono::steady_clock::now();
    const double before = thread_runnable_s();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    const std::chrono::duration<double> life = std::chrono::steady_clock::now() - began;
    EXPECT_LE(thread_runnable_s() - before, life.count());
  }).join();
}

}  // namespace
}  // namespace gilscale
