#include "gilscale/machine/memory.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <filesystem>

namespace gilscale {
namespace {

/// As Linux 6 writes it.
constexpr const char* recorded =
    "55d0c8a00000-7ffd1f9fe000 ---p 00000000 00:00 0                          [rollup]\n"
    "Rss:               11296 kB\n"
    "Pss:                7541 kB\n"
    "Pss_Dirty:          4712 kB\n"
    "Pss_Anon:           4712 kB\n"
    "Pss_File:           2829 kB\n"
    "Pss_Shmem:             0 kB\n"
    "Shared_Clean:       5844 kB\n"
    "Private_Dirty:      4712 kB\n"
    "Swap:                  0 kB\n";

TEST(ProportionalSetSize, IsReadFromWhatTheSystemWrites) {
  EXPECT_EQ(proportional_set_size(recorded), 7541 * 1024);
}

TEST(ProportionalSetSize, IsNotKnownWhereTheSystemWritesSomethingElse) {
  EXPECT_EQ(proportional_set_size(""), std::nullopt);
  EXPECT_EQ(proportional_set_size("Rss:  11296 kB\nPss_Dirty:  4712 kB\n"), std::nullopt);
  EXPECT_EQ(proportional_set_size("Rss:  11296 kB\nPss:"), std::nullopt);
  EXPECT_EQ(proportional_set_size("Rss:  11296 kB\nPss:   a lot\n"), std::nullopt);
}

TEST(Memory, OfProcessesIsTheirSum) {
  if (!std::filesystem::exists("/proc/self/smaps_rollup"))
    GTEST_SKIP() << "the system does not tell";
  const std::array processes{getpid(), getpid()};
  const auto one = memory_of(std::span(processes).first(1));
  const auto two = memory_of(processes);
  ASSERT_TRUE(one && two);
  EXPECT_GT(*one, 0);
  EXPECT_GT(*two, *one);
}

TEST(Memory, OfAProcessThatIsGoneIsNotKnown) {
  EXPECT_EQ(memory_of(std::array<pid_t, 1>{-1}), std::nullopt);
}

TEST(Memory, OfNoProcessIsNothing) { EXPECT_EQ(memory_of({}), 0); }

}  // namespace
}  // namespace gilscale
