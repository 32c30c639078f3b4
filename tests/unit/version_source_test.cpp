#include "gilscale/model/version_source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "temp_folder.hpp"
#include "thrown.hpp"

namespace gilscale {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;

/// Folders to be a version, and to be the current one.
class Source : public testing::Test {
 protected:
  void TearDown() override { fs::current_path(began_in_); }

  void enter(const std::string& name) {
    fs::create_directories(folder_.path() / name);
    fs::current_path(folder_.path() / name);
  }
  void make_folder(const std::string& name) const { fs::create_directories(folder_.path() / name); }
  [[nodiscard]] std::string file(const std::string& name) const { return folder_.file(name); }
  [[nodiscard]] VersionSource found(const std::string& name) const {
    return find_version(file(name), "3.13.1");
  }
  [[nodiscard]] std::string refusal(const std::string& given) const {
    return usage_error([&] { find_version(given, "3.13.1"); });
  }

  fs::path began_in_ = fs::current_path();
  TempFolder folder_;
};

Case case_of(const std::string& module) {
  Case planned;
  planned.workload.name = module + ":f";
  planned.workload.module = module;
  planned.workload.attribute = "f";
  planned.workload.path = {"/elsewhere"};
  return planned;
}

// ---- what it is ----

TEST_F(Source, OfAnExecutableIsAnotherWorker) {
  const std::string program = folder_.write("gilscale", "#!/bin/sh\n");
  fs::permissions(program, fs::perms::owner_all);
  EXPECT_THAT(found("gilscale").worker, ElementsAre(program, "worker", "--supervised"));
}

TEST_F(Source, OfAVirtualEnvironmentIsItsPython) {
  folder_.write("venv/pyvenv.cfg", "version = 3.13.9\n");
  folder_.write("venv/bin/python", "");
  const VersionSource source = found("venv");
  EXPECT_THAT(source.python, EndsWith("venv/bin/python"));
  EXPECT_THAT(source.worker, IsEmpty());
  EXPECT_EQ(source.applied_to(case_of("m")).python, source.python);
}

TEST_F(Source, OfAVirtualEnvironmentHasPathsIntoThisOneInItself) {
  for (const char* name : {"mine", "venv"}) {
    folder_.write(std::string(name) + "/pyvenv.cfg", "version = 3.13.9\n");
    folder_.write(std::string(name) + "/bin/python", "");
  }
  Case planned = case_of("m");
  planned.python = file("mine/bin/python");
  planned.workload.path = {file("mine/lib/packages"), file("mine-too"), "/elsewhere", "here"};
  EXPECT_THAT(found("venv").applied_to(planned).workload.path,
              ElementsAre(file("venv/lib/packages"), file("mine-too"), "/elsewhere", "here"));
}

TEST_F(Source, OfAVirtualEnvironmentLeavesPathsIntoNoEnvironmentAlone) {
  folder_.write("venv/pyvenv.cfg", "version = 3.13.9\n");
  folder_.write("venv/bin/python", "");
  folder_.write("installed/bin/python", "");
  Case planned = case_of("m");
  for (const std::string& python : {std::string(), file("installed/bin/python")}) {
    planned.python = python;
    planned.workload.path = {file("installed/lib")};
    EXPECT_THAT(found("venv").applied_to(planned).workload.path,
                ElementsAre(file("installed/lib")));
  }
}

TEST_F(Source, OfAVirtualEnvironmentOfAnotherPythonIsRefused) {
  folder_.write("venv/pyvenv.cfg", "version = 3.12.9\n");
  folder_.write("venv/bin/python", "");
  EXPECT_THAT(refusal(file("venv")), AllOf(HasSubstr("3.12.9"), HasSubstr("3.13.1")));
}

TEST_F(Source, OfAPrefixIsItsSitePackages) {
  make_folder("prefix/lib/python3.13/site-packages");
  make_folder("prefix/lib/python3.12/site-packages");
  EXPECT_EQ(found("prefix").import_from, file("prefix/lib/python3.13/site-packages"));
}

TEST_F(Source, OfAnyOtherFolderIsTheFolder) {
  make_folder("target/lib/python3.12/site-packages");
  EXPECT_EQ(found("target").import_from, file("target"));
}

TEST_F(Source, MayBeGivenFromTheCurrentFolder) {
  make_folder("target");
  enter("here");
  EXPECT_EQ(find_version("../target", "3.13.1").import_from,
            (fs::current_path().parent_path() / "target").string());
}

TEST_F(Source, OfNothingIsRefused) {
  folder_.write("file", "");
  for (const std::string& given : {std::string(), file("missing"), file("file")})
    EXPECT_THAT(refusal(given),
                HasSubstr("--against '" + given + "' is neither a folder (an install prefix"));
}

// ---- what is imported ----

TEST_F(Source, OfAFolderIsImportedFromBeforeAllOthers) {
  folder_.write("target/m.py", "");
  EXPECT_THAT(found("target").applied_to(case_of("m")).workload.path,
              ElementsAre(file("target"), "/elsewhere"));
}

TEST_F(Source, HoldsModulesPackagesAndExtensions) {
  folder_.write("target/m.py", "");
  folder_.write("target/p/__init__.py", "");
  folder_.write("target/e.cpython-313-x86_64-linux-gnu.so", "");
  for (const char* module : {"m", "p", "p.q", "e"})
    EXPECT_NO_THROW((void)found("target").applied_to(case_of(module))) << module;
}

TEST_F(Source, WithoutTheModuleIsRefused) {
  folder_.write("target/other.py", "");
  EXPECT_THAT(usage_error([&] { (void)found("target").applied_to(case_of("m")); }),
              AllOf(HasSubstr("has no module 'm'"), HasSubstr("both versions would be the same")));
}

TEST_F(Source, OfAFolderIsNoOtherVersionOfWhatComesWithGilscale) {
  folder_.write("target/gilscale_fib.py", "");
  Case builtin = case_of("gilscale_fib");
  builtin.workload.builtin = true;
  EXPECT_THAT(usage_error([&] { (void)found("target").applied_to(builtin); }),
              HasSubstr("comes with gilscale"));
}

TEST_F(Source, OfTheSameFolderIsRefused) {
  folder_.write("target/m.py", "");
  Case planned = case_of("m");
  planned.workload.path = {file("target")};
  EXPECT_THAT(usage_error([&] { (void)found("target").applied_to(planned); }),
              HasSubstr("is where this version comes from"));
}

TEST_F(Source, OfAFolderThatHasTheMeasuredFileGivesThatFile) {
  folder_.write("target/m.py", "");
  Case planned = case_of("");
  planned.workload.module = "";
  planned.workload.file = "m.py";
  EXPECT_EQ(found("target").applied_to(planned).workload.file, file("target/m.py"));
  planned.workload.file = "n.py";
  EXPECT_EQ(found("target").applied_to(planned).workload.file, "n.py");
}

// ---- working trees ----

TEST_F(Source, OfAWorkingTreeRunsInTheFolderThatCorresponds) {
  make_folder("mine/.git");
  folder_.write("old/.git", "gitdir: ../mine/.git/worktrees/old\n");
  make_folder("old/bench");
  enter("mine/bench");
  const VersionSource source = found("old");
  EXPECT_EQ(source.folder, file("old/bench"));
  EXPECT_EQ(source.applied_to(case_of("m")).folder, file("old/bench"));
}

TEST_F(Source, OfAWorkingTreeWithoutThatFolderRunsAtItsTop) {
  make_folder("mine/.git");
  make_folder("old/.git");
  enter("mine/new");
  EXPECT_EQ(found("old").folder, file("old"));
}

TEST_F(Source, OfAWorkingTreeMovesThePathsOfTheOwnOne) {
  make_folder("mine/.git");
  make_folder("old/.git");
  make_folder("old/bench");
  enter("mine/bench");
  Case planned = case_of("");
  const std::string mine = fs::current_path().parent_path().string();
  planned.workload.file = mine + "/bench/b.py";
  planned.workload.path = {mine + "/build", mine, "relative", "/elsewhere", mine + "-other"};
  const Case applied = found("old").applied_to(planned);
  EXPECT_EQ(applied.workload.file, file("old/bench/b.py"));
  ASSERT_EQ(applied.workload.path.size(), 5U);
  EXPECT_EQ(applied.workload.path[0], file("old/build"));
  EXPECT_EQ(fs::path(applied.workload.path[1]) / "", fs::path(file("old")) / "");
  EXPECT_EQ(applied.workload.path[2], "relative");
  EXPECT_EQ(applied.workload.path[3], "/elsewhere");
  EXPECT_EQ(applied.workload.path[4], mine + "-other");
}

TEST_F(Source, OfTheCurrentWorkingTreeIsRefused) {
  make_folder("mine/.git");
  enter("mine/bench");
  EXPECT_THAT(refusal(file("mine")),
              AllOf(HasSubstr("is the current working tree"), HasSubstr("git worktree add")));
  EXPECT_THAT(refusal(".."), HasSubstr("is the current working tree"));
}

}  // namespace
}  // namespace gilscale
