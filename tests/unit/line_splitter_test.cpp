#include "gilscale/supervise/line_splitter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gilscale {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// All lines that are there.
std::vector<std::string> taken_from(LineSplitter& splitter) {
  std::vector<std::string> lines;
  while (auto line = splitter.next()) lines.push_back(*line);
  return lines;
}

TEST(LineSplitterTest, HasNothingAtFirst) {
  LineSplitter splitter;
  EXPECT_THAT(taken_from(splitter), IsEmpty());
  EXPECT_EQ(splitter.rest(), "");
}

TEST(LineSplitterTest, GivesSeveralLinesOfOnePiece) {
  LineSplitter splitter;
  splitter.add("one\n\ntwo\n");
  EXPECT_THAT(taken_from(splitter), ElementsAre("one", "", "two"));
  EXPECT_EQ(splitter.rest(), "");
}

TEST(LineSplitterTest, GivesALineOfSeveralPiecesOnceItIsWhole) {
  LineSplitter splitter;
  for (const char* piece : {"o", "", "n", "e"}) {
    splitter.add(piece);
    EXPECT_THAT(taken_from(splitter), IsEmpty());
  }
  splitter.add("\ntw");
  EXPECT_THAT(taken_from(splitter), ElementsAre("one"));
  splitter.add("o\n");
  EXPECT_THAT(taken_from(splitter), ElementsAre("two"));
}

TEST(LineSplitterTest, GivesTheSameLinesWhereverTheTextIsCut) {
  const std::string text = "one\n\ntwo\nthree";
  for (std::size_t first = 0; first <= text.size(); ++first) {
    for (std::size_t second = first; second <= text.size(); ++second) {
      LineSplitter splitter;
      std::vector<std::string> lines;
      for (const auto& piece :
           {text.substr(0, first), text.substr(first, second - first), text.substr(second)}) {
        splitter.add(piece);
        if (const auto line = splitter.next()) lines.push_back(*line);
      }
      for (const auto& line : taken_from(splitter)) lines.push_back(line);
      EXPECT_THAT(lines, ElementsAre("one", "", "two")) << first << " " << second;
      EXPECT_EQ(splitter.rest(), "three") << first << " " << second;
    }
  }
}

TEST(LineSplitterTest, KeepsTheLinesThatAreNotTakenYet) {
  LineSplitter splitter;
  splitter.add("one\ntwo\nthr");
  EXPECT_EQ(splitter.next(), "one");
  splitter.add("ee\n");
  EXPECT_THAT(taken_from(splitter), ElementsAre("two", "three"));
}

TEST(LineSplitterTest, HasALastLineWithoutANewlineAsItsRest) {
  LineSplitter splitter;
  splitter.add("one\nla");
  splitter.add("st");
  EXPECT_THAT(taken_from(splitter), ElementsAre("one"));
  EXPECT_EQ(splitter.rest(), "last");
  EXPECT_EQ(splitter.rest(), "") << "asked again";
}

TEST(LineSplitterTest, KeepsEveryByte) {
  const std::string strange("a\0b\r\xff", 5);
  LineSplitter splitter;
  splitter.add(strange + "\n");
  EXPECT_THAT(taken_from(splitter), ElementsAre(strange));
}

TEST(LineSplitterTest, GivesALineThatHasNoEndInPieces) {
  LineSplitter splitter(4);
  splitter.add("four");
  EXPECT_THAT(taken_from(splitter), IsEmpty());
  splitter.add("+");
  EXPECT_THAT(taken_from(splitter), ElementsAre("four+"));
  splitter.add("and more\nend\n");
  EXPECT_THAT(taken_from(splitter), ElementsAre("and more", "end"));
}

}  // namespace
}  // namespace gilscale
