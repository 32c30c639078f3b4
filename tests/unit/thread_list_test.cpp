#include "gilscale/model/thread_list.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "thrown.hpp"

namespace gilscale {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(ThreadList, IsNumbersJoinedByCommas) {
  EXPECT_THAT(parse_thread_list("4"), ElementsAre(4));
  EXPECT_THAT(parse_thread_list("1,2,4"), ElementsAre(1, 2, 4));
}

TEST(ThreadList, MayHaveRanges) {
  EXPECT_THAT(parse_thread_list("1-4"), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(parse_thread_list("1,4-6,9"), ElementsAre(1, 4, 5, 6, 9));
  EXPECT_THAT(parse_thread_list("3-3"), ElementsAre(3));
}

TEST(ThreadList, IsSortedAndHasEachCountOnce) {
  EXPECT_THAT(parse_thread_list("8,1,2,1-2"), ElementsAre(1, 2, 8));
}

TEST(ThreadList, MayGoFarBeyondTheCpus) {
  EXPECT_THAT(parse_thread_list("1024"), ElementsAre(1024));
}

TEST(ThreadList, ThatIsNoneIsRefused) {
  for (const char* text :
       {"",    ",",   "1,",    ",1",   "1,,2", "0",      "-1",   "1-",
        "-",   "4-2", "1-2-3", "0-4",  "1025", "1-1025", "two",  "2x",
        "1.5", " 1",  "1 ",    "1, 2", "+1",   "1;2",    "Auto", "99999999999999999999"}) {
    EXPECT_THAT(usage_error([&] { parse_thread_list(text); }),
                HasSubstr(std::string("--threads '") + text + "' is not a list"))
        << text;
  }
}

TEST(ThreadList, ThatIsRefusedComesWithWhatToWriteInstead) {
  EXPECT_EQ(usage_error([] { parse_thread_list("many"); }),
            "--threads 'many' is not a list of thread counts from 1 to 1024; "
            "write it as 1,2,4 or 1-24 or auto");
}

}  // namespace
}  // namespace gilscale
