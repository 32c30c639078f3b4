#include "report/output_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <thread>

#include "temp_folder.hpp"
#include "thrown.hpp"

namespace gilscale {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

class OutputFile : public testing::Test {
 protected:
  [[nodiscard]] std::ptrdiff_t files() const {
    return std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator());
  }

  TempFolder folder;
};

TEST_F(OutputFile, HasTheTextThatWasWritten) {
  const std::string path = folder.file("results.json");
  write_atomically(path, "one\ntwo");
  EXPECT_EQ(text_of(path), "one\ntwo");
  write_atomically(path, "");
  EXPECT_EQ(text_of(path), "");
}

TEST_F(OutputFile, LeavesNothingElseBehind) {
  check_writable(folder.file("results.json"));
  EXPECT_EQ(files(), 0);
  write_atomically(folder.file("results.json"), "text");
  EXPECT_EQ(files(), 1);
}

TEST_F(OutputFile, IsReplacedAndNotRewritten) {
  // Who has the old file open goes on reading the old text: the new one is another file.
  const std::string path = folder.write("results.json", "the old text");
  std::ifstream reader(path);
  write_atomically(path, "new");
  std::string line;
  std::getline(reader, line);
  EXPECT_EQ(line, "the old text");
  EXPECT_EQ(text_of(path), "new");
}

TEST_F(OutputFile, IsNeverSeenHalfWritten) {
  const std::string path = folder.write("results.json", std::string(1 << 20, 'a'));
  std::thread writer([&] {
    for (const char c : {'b', 'c', 'd', 'e', 'f'}) write_atomically(path, std::string(1 << 20, c));
  });
  for (int i = 0; i < 20; ++i) {
    const std::string seen = text_of(path);
    ASSERT_EQ(seen, std::string(1 << 20, seen.empty() ? '?' : seen.front()));
  }
  writer.join();
}

TEST_F(OutputFile, KeepsItsTextWhileItIsOnlyChecked) {
  const std::string path = folder.write("results.json", "precious");
  check_writable(path);
  EXPECT_EQ(text_of(path), "precious");
}

TEST_F(OutputFile, InAFolderThatIsNotThereIsRefused) {
  const std::string path = folder.file("no/such/results.json");
  const auto expected =
      AllOf(HasSubstr("cannot write '" + path + "'"), HasSubstr("No such file or directory"),
            HasSubstr("choose another path"));
  EXPECT_THAT(usage_error([&] { check_writable(path); }), expected);
}

TEST_F(OutputFile, BelowAFileIsRefused) {
  folder.write("file", "");
  EXPECT_THAT(usage_error([&] { check_writable(folder.file("file/results.json")); }),
              HasSubstr("Not a directory"));
}

TEST_F(OutputFile, ThatIsAFolderIsRefused) {
  EXPECT_EQ(usage_error([&] { check_writable(folder.path().string()); }),
            "cannot write '" + folder.path().string() + "': it is a folder; name a file");
}

TEST_F(OutputFile, WithAnImpossibleNameIsRefused) {
  EXPECT_THAT(usage_error([&] { check_writable(folder.file(std::string(300, 'n'))); }),
              HasSubstr("File name too long"));
}

TEST_F(OutputFile, ThatBecomesAFolderMeanwhileIsAnError) {
  const std::string path = folder.file("results.json");
  check_writable(path);
  fs::create_directory(path);
  EXPECT_TRUE(thrown<Error>([&] { write_atomically(path, "text"); }));
  EXPECT_EQ(files(), 1) << "the temporary file is left behind";
}

TEST_F(OutputFile, ThatIsADeviceIsWrittenToDirectly) {
  check_writable("/dev/null");
  write_atomically("/dev/null", "text");
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST_F(OutputFile, OnAFullDiskIsAnErrorThatSaysSo) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "there is no /dev/full";
  const auto error = thrown<Error>([] { write_atomically("/dev/full", "text"); });
  ASSERT_TRUE(error);
  EXPECT_THAT(error->what(), AllOf(HasSubstr("/dev/full"), HasSubstr("No space left on device")));
}

TEST_F(OutputFile, ThatIsAPipeIsWrittenToDirectly) {
  const std::string path = folder.file("pipe");
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  std::string seen;
  std::thread reader([&] { seen = text_of(path); });
  check_writable(path);
  write_atomically(path, "through the pipe");
  reader.join();
  EXPECT_EQ(seen, "through the pipe");
  EXPECT_TRUE(fs::is_fifo(path));
}

TEST_F(OutputFile, BehindASymbolicLinkIsWrittenWhereTheLinkPoints) {
  const std::string path = folder.write("real.json", "old");
  fs::create_symlink(path, folder.file("link.json"));
  write_atomically(folder.file("link.json"), "new");
  EXPECT_TRUE(fs::is_symlink(folder.file("link.json")));
  EXPECT_EQ(text_of(path), "new");
}

}  // namespace
}  // namespace gilscale
