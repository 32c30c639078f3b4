#include "gilscale/machine/memory.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <filesystem>

#include "temp_folder.hpp"

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

// ---- what is free ----

TEST(FreeMemory, IsWhatTheSystemHasAvailable) {
  const TempFolder root;
  EXPECT_EQ(free_memory_bytes(root.path()), std::nullopt) << "it does not tell";
  root.write("proc/meminfo", "MemTotal:  9000 kB\nMemFree:  100 kB\nMemAvailable:  5000 kB\n");
  EXPECT_EQ(free_memory_bytes(root.path()), 5000 * 1024);
}

TEST(FreeMemory, IsNoMoreThanTheLimitOfAControlGroupLeaves) {
  const TempFolder root;
  root.write("proc/meminfo", "MemAvailable:  5000 kB\n");
  root.write("proc/self/cgroup", "0::/ci/job\n");
  root.write("sys/fs/cgroup/ci/memory.max", "4000000\n");
  root.write("sys/fs/cgroup/ci/memory.current", "3000000\n");
  root.write("sys/fs/cgroup/ci/job/memory.max", "max\n");
  root.write("sys/fs/cgroup/ci/job/memory.current", "3000000\n");
  EXPECT_EQ(free_memory_bytes(root.path()), 1000000) << "an ancestor's limit counts";
  root.write("sys/fs/cgroup/ci/memory.stat", "anon 1\ninactive_file 500000\n");
  EXPECT_EQ(free_memory_bytes(root.path()), 1500000) << "the file cache can be given up";
}

TEST(FreeMemory, IsNoMoreThanTheLimitOfAGroupOfTheFirstVersionLeaves) {
  const TempFolder root;
  root.write("proc/self/cgroup", "5:memory:/ci\n4:cpu,cpuacct:/ci\n");
  root.write("sys/fs/cgroup/memory/ci/memory.limit_in_bytes", "4000000\n");
  root.write("sys/fs/cgroup/memory/ci/memory.usage_in_bytes", "3000000\n");
  root.write("sys/fs/cgroup/memory/ci/memory.stat", "inactive_file 7\ntotal_inactive_file 9\n");
  EXPECT_EQ(free_memory_bytes(root.path()), 1000009);
}

TEST(FreeMemory, OfThisSystemIsSomethingWhereItTells) {
  if (!std::filesystem::exists("/proc/meminfo")) GTEST_SKIP() << "the system does not tell";
  EXPECT_GT(free_memory_bytes().value_or(0), 0);
}

}  // namespace
}  // namespace gilscale
