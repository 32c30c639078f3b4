#include "executable.hpp"

#include <gtest/gtest.h>

namespace gilscale {
namespace {

TEST(OwnExecutable, IsTheRunningProgram) {
  EXPECT_EQ(own_executable().filename(), "gilscale_unit_tests");
  EXPECT_TRUE(std::filesystem::exists(own_executable()));
}

TEST(ShareFolder, LiesBesideTheExecutablesFolder) {
  EXPECT_EQ(share_folder(), own_executable().parent_path().parent_path() / "share/gilscale");
}

}  // namespace
}  // namespace gilscale
