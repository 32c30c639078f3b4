#include "gilscale/supervise/channel.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <thread>

#include "child_processes.hpp"

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

  int to_[2] = {-1, -1};
  int from_[2] = {-1, -1};
};

TEST_F(ChannelTest, ReadsLineByLine) {
  say("one\ntwo\nrest");
  close_input();
  EXPECT_EQ(channel().read_line(), "one");
  EXPECT_EQ(channel().read_line(), "two");
  EXPECT_EQ(channel().read_line(), "rest");
  EXPECT_EQ(channel().read_line(), "");
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
    const Channel mine = Channel::take_over_standard_streams();
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
