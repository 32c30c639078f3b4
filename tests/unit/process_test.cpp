#include "gilscale/supervise/process.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "child_processes.hpp"
#include "thrown.hpp"

namespace gilscale {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class ProcessTest : public testing::Test {
 protected:
  // As watch_for_interrupts() does.
  static void SetUpTestSuite() { std::signal(SIGPIPE, SIG_IGN); }
};

TEST_F(ProcessTest, HasItsOutputsOnTwoPipes) {
  const Process process(shell("echo out; echo err >&2"));
  EXPECT_EQ(all_of(process.output_fd()), "out\n");
  EXPECT_EQ(all_of(process.error_fd()), "err\n");
}

TEST_F(ProcessTest, ReadsWhatItIsSent) {
  const Process process(shell("read line; echo \"got $line\""));
  process.send("some words\n");
  EXPECT_EQ(all_of(process.output_fd()), "got some words\n");
}

TEST_F(ProcessTest, ReadsMoreThanAPipeHolds) {
  const std::string text(300000, 'x');
  const Process process(shell("head -c 300000 | wc -c"));
  process.send(text);
  EXPECT_THAT(all_of(process.output_fd()), HasSubstr("300000"));
}

TEST_F(ProcessTest, TellsHowItEnded) {
  Process process(shell("exit 7"));
  const int status = end_of(process);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 7);
  EXPECT_EQ(process.status(), status) << "asked again";
}

TEST_F(ProcessTest, TellsWhichSignalEndedIt) {
  Process process(shell("kill -SEGV $$"));
  const int status = end_of(process);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGSEGV);
}

TEST_F(ProcessTest, HasNoStatusWhileItRuns) {
  Process process(shell("read line"));  // its standard input stays open
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(process.status(), std::nullopt);
}

TEST_F(ProcessTest, ThatIsGoneMayStillBeSentTo) {
  Process process(shell("exit 0"));
  end_of(process);
  process.send(std::string(1000000, 'x'));
}

TEST_F(ProcessTest, LeadsAGroupThatIsSignalledAsAWhole) {
  Process process(shell("sleep 1000 & echo $!; wait"));
  const pid_t child = std::stoi(line_of(process.output_fd()));
  process.signal(SIGTERM);
  EXPECT_TRUE(WIFSIGNALED(end_of(process)));
  EXPECT_TRUE(is_gone(child));
}

TEST_F(ProcessTest, TakesItsWholeGroupAlongWhenItIsDestroyed) {
  pid_t child = 0;
  {
    const Process process(
        shell("trap '' TERM INT HUP; (trap '' TERM; sleep 1000) & echo $!; wait"));
    child = std::stoi(line_of(process.output_fd()));
  }
  EXPECT_TRUE(is_gone(child));
}

TEST_F(ProcessTest, IsLookedForOnThePath) {
  const Process process({"echo", "found"});
  EXPECT_EQ(all_of(process.output_fd()), "found\n");
}

TEST_F(ProcessTest, GetsItsArgumentsAsTheyAre) {
  const Process process({"printf", "%s|", "a b", "", "$HOME", "'"});
  EXPECT_EQ(all_of(process.output_fd()), "a b||$HOME|'|");
}

TEST_F(ProcessTest, ThatCannotBeStartedIsAnErrorThatNamesIt) {
  const auto error = thrown<Error>([] { Process({"no-such-command-of-gilscale"}); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), ExitCode::workload_failed);
  EXPECT_THAT(error->what(), AllOf(HasSubstr("cannot start 'no-such-command-of-gilscale'"),
                                   HasSubstr("No such file or directory")));
}

TEST_F(ProcessTest, LeavesNoFileDescriptorsOpen) {
  const auto next_free = [] {
    const int fd = dup(STDERR_FILENO);
    close(fd);
    return fd;
  };
  const int before = next_free();
  for (int i = 0; i < 5; ++i) {
    Process process(shell("exit 0"));
    end_of(process);
    EXPECT_THROW(Process({"no-such-command-of-gilscale"}), Error);
  }
  EXPECT_EQ(next_free(), before);
}

TEST_F(ProcessTest, DoesNotInheritThePipesOfAnother) {
  // It would keep the other one's standard input open, and that one would never see its end.
  const auto count = shell("ls /proc/self/fd | wc -l");
  const Process one(count);
  const Process beside_it(count);
  EXPECT_EQ(all_of(beside_it.output_fd()), all_of(one.output_fd()));
}

// ---- with something in common ----

Process helper(const std::string& script, int descriptor = -1) {
  return {shell(script), {.group = true, .error = true, .descriptor = descriptor}};
}

TEST_F(ProcessTest, MayStayInOurGroup) {
  EXPECT_EQ(line_of(helper("ps -o pgid= -p $$ | tr -d ' '").output_fd()),
            std::to_string(getpgrp()));
}

TEST_F(ProcessTest, InOurGroupIsSignalledAlone) {
  Process process = helper("sleep 1000 & echo $!; wait");
  const pid_t child = std::stoi(line_of(process.output_fd()));
  process.signal(SIGTERM);
  EXPECT_TRUE(WIFSIGNALED(end_of(process)));
  EXPECT_TRUE(is_running(child));
  kill(child, SIGKILL);
}

TEST_F(ProcessTest, InOurGroupIsKilledWhenItIsDestroyed) {
  pid_t child = 0;
  {
    const Process process = helper("trap '' TERM; echo $$; read line");
    child = std::stoi(line_of(process.output_fd()));
    EXPECT_EQ(child, process.pid());
  }
  EXPECT_TRUE(is_gone(child));
}

TEST_F(ProcessTest, MayWriteToOurStandardError) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const int ours = dup(STDERR_FILENO);
  dup2(ends[1], STDERR_FILENO);
  {
    Process process = helper("echo err >&2");
    end_of(process);
    EXPECT_LT(process.error_fd(), 0);
  }
  dup2(ours, STDERR_FILENO);
  close(ours);
  close(ends[1]);
  EXPECT_EQ(all_of(ends[0]), "err\n");
  close(ends[0]);
}

TEST_F(ProcessTest, GetsOnlyTheDescriptorThatItIsGiven) {
  const int given = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 60);
  const int kept = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 60);
  const auto is_open = [](int fd) { return "[ -e /proc/self/fd/" + std::to_string(fd) + " ]"; };
  Process process = helper(is_open(given) + " && ! " + is_open(kept), given);
  EXPECT_EQ(end_of(process), 0);
  EXPECT_NE(fcntl(given, F_GETFD) & FD_CLOEXEC, 0);
  close(given);
  close(kept);
}

}  // namespace
}  // namespace gilscale
