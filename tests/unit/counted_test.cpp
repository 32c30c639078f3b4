#include "gilscale/text/counted.hpp"

#include <gtest/gtest.h>

#include <cstddef>

namespace gilscale {
namespace {

TEST(Counted, IsPluralExceptForOne) {
  EXPECT_EQ(counted(0, "sample"), "0 samples");
  EXPECT_EQ(counted(1, "thread"), "1 thread");
  EXPECT_EQ(counted(std::size_t{2}, "CPU"), "2 CPUs");
}

}  // namespace
}  // namespace gilscale
