#include "gilscale/measure/triad.hpp"

#include <gtest/gtest.h>

#include "gilscale/ledger/ledger.hpp"

namespace gilscale {
namespace {

constexpr std::int64_t mb = std::int64_t{1} << 20;

TEST(Triad, OfOneThreadIsComparedWithItself) {
  const auto slowdown = triad_slowdown(1, 4 * mb);
  ASSERT_TRUE(slowdown);
  EXPECT_GT(*slowdown, 0);
}

TEST(Triad, TellsNothingWhereThereIsNoMemory) {
  if (!ledger_is_available()) GTEST_SKIP() << "a sanitizer ends a program that asks for so much";
  EXPECT_FALSE(triad_slowdown(2, std::size_t{1} << 62));
}

TEST(TriadArrays, AreFourTimesTheLastCache) {
  EXPECT_EQ(triad_bytes(2, 8 * mb, 64'000 * mb), 32 * mb);
  EXPECT_EQ(triad_bytes(2, 0, 64'000 * mb), 128 * mb) << "not known";
}

TEST(TriadArrays, LeaveMemoryToOthers) {
  EXPECT_EQ(triad_bytes(2, 512 * mb, 64'000 * mb), 256 * mb) << "never more";
  EXPECT_EQ(triad_bytes(4, 32 * mb, 960 * mb), 20 * mb) << "a quarter for twelve arrays";
  EXPECT_FALSE(triad_bytes(64, 32 * mb, 960 * mb));
}

}  // namespace
}  // namespace gilscale
