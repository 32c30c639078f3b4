#include "gilscale/supervise/place.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "gilscale/model/executable.hpp"
#include "temp_folder.hpp"
#include "thrown.hpp"

namespace gilscale {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

TEST(Launchers, AreSplitAsAShellDoes) {
  EXPECT_THAT(launcher_words("ssh -o 'A b' \"host x\" c\\ d"),
              ElementsAre("ssh", "-o", "A b", "host x", "c d"));
  setenv("GILSCALE_TEST_HOST", "node1", 1);
  EXPECT_THAT(launcher_words("ssh $GILSCALE_TEST_HOST"), ElementsAre("ssh", "node1"));
  unsetenv("GILSCALE_TEST_HOST");
}

TEST(Launchers, RunNoCommandsOfTheirOwn) {
  for (const char* given : {"ssh $(hostname)", "ssh `hostname`", "a; b", "a | b", "ssh 'host"})
    EXPECT_THAT(usage_error([&] { launcher_words(given); }), HasSubstr("cannot be split")) << given;
  EXPECT_THAT(usage_error([] { launcher_words("  "); }), HasSubstr("is empty"));
}

TEST(WorkersElsewhere, AreStartedByTheGilscaleOnPathThere) {
  const auto command = worker_command({"ssh", "node1"}, "--at-place");
  EXPECT_THAT(command,
              ElementsAre("env", StartsWith("PATH=" + own_executable().parent_path().string()),
                          "ssh", "node1", "gilscale", "worker", "--at-place"));
}

TEST(WorkersElsewhere, AreStartedByTheGilscaleThatIsNamed) {
  EXPECT_THAT(worker_command({"ssh", "node1", "/opt/bin/gilscale"}, "--describe"),
              ElementsAre("env", StartsWith("PATH="), "ssh", "node1", "/opt/bin/gilscale", "worker",
                          "--describe"));
}

TEST(CasesForPlaces, BringTheirFileAlong) {
  const TempFolder folder;
  Case planned;
  planned.workload.file = folder.write("mine.py", "def work(): pass\n");
  EXPECT_EQ(case_for_place(planned).at("file_text"), "def work(): pass\n");
  planned.workload.file = folder.file("missing.py");
  EXPECT_FALSE(case_for_place(planned).contains("file_text"));
  planned.workload.file = "";
  EXPECT_FALSE(case_for_place(planned).contains("file_text"));
}

TEST(SignalsForPlaces, HaveWordsSinceTheirNumbersDiffer) {
  EXPECT_EQ(signal_message(SIGSTOP).dump(), R"({"signal":"stop"})");
  EXPECT_EQ(signal_message(SIGCONT).dump(), R"({"signal":"continue"})");
  EXPECT_EQ(signal_message(SIGABRT).dump(), R"({"signal":"abort"})");
}

// ---- asking ----

/// Whom it asks may end before it has heard the question.
class AskingAPlace : public testing::Test {
 protected:
  void SetUp() override { std::signal(SIGPIPE, SIG_IGN); }
};

std::string why_not(const std::vector<std::string>& launcher) {
  const auto error = thrown<WorkloadError>([&] { ask_place(launcher, nlohmann::json::object()); });
  return error ? error->what() : "";
}

TEST_F(AskingAPlace, GivesItsAnswerWhateverElseIsPrinted) {
  const std::string print =
      R"(echo Welcome; echo '{"a": 1}'; echo '{"gilscale_place": 1, "host": "h"}')";
  EXPECT_EQ(ask_place({"sh", "-c", print, "sh"}, nlohmann::json::object()).at("host"), "h");
}

TEST_F(AskingAPlace, SaysWhatWentWrong) {
  EXPECT_THAT(why_not({"sh", "-c", "echo lost >&2; exit 9", "sh"}),
              EndsWith("there was no answer; it ended with exit code 9: lost"));
  EXPECT_THAT(why_not({"no-such-launcher"}), HasSubstr("is gilscale on the PATH there?"));
  EXPECT_THAT(why_not({"sh", "-c", R"(echo '{"gilscale_place": 2}')", "sh"}),
              HasSubstr("speaks another protocol (2, here it is 1)"));
  EXPECT_THAT(why_not({"sh", "-c", R"(echo '{"gilscale_place": 1, "error": "no Python"}')", "sh"}),
              EndsWith(": no Python"));
}

}  // namespace
}  // namespace gilscale
