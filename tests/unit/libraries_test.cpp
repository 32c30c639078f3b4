#include "gilscale/machine/libraries.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "temp_folder.hpp"

namespace gilscale {
namespace {

TEST(Libraries, AreFoundBesideTheCLibrary) {
  const auto found = find_library("libm.so.6");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->filename(), "libm.so.6");
  EXPECT_TRUE(found->is_absolute());
  EXPECT_FALSE(find_library("libno_such_library.so.1"));
  EXPECT_FALSE(find_library(""));
}

TEST(Libraries, AreFoundByTheirPath) {
  const TempFolder folder;
  const auto file = folder.path() / "own.so";
  EXPECT_FALSE(find_library(file.string()));
  std::ofstream(file) << "a library";
  EXPECT_EQ(find_library(file.string()), file);
  EXPECT_FALSE(find_library(folder.path().string() + "/")) << "a folder";
}

}  // namespace
}  // namespace gilscale
