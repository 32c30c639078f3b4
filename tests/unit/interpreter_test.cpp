#include "gilscale/supervise/interpreter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "temp_folder.hpp"
#include "thrown.hpp"

namespace gilscale {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class Asked : public testing::Test {
 protected:
  [[nodiscard]] std::string interpreter(const std::string& script) const {
    const std::string path = folder_.write("python", "#!/bin/sh\n" + script);
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path;
  }
  static std::string refusal(const std::string& python) {
    return usage_error([&] { ask_interpreter(python); });
  }

  TempFolder folder_;
};

TEST_F(Asked, SaysWhatItIs) {
  const std::string python = interpreter(R"(echo '{"executable": "/opt/python", "version": "3.13.1",
      "soabi": "cpython-313", "library": "/opt/libpython.so"}')");
  const InterpreterFacts facts = ask_interpreter(python);
  EXPECT_EQ(facts.executable, "/opt/python");
  EXPECT_EQ(facts.version, "3.13.1");
  EXPECT_EQ(facts.soabi, "cpython-313");
  EXPECT_EQ(facts.library, "/opt/libpython.so");
}

TEST_F(Asked, IsNotLedAstrayByTheUsersEnvironment) {
  // -I and -S before anything else.
  const std::string python = interpreter(
      "[ \"$1 $2 $3\" = '-I -S -c' ] || exit 1\n"
      R"(echo '{"executable": "", "version": "", "soabi": "as asked", "library": ""}')");
  EXPECT_EQ(ask_interpreter(python).soabi, "as asked");
}

TEST_F(Asked, IsRefusedWhereItIsNoPython) {
  for (const char* script : {"exit 3", "echo hello", "echo '[]'", "echo '{}'", "kill -9 $$", ""})
    EXPECT_THAT(refusal(interpreter(script)),
                AllOf(HasSubstr("/python' does not run as a Python interpreter"),
                      HasSubstr("name another one")))
        << script;
}

TEST_F(Asked, IsRefusedWhereItFloods) {
  EXPECT_THAT(refusal(interpreter("exec yes")), HasSubstr("does not run as a Python interpreter"));
}

TEST_F(Asked, IsRefusedWhereItDoesNotStart) {
  EXPECT_THAT(refusal(folder_.file("none")), HasSubstr("does not run"));
  EXPECT_THAT(refusal(folder_.write("data", "")), HasSubstr("does not run"));
}

}  // namespace
}  // namespace gilscale
