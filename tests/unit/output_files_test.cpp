#include "gilscale/report/output_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "fixed_report.hpp"
#include "gilscale/report/reporters.hpp"
#include "temp_folder.hpp"
#include "thrown.hpp"

namespace gilscale {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class OutputFilesTest : public testing::Test {
 protected:
  [[nodiscard]] std::string path(const char* name) const { return folder.file(name); }

  TempFolder folder;
};

TEST_F(OutputFilesTest, AreWrittenEachInItsFormat) {
  const OutputFiles files({{path("a"), "json"}, {path("b"), "junit"}});
  EXPECT_TRUE(files.write(fixed_report()));
  EXPECT_EQ(text_of(path("a")), reporter("json").render(fixed_report(), {}));
  EXPECT_EQ(text_of(path("b")), reporter("junit").render(fixed_report(), {}));
}

TEST_F(OutputFilesTest, AreNotWrittenBeforeThereIsAReport) {
  const OutputFiles files(std::vector{OutputRequest{path("a"), "json"}});
  EXPECT_FALSE(std::filesystem::exists(path("a")));
}

TEST_F(OutputFilesTest, RefuseAFileThatIsNamedTwice) {
  std::filesystem::create_symlink("a", path("link"));
  for (const std::string& other : {path("a"), path("./a"), path("link")}) {
    EXPECT_THAT(usage_error([&] { OutputFiles({{path("a"), "json"}, {other, "csv"}}); }),
                AllOf(HasSubstr("two options"), HasSubstr(other), HasSubstr("give each its own")));
  }
}

TEST_F(OutputFilesTest, MayShareWhatIsNoRegularFile) {
  EXPECT_NO_THROW(OutputFiles({{"/dev/null", "json"}, {"/dev/null", "csv"}}));
}

TEST_F(OutputFilesTest, RefuseAnEmptyName) {
  EXPECT_THAT(usage_error([] { OutputFiles(std::vector{OutputRequest{"", "json"}}); }),
              HasSubstr("empty"));
}

}  // namespace
}  // namespace gilscale
