#include "gilscale/supervise/exit_status.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "child_processes.hpp"

namespace gilscale {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::StartsWith;

int status_of(const std::string& script) {
  Process process(shell(script));
  return end_of(process);
}

TEST(ExitStatus, OfAProcessThatExitsHasItsCode) {
  for (const int code : {0, 3, 255}) {
    const int status = status_of("exit " + std::to_string(code));
    EXPECT_EQ(ending_signal(status), std::nullopt);
    EXPECT_EQ(how_it_ended(status), "ended with exit code " + std::to_string(code));
  }
}

TEST(ExitStatus, OfAProcessThatIsEndedNamesTheSignalAndItsMeaning) {
  const int status = status_of("kill -SEGV $$");
  EXPECT_EQ(ending_signal(status), SIGSEGV);
  EXPECT_THAT(how_it_ended(status),
              AllOf(StartsWith("was ended by "), EndsWith(" (Segmentation fault)")));
#ifdef __GLIBC__
  EXPECT_EQ(how_it_ended(status), "was ended by SIGSEGV (Segmentation fault)");
#endif
}

TEST(ExitStatus, OfASignalWithoutANameHasItsNumber) {
  const int status = status_of("kill -" + std::to_string(SIGRTMIN + 1) + " $$");
  EXPECT_EQ(ending_signal(status), SIGRTMIN + 1);
  EXPECT_THAT(how_it_ended(status),
              StartsWith("was ended by signal " + std::to_string(SIGRTMIN + 1) + " ("));
}

TEST(ExitStatus, OfACodeThatIsAShellsWordForASignalIsACode) {
  EXPECT_EQ(how_it_ended(status_of("exit 139")), "ended with exit code 139");
}

}  // namespace
}  // namespace gilscale
