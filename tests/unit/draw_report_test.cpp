#include "gilscale/commands/draw_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gilscale/model/executable.hpp"
#include "temp_folder.hpp"
#include "thrown.hpp"

namespace gilscale {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class DrawingCommand : public testing::Test {
 protected:
  [[nodiscard]] std::string made_venv(const std::string& name) const {
    folder_.write(name + "/pyvenv.cfg", "version = 3.11.2\n");
    folder_.write(name + "/bin/python", "");
    return folder_.file(name);
  }
  /// With the script that draws, as a clone has it.
  [[nodiscard]] std::filesystem::path made_clone() const {
    const std::string script = folder_.write("clone/scripts/report.sh", "#!/bin/sh\n");
    std::filesystem::permissions(script, std::filesystem::perms::owner_all);
    return folder_.path() / "clone";
  }
  [[nodiscard]] std::filesystem::path no_clone() const { return folder_.path() / "gone"; }

  TempFolder folder_;
  const ReportOptions options_{{"-a.json", "b.json"}, "out.svg", "time", ""};
  const std::string package_ = (share_folder() / "report" / "gilscale_report").string();
};

TEST_F(DrawingCommand, IsTheScriptOfTheCloneWhoseEnvironmentIsNotTheMeasuredOne) {
  EXPECT_THAT(drawing_command(options_, made_venv("active"), made_clone()),
              ElementsAre((made_clone() / "scripts/report.sh").string(), "--out=out.svg",
                          "--chart=time", "--", "-a.json", "b.json"));
}

TEST_F(DrawingCommand, UsesTheEnvironmentThatIsNamedBeforeAllOthers) {
  ReportOptions options = options_;
  options.venv = made_venv("named");
  EXPECT_THAT(drawing_command(options, made_venv("active"), made_clone()),
              ElementsAre(options.venv + "/bin/python", "-E", package_, "--out=out.svg",
                          "--chart=time", "--", "-a.json", "b.json"));
}

TEST_F(DrawingCommand, UsesTheActiveEnvironmentWhereThereIsNoClone) {
  const std::string active = made_venv("active");
  EXPECT_EQ(drawing_command(options_, active, no_clone()).front(), active + "/bin/python");
}

TEST_F(DrawingCommand, UsesThePythonOnThePathWhereThereIsNothingElse) {
  EXPECT_EQ(drawing_command(options_, "", no_clone()).front(), "python3");
  EXPECT_EQ(drawing_command(options_, folder_.file("none"), no_clone()).front(), "python3");
}

TEST_F(DrawingCommand, RefusesANamedEnvironmentThatIsNone) {
  ReportOptions options = options_;
  options.venv = folder_.file("none");
  EXPECT_THAT(usage_error([&] { drawing_command(options, "", made_clone()); }),
              HasSubstr("is not a virtual environment"));
}

}  // namespace
}  // namespace gilscale
