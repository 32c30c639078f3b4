#include "gilscale/machine/placement.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "gilscale/machine/topology.hpp"

#ifdef __linux__
#include <sched.h>

namespace gilscale {
namespace {

int allowed_cpus() {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  EXPECT_EQ(sched_getaffinity(0, sizeof mask, &mask), 0);
  return CPU_COUNT(&mask);
}

/// On a thread of its own, since what is tested sticks to the thread.
void on_a_thread(void (*test)()) { std::thread(test).join(); }

TEST(BoundThread, StaysOnItsCpu) {
  on_a_thread([] {
    for (const int cpu : read_topology().pin_order()) {
      EXPECT_TRUE(bind_this_thread(cpu));
      EXPECT_EQ(allowed_cpus(), 1);
      EXPECT_EQ(sched_getcpu(), cpu);
    }
  });
}

TEST(MovedThread, MayBeMovedAgain) {
  on_a_thread([] {
    const int before = allowed_cpus();
    for (const int cpu : read_topology().pin_order()) {
      EXPECT_TRUE(move_this_thread(cpu));
      EXPECT_EQ(allowed_cpus(), before);
    }
  });
}

TEST(MovedThread, GoesNowhereItMayNotGo) {
  on_a_thread([] {
    const int beyond = CPU_SETSIZE - 1;
    EXPECT_FALSE(move_this_thread(beyond));
    EXPECT_FALSE(bind_this_thread(beyond));
  });
}

}  // namespace
}  // namespace gilscale
#endif
