#include "gilscale/text/words.hpp"

#include <gtest/gtest.h>

namespace gilscale {
namespace {

enum class Size { small, large, unnamed };

constexpr Words<Size, 2> sizes{{{
    {Size::small, "small"},
    {Size::large, "large"},
}}};

TEST(WordsOfAnEnumeration, LeadFromItsValuesToWordsAndBack) {
  for (const Size size : {Size::small, Size::large})
    EXPECT_EQ(sizes.value_of(sizes.word_of(size)), size);
  EXPECT_EQ(sizes.word_of(Size::large), "large");
}

TEST(WordsOfAnEnumeration, KnowNoOtherWordsAndValues) {
  for (const char* word : {"", "Large", "larg", "large "})
    EXPECT_EQ(sizes.value_of(word), std::nullopt) << word;
  EXPECT_EQ(sizes.word_of(Size::unnamed), "");
}

}  // namespace
}  // namespace gilscale
