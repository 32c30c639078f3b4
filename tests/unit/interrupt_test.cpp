#include "gilscale/supervise/interrupt.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

namespace gilscale {
namespace {

// Each in a process of its own: signal handlers belong to the whole process.

bool is_readable(int fd) {
  pollfd waiting{fd, POLLIN, 0};
  return poll(&waiting, 1, 0) == 1;
}

[[noreturn]] void exit_with(bool right) { std::exit(right ? 42 : 1); }

TEST(InterruptDeathTest, IsNotThereWithoutASignal) {
  const auto watch = [] {
    watch_for_interrupts();
    exit_with(!interrupted() && interrupt_fd() >= 0 && !is_readable(interrupt_fd()));
  };
  EXPECT_EXIT(watch(), testing::ExitedWithCode(42), "");
}

TEST(InterruptDeathTest, OnlySetsAFlagAndWakesPoll) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    const auto watch = [=] {
      watch_for_interrupts();
      std::raise(signal);
      exit_with(interrupted() && is_readable(interrupt_fd()));
    };
    EXPECT_EXIT(watch(), testing::ExitedWithCode(42), "") << signal;
  }
}

TEST(InterruptDeathTest, ForTheSecondTimeEndsTheProcess) {
  const auto watch = [] {
    watch_for_interrupts();
    std::raise(SIGINT);
    std::raise(SIGINT);
  };
  EXPECT_EXIT(watch(), testing::KilledBySignal(SIGINT), "");
}

TEST(InterruptDeathTest, IsNotABrokenPipe) {
  const auto watch = [] {
    watch_for_interrupts();
    int ends[2];
    if (pipe(ends) != 0) exit_with(false);
    close(ends[0]);
    const bool failed = write(ends[1], "x", 1) == -1;
    exit_with(failed && !interrupted());
  };
  EXPECT_EXIT(watch(), testing::ExitedWithCode(42), "");
}

}  // namespace
}  // namespace gilscale
