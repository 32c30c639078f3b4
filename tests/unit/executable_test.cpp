#include "gilscale/model/executable.hpp"

#include <gtest/gtest.h>

namespace gilscale {
namespace {

TEST(OwnExecutable, IsTheRunningProgram) {
  EXPECT_EQ(own_executable().filename(), "gilscale_unit_tests");
  EXPECT_TRUE(std::filesystem::exists(own_executable()));
}

TEST(MemberCommand, IsRecognised) {
  std::vector<const char*> words;
  const std::vector<std::string> command = member_command();
  for (const std::string& word : command) words.push_back(word.c_str());
  EXPECT_TRUE(is_member_command(static_cast<int>(words.size()), words.data()));
  EXPECT_FALSE(is_member_command(static_cast<int>(words.size()) - 1, words.data()));
  EXPECT_FALSE(is_member_command(1, words.data()));
  EXPECT_FALSE(is_member_command(0, words.data()));
}

TEST(ShareFolder, LiesBesideTheExecutablesFolder) {
  EXPECT_EQ(share_folder(), own_executable().parent_path().parent_path() / "share/gilscale");
}

}  // namespace
}  // namespace gilscale
