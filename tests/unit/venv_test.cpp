#include "gilscale/model/venv.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "temp_folder.hpp"
#include "thrown.hpp"

namespace gilscale {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;

/// A folder that looks like a virtual environment.
class Venv : public testing::Test {
 protected:
  void make(const std::string& settings) {
    std::filesystem::create_directories(folder_.path() / "bin");
    folder_.write("bin/python", "");
    folder_.write("pyvenv.cfg", settings);
  }
  [[nodiscard]] std::string folder() const { return folder_.path().string(); }

  TempFolder folder_;
};

TEST_F(Venv, IsReadFromItsSettings) {
  make("home = /usr/bin\ninclude-system-site-packages = false\nversion = 3.11.2\n");
  const auto venv = read_venv(folder());
  ASSERT_TRUE(venv);
  EXPECT_EQ(venv->version, "3.11.2");
  EXPECT_THAT(venv->python.string(), EndsWith("/bin/python"));
}

TEST_F(Venv, OfOtherMakersCallsItsVersionOtherwise) {
  make("version_info=3.12.1.final.0\r\n");
  EXPECT_EQ(read_venv(folder())->version, "3.12.1.final.0");
}

TEST_F(Venv, IsNoneWithoutSettingsOrPython) {
  EXPECT_FALSE(read_venv(folder()));
  EXPECT_FALSE(read_venv(folder() + "/none"));
  folder_.write("pyvenv.cfg", "version = 3.11.2\n");
  EXPECT_FALSE(read_venv(folder()));
}

TEST(PythonVersions, AreTheSameUpToTheMinorOne) {
  EXPECT_TRUE(same_python("3.11.2", "3.11.7"));
  EXPECT_TRUE(same_python("3.11", "3.11.2"));
  EXPECT_FALSE(same_python("3.11.2", "3.12.2"));
  EXPECT_FALSE(same_python("3.1", "3.11"));
  EXPECT_FALSE(same_python("", "3.11.2"));
}

const std::vector<std::string> versions{"3.11.9", "3.13.1"};

std::string python_of(const std::string& given, const std::string& active, bool own_code) {
  const auto venv = chosen_venv(given, active, versions, own_code);
  return venv ? venv->python.string() : "";
}

TEST_F(Venv, ThatIsGivenIsUsed) {
  make("version = 3.11.2\n");
  EXPECT_THAT(python_of(folder(), "", false), EndsWith("/bin/python"));
  EXPECT_THAT(python_of(folder(), "/elsewhere", true), EndsWith("/bin/python"));
}

TEST_F(Venv, OfAnyPythonThatHasAPlugInIsUsed) {
  make("version = 3.13.0\n");
  EXPECT_THAT(python_of(folder(), "", false), EndsWith("/bin/python"));
}

TEST_F(Venv, ThatIsActiveIsUsed) {
  make("version = 3.11.2\n");
  EXPECT_THAT(python_of("", folder(), true), EndsWith("/bin/python"));
  EXPECT_EQ(python_of("", "", true), "");
  EXPECT_EQ(python_of("", "/gone", true), "");
}

TEST_F(Venv, OfAnotherVersionIsRefusedWithAllNamed) {
  make("version = 3.12.1\n");
  EXPECT_THAT(usage_error([&] { python_of(folder(), "", false); }),
              AllOf(HasSubstr("Python 3.12.1"), HasSubstr("Python 3.11.9, 3.13.1"),
                    HasSubstr("add_python.sh " + folder() + "/bin/python")));
  EXPECT_THAT(usage_error([&] { python_of("", folder(), true); }), HasSubstr("deactivate it"));
}

TEST_F(Venv, OfAnotherVersionDoesNotMatterToTheBuiltInWorkloads) {
  make("version = 3.12.1\n");
  EXPECT_EQ(python_of("", folder(), false), "");
}

TEST_F(Venv, ThatIsGivenAndIsNoneIsRefused) {
  EXPECT_THAT(usage_error([&] { python_of(folder(), "", false); }),
              HasSubstr("is not a virtual environment"));
}

}  // namespace
}  // namespace gilscale
