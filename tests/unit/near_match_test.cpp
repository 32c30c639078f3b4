#include "gilscale/text/near_match.hpp"

#include <gtest/gtest.h>

namespace gilscale {
namespace {

TEST(EditDistance, CountsInsertionsDeletionsAndReplacements) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("fib", "fib"), 0U);
  EXPECT_EQ(edit_distance("", "fib"), 3U);
  EXPECT_EQ(edit_distance("fib", ""), 3U);
  EXPECT_EQ(edit_distance("fib", "fibs"), 1U);
  EXPECT_EQ(edit_distance("fib", "fb"), 1U);
  EXPECT_EQ(edit_distance("fib", "fab"), 1U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);  // Levenshtein's textbook example
}

TEST(EditDistance, IsTheSameBothWays) {
  EXPECT_EQ(edit_distance("cpp_fib", "py_fib"), edit_distance("py_fib", "cpp_fib"));
}

const std::vector<std::string> names{"py_fib", "cpp_fib", "cpp_fib_nogil", "hold"};

TEST(NearMatch, IsTheNameWithTheFewestEdits) {
  EXPECT_EQ(near_match("cpp_fibb", names), "cpp_fib");
  EXPECT_EQ(near_match("cpp_fib_nogl", names), "cpp_fib_nogil");
  EXPECT_EQ(near_match("hlod", names), "hold");
}

TEST(NearMatch, OfAKnownNameIsThatName) { EXPECT_EQ(near_match("hold", names), "hold"); }

TEST(NearMatch, IsEmptyWhenNothingIsNear) {
  EXPECT_EQ(near_match("matrix", names), "");
  EXPECT_EQ(near_match("", names), "");
  EXPECT_EQ(near_match("hold", {}), "");
}

TEST(NearMatch, AllowsALongWordMoreSlipsThanAShortOne) {
  EXPECT_EQ(near_match("cp_fb_nogl", names), "cpp_fib_nogil");  // 3 edits in 10 letters
  EXPECT_EQ(near_match("hx", {"hold"}), "");                    // 3 edits in 2
}

TEST(DidYouMean, NamesTheNearestOrSaysOtherwise) {
  EXPECT_EQ(did_you_mean("speedpu", {"speedup", "capacity"}), ", did you mean 'speedup'?");
  EXPECT_EQ(did_you_mean("beauty", {"speedup", "capacity"}, "; there is none"), "; there is none");
  EXPECT_EQ(did_you_mean("beauty", {}), "");
}

}  // namespace
}  // namespace gilscale
