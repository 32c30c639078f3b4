#include "gilscale/supervise/channel.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <string>
#include <thread>

#include "child_processes.hpp"
#include "interruptions.hpp"
#include "supervise/descriptor.hpp"
#include "time_limit.hpp"

namespace gilscale {
namespace {

/// A channel of which both ends are here.
class ChannelTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(pipe(to_), 0);
    ASSERT_EQ(pipe(from_), 0);
  }
  void TearDown() override {
    for (const int fd : {to_[0], from_[0], from_[1]}) close(fd);
    close_input();
  }

  [[nodiscard]] Channel channel() const { return {to_[0], from_[1]}; }
  void say(const std::string& text) const {
    EXPECT_EQ(write(to_[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  void close_input() {
    if (to_[1] >= 0) close(to_[1]);
    to_[1] = -1;
  }
  [[nodiscard]] std::string heard() const { return line_of(from_[0]); }

  TimeLimit limit_;
  int to_[2] = {-1, -1};
  int from_[2] = {-1, -1};
};

TEST_F(ChannelTest, ReadsLineByLine) {
  say("one\ntwo\nrest");
  close_input();
  Channel mine = channel();
  EXPECT_EQ(mine.read_line(), "one");
  EXPECT_EQ(mine.read_line(), "two");
  EXPECT_EQ(mine.read_line(), "rest");
  EXPECT_EQ(mine.read_line(), "");
}

TEST_F(ChannelTest, ReadsALineThatIsLongerThanAPipe) {
  const std::string line(1'000'000, 'x');
  std::thread sender([&] { write_all(to_[1], line + "\nnext\n"); });
  Channel mine = channel();
  EXPECT_EQ(mine.read_line(), line);
  EXPECT_EQ(mine.read_line(), "next");
  sender.join();
}

TEST_F(ChannelTest, ReadsOnAfterSignals) {
  const Interruptions interruptions;
  std::string first;
  std::string second;
  say("one\ntw");
  std::thread reader([&] {
    Channel mine = channel();
    first = mine.read_line();
    second = mine.read_line();
  });
  interruptions.send([&] { pthread_kill(reader.native_handle(), SIGUSR1); });
  say("o\n");
  reader.join();
  EXPECT_EQ(first, "one");
  EXPECT_EQ(second, "two");
}

TEST_F(ChannelTest, SendsAMessageInOneLine) {
  channel().send({{"text", "a\nb"}});
  EXPECT_EQ(heard(), R"({"text":"a\nb"})");
}

TEST_F(ChannelTest, ReplacesWhatIsNoUtf8) {
  channel().send({{"text", "\xff"}});
  EXPECT_EQ(heard(), "{\"text\":\"\xEF\xBF\xBD\"}");
}

TEST_F(ChannelTest, EndsTheProcessWithItsInput) {
  const pid_t child = fork();
  if (child == 0) {
    close(to_[1]);
    channel().at_end_of_input([] { _exit(3); });
    channel().send("ready");
    pause();
    _exit(7);
  }
  EXPECT_EQ(heard(), "\"ready\"");
  close_input();
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 3);
}

TEST_F(ChannelTest, PutsLinesIntoTheInboxUntilTheInputEnds) {
  const pid_t child = fork();
  if (child == 0) {
    close(to_[1]);
    static Inbox inbox;
    channel().at_end_of_input([] { _exit(3); }, &inbox);
    for (int i = 0; i < 3; ++i) channel().send({{"took", inbox.take()}});
    pause();
    _exit(7);
  }
  say("one\ntw");
  EXPECT_EQ(heard(), R"({"took":"one"})");
  say("o\n\nunfinished");
  EXPECT_EQ(heard(), R"({"took":"two"})");
  EXPECT_EQ(heard(), R"({"took":""})");
  close_input();
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 3);
}

TEST_F(ChannelTest, PutsIntoTheInboxWhatWasReadTogetherWithALine) {
  static Inbox inbox;
  say("one\ntwo\nthr");
  Channel mine = channel();
  EXPECT_EQ(mine.read_line(), "one");
  mine.at_end_of_input([] { inbox.put("the end"); }, &inbox);
  say("ee\n");
  close_input();
  ASSERT_EQ(inbox.take(), "two");
  ASSERT_EQ(inbox.take(), "three");
  ASSERT_EQ(inbox.take(), "the end");
}

TEST_F(ChannelTest, PutsIntoTheInboxWhatWasReadBeforeTheInputEnded) {
  static Inbox inbox;
  say("one\ntwo\nunfinished");
  close_input();
  Channel mine = channel();
  EXPECT_EQ(mine.read_line(), "one");
  mine.at_end_of_input([] { inbox.put("the end"); }, &inbox);
  ASSERT_EQ(inbox.take(), "two");
  ASSERT_EQ(inbox.take(), "the end");
}

TEST_F(ChannelTest, DoesNotTakeASignalForTheEndOfItsInput) {
  static Inbox inbox;
  const Interruptions interruptions;
  channel().at_end_of_input([] { inbox.put("the end"); }, &inbox);
  say("hal");
  {
    const InterruptionsElsewhere blocked_here;
    interruptions.send([] { kill(getpid(), SIGUSR1); });
  }
  say("f\n");
  close_input();
  ASSERT_EQ(inbox.take(), "half");
  ASSERT_EQ(inbox.take(), "the end");
}

TEST_F(ChannelTest, WithoutAnInboxReadsAllTheSame) {
  static Inbox ended;
  channel().at_end_of_input([] { ended.put("the end"); });
  write_all(to_[1], std::string(1'000'000, 'x'));  // does not return unless somebody reads
  close_input();
  EXPECT_EQ(ended.take(), "the end");
}

TEST(InboxTest, GivesLinesInTheOrderInWhichTheyCame) {
  Inbox inbox;
  inbox.put("one");
  inbox.put("two");
  EXPECT_EQ(inbox.take(), "one");
  EXPECT_EQ(inbox.take(), "two");
}

TEST(InboxTest, WaitsForALine) {
  Inbox inbox;
  std::thread sender([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    inbox.put("late");
  });
  EXPECT_EQ(inbox.take(), "late");
  sender.join();
}

TEST_F(ChannelTest, KeepsTheMeasuredCodeFromBothEnds) {
  const pid_t child = fork();
  if (child == 0) {
    dup2(to_[0], STDIN_FILENO);
    dup2(from_[1], STDOUT_FILENO);
    Channel mine = Channel::take_over_standard_streams();
    char ignored = 0;
    const bool is_empty = read(STDIN_FILENO, &ignored, 1) == 0;
    mine.send({{"line", mine.read_line()}, {"is_empty", is_empty}});
    _exit(0);
  }
  say("hello\n");
  EXPECT_EQ(heard(), R"({"is_empty":true,"line":"hello"})");
  EXPECT_EQ(waitpid(child, nullptr, 0), child);
}

}  // namespace
}  // namespace gilscale
