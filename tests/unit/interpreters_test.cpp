#include "gilscale/model/interpreters.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "temp_folder.hpp"

namespace gilscale {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

// ---- versions ----

TEST(PythonVersions, AreTwoOrThreeNumbersAndPerhapsAT) {
  EXPECT_EQ(read_python_version("3.13")->release, "3.13");
  EXPECT_FALSE(read_python_version("3.13")->free_threaded);
  EXPECT_EQ(read_python_version("3.14t")->release, "3.14");
  EXPECT_TRUE(read_python_version("3.14t")->free_threaded);
  EXPECT_EQ(read_python_version("3.12.1")->release, "3.12.1");
  for (const char* text : {"", "t", "3", "3.", ".3", "3..1", "3.1.2.3", "3.13x", "python3.13",
                           "3.13tt", "/usr", "-3.1", "3.13 "})
    EXPECT_FALSE(read_python_version(text)) << text;
}

TEST(PythonVersions, MeanEveryReleaseThatBeginsSo) {
  const auto version = *read_python_version("3.1");
  EXPECT_TRUE(version.means("3.1.4", false));
  EXPECT_FALSE(version.means("3.13.1", false));
  EXPECT_FALSE(version.means("3.1.4", true));
  EXPECT_TRUE(read_python_version("3.13t")->means("3.13.0", true));
  EXPECT_TRUE(read_python_version("3.12.1")->means("3.12.1", false));
  EXPECT_FALSE(read_python_version("3.12.1")->means("3.12.11", false));
}

TEST(InterpreterNames, TellVersionAndBuild) {
  EXPECT_EQ(interpreter_name("3.13.1", false, false), "3.13");
  EXPECT_EQ(interpreter_name("3.13.1", true, false), "3.13t");
  EXPECT_EQ(interpreter_name("3.14.0", true, true), "3.14td");
}

// ---- what lies where ----

class Interpreters : public testing::Test {
 protected:
  void make(const std::string& name) {
    fs::permissions(folder_.write(name, ""), fs::perms::owner_all);
  }
  [[nodiscard]] std::vector<std::string> found(const InterpreterPlaces& places) const {
    std::vector<std::string> names;
    for (const fs::path& each : interpreters_in(places))
      names.push_back(each.lexically_relative(folder_.path()).string());
    return names;
  }

  TempFolder folder_;
};

TEST_F(Interpreters, BearAVersionInTheirNames) {
  for (const char* name : {"bin/python3.12", "bin/python3.14t", "bin/python3",
                           "bin/python3.12-config", "bin/python2.7", "bin/pythonw3.12"})
    make(name);
  folder_.write("bin/python3.9", "not a program");
  EXPECT_THAT(found({{folder_.path() / "bin"}, {}}),
              ElementsAre("bin/python3.14t", "bin/python3.12"));
}

TEST_F(Interpreters, OfAFolderOfVersionsComeNewestFirst) {
  for (const char* version : {"3.9.2", "3.10.13", "3.10.4"})
    make(std::string("versions/") + version + "/bin/python" +
         std::string(version).substr(0, std::string(version).rfind('.')));
  EXPECT_THAT(found({{}, {folder_.path() / "versions"}}),
              ElementsAre("versions/3.10.13/bin/python3.10", "versions/3.10.4/bin/python3.10",
                          "versions/3.9.2/bin/python3.9"));
}

TEST_F(Interpreters, AreTakenOnceThoughLinksLeadThere) {
  make("real/python3.12");
  fs::create_directories(folder_.path() / "bin");
  fs::create_symlink(folder_.path() / "real/python3.12", folder_.path() / "bin/python3.12");
  EXPECT_THAT(found({{folder_.path() / "bin", folder_.path() / "real"}, {}}),
              ElementsAre("bin/python3.12"));
}

TEST_F(Interpreters, AreNotWhatStartsOthers) {
  make("shims/python3.12");
  EXPECT_THAT(
      found({{folder_.path() / "shims", folder_.path() / "missing"}, {folder_.path() / "none"}}),
      IsEmpty());
}

TEST_F(Interpreters, OfAFolderAreInItsBin) {
  EXPECT_FALSE(interpreter_of(folder_.path()));
  make("bin/python3");
  EXPECT_EQ(interpreter_of(folder_.path()), folder_.path() / "bin/python3");
  make("bin/python");
  EXPECT_EQ(interpreter_of(folder_.path()), folder_.path() / "bin/python");
}

}  // namespace
}  // namespace gilscale
