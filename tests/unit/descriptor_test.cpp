#include "supervise/descriptor.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <string>
#include <thread>

#include "child_processes.hpp"
#include "interruptions.hpp"
#include "time_limit.hpp"

namespace gilscale {
namespace {

/// A pipe of which both ends are here.
class DescriptorTest : public testing::Test {
 protected:
  // As watch_for_interrupts() does.
  static void SetUpTestSuite() { std::signal(SIGPIPE, SIG_IGN); }

  void SetUp() override { ASSERT_EQ(pipe(ends_), 0); }
  void TearDown() override {
    close_end(0);
    close_end(1);
  }

  void close_end(int end) {
    if (ends_[end] >= 0) close(ends_[end]);
    ends_[end] = -1;
  }
  [[nodiscard]] std::string read_once() const {
    std::array<char, 100> buffer{};
    const ssize_t n = read_some(ends_[0], buffer);
    return n < 0 ? "a fault" : std::string(buffer.data(), static_cast<std::size_t>(n));
  }

  TimeLimit limit_;
  int ends_[2] = {-1, -1};
};

TEST_F(DescriptorTest, GivesWhatThereIsAndThenTheEnd) {
  write_all(ends_[1], "some words");
  EXPECT_EQ(read_once(), "some words");
  close_end(1);
  EXPECT_EQ(read_once(), "");
}

TEST_F(DescriptorTest, ThatDoesNotBlockSaysThatNothingIsThereYet) {
  fcntl(ends_[0], F_SETFL, O_NONBLOCK);
  std::array<char, 1> buffer{};
  EXPECT_LT(read_some(ends_[0], buffer), 0);
  EXPECT_EQ(errno, EAGAIN);
}

TEST_F(DescriptorTest, IsReadThoughSignalsComeWhileNothingIsThere) {
  const Interruptions interruptions;
  std::string text;
  std::thread reader([&] { text = read_once(); });
  interruptions.send([&] { pthread_kill(reader.native_handle(), SIGUSR1); });
  write_all(ends_[1], "late");
  reader.join();
  EXPECT_EQ(text, "late");
}

TEST_F(DescriptorTest, TakesMoreThanAPipeHoldsThoughSignalsComeWhileItIsFull) {
  const Interruptions interruptions;
  std::string text;
  for (int i = 0; text.size() < 1'000'000; ++i) text += std::to_string(i);
  std::thread writer([&] {
    write_all(ends_[1], text);
    close_end(1);
  });
  interruptions.send([&] { pthread_kill(writer.native_handle(), SIGUSR1); });
  EXPECT_EQ(all_of(ends_[0]), text);
  writer.join();
}

TEST_F(DescriptorTest, WithoutAReaderIsNoError) {
  close_end(0);
  write_all(ends_[1], "for nobody");
}

TEST_F(DescriptorTest, WhoseReaderGoesInTheMiddleIsNoError) {
  std::thread writer([&] { write_all(ends_[1], std::string(1'000'000, 'x')); });
  EXPECT_EQ(read_once(), std::string(100, 'x'));
  close_end(0);
  writer.join();
}

}  // namespace
}  // namespace gilscale
