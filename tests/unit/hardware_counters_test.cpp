#include "gilscale/machine/hardware_counters.hpp"

#include <gtest/gtest.h>
#include <linux/perf_event.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>

namespace gilscale {
namespace {

/// What any Linux counts that lets people count at all: page faults, thrice.
constexpr HardwareCounters::Events page_faults{{{PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS},
                                                {PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS},
                                                {PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS}}};

/// Makes at least that many page faults.
void touch_pages(std::size_t pages) {
  const auto size = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  constexpr auto access = PROT_READ | PROT_WRITE;
  void* const memory = mmap(nullptr, pages * size, access, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(memory, MAP_FAILED);
  madvise(memory, pages * size, MADV_NOHUGEPAGE);
  for (std::size_t page = 0; page < pages; ++page)
    static_cast<volatile char*>(memory)[page * size] = 1;
  munmap(memory, pages * size);
}

TEST(HardwareCounters, CountWhatHappensToTheThread) {
  HardwareCounters counters;
  if (!counters.open(page_faults)) GTEST_SKIP() << "not allowed here";
  const auto before = counters.read();
  ASSERT_TRUE(before);
  touch_pages(1000);
  const auto after = counters.read();
  ASSERT_TRUE(after);
  const HardwareCounts counted = after->since(*before).value();
  for (const std::int64_t each : {counted.cycles, counted.instructions, counted.cache_misses}) {
    EXPECT_GE(each, 1000);
    EXPECT_LT(each, 1500);
  }
  counters.close();
  EXPECT_FALSE(counters.read());
}

TEST(HardwareCounters, AreNoneWhereTheSystemHasNoneOfTheKind) {
  HardwareCounters counters;
  constexpr HardwareCounters::Event no_event{PERF_TYPE_SOFTWARE, 1'000'000};
  EXPECT_FALSE(counters.open({page_faults[0], page_faults[1], no_event}));
  EXPECT_FALSE(counters.read());
}

TEST(HardwareReadings, AreScaledByTheTimeForWhichTheyCounted) {
  const HardwareReading before{{100, 200, 10}, 20, 10};
  const HardwareReading after{{150, 300, 10}, 120, 60};
  const HardwareCounts counted = after.since(before).value();
  EXPECT_EQ(counted.cycles, 100) << "50 in half of the time";
  EXPECT_EQ(counted.instructions, 200);
  EXPECT_EQ(counted.cache_misses, 0);
  EXPECT_FALSE(before.since(before)) << "it did not count";
}

TEST(HardwareCounts, AddUp) {
  HardwareCounts sum{1, 2, 3};
  sum.add({10, 20, 30});
  EXPECT_EQ(sum.cycles, 11);
  EXPECT_EQ(sum.instructions, 22);
  EXPECT_EQ(sum.cache_misses, 33);
}

}  // namespace
}  // namespace gilscale
