#include "gilscale/model/parameters.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "thrown.hpp"

namespace gilscale {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

TEST(Axes, AreANameAndLiterals) {
  EXPECT_EQ(parse_axis("size=1024,65536"), (Axis{"size", {"1024", "65536"}}));
  EXPECT_EQ(parse_axis("n=1"), (Axis{"n", {"1"}}));
}

TEST(Axes, KeepCommasInsideBracketsAndQuotes) {
  EXPECT_EQ(parse_axis("a=(1, 2),[3,{4: 5}]"), (Axis{"a", {"(1, 2)", "[3,{4: 5}]"}}));
  EXPECT_EQ(parse_axis("a='x,y',\"z,'\""), (Axis{"a", {"'x,y'", "\"z,'\""}}));
  EXPECT_EQ(parse_axis(R"(a='it\',s','b\\','c')"), (Axis{"a", {R"('it\',s')", R"('b\\')", "'c'"}}));
}

TEST(Axes, AreRefusedInAnyOtherForm) {
  for (const char* text :
       {"", "size", "=1", "size=", "size=1,", "size=,1", "2=1", "a b=1", "a-b=1"})
    EXPECT_THAT(usage_error([&] { parse_axis(text); }), HasSubstr("not of the form name=value"))
        << text;
}

TEST(Axes, OfTheCommandLineTakeThePlaceOfThoseOfTheFile) {
  const std::vector<Axis> axes{{"a", {"1"}}, {"b", {"2"}}};
  EXPECT_THAT(overridden(axes, {{"b", {"3", "4"}}, {"c", {"5"}}}),
              ElementsAre(Axis{"a", {"1"}}, Axis{"b", {"3", "4"}}, Axis{"c", {"5"}}));
}

TEST(Combinations, ChangeTheLastAxisFastest) {
  const auto all = combinations({{"a", {"1", "2"}}, {"b", {"3", "4"}}});
  ASSERT_EQ(all.size(), 4U);
  EXPECT_THAT(all[0], ElementsAre(Pair("a", "1"), Pair("b", "3")));
  EXPECT_THAT(all[1], ElementsAre(Pair("a", "1"), Pair("b", "4")));
  EXPECT_THAT(all[2], ElementsAre(Pair("a", "2"), Pair("b", "3")));
}

TEST(Combinations, OfNothingAreOneEmptyOne) {
  const auto all = combinations({});
  ASSERT_EQ(all.size(), 1U);
  EXPECT_TRUE(all[0].empty());
}

}  // namespace
}  // namespace gilscale
