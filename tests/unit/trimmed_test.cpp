#include "gilscale/text/trimmed.hpp"

#include <gtest/gtest.h>

namespace gilscale {
namespace {

TEST(Trimmed, HasNoWhiteSpaceAtItsEnds) {
  EXPECT_EQ(trimmed(" \t a b\r\n"), "a b");
  EXPECT_EQ(trimmed("a"), "a");
  EXPECT_EQ(trimmed(" \t"), "");
  EXPECT_EQ(trimmed(""), "");
}

TEST(LastLine, IsTheLastThatIsNotBlank) {
  EXPECT_EQ(last_line("a\nb c\r\n\n \n"), "b c");
  EXPECT_EQ(last_line("a"), "a");
  EXPECT_EQ(last_line("\n"), "");
}

}  // namespace
}  // namespace gilscale
