#include "gilscale/supervise/stream.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <thread>

#include "child_processes.hpp"
#include "interruptions.hpp"
#include "time_limit.hpp"

namespace gilscale {
namespace {

constexpr std::size_t plenty = std::size_t{100} << 20;

class StreamTest : public testing::Test {
  TimeLimit limit_;
};

TEST_F(StreamTest, HasNothingWhileTheChildIsSilent) {
  const Process process(shell("read line"));  // its standard input stays open
  Stream stream(process.output_fd());
  EXPECT_EQ(stream.read_available(), "");
  EXPECT_EQ(stream.fd(), process.output_fd());
}

TEST_F(StreamTest, ClosesAtItsEnd) {
  Process process(shell("printf words"));
  end_of(process);
  Stream stream(process.output_fd());
  EXPECT_EQ(stream.read_available(), "words");
  EXPECT_LT(stream.fd(), 0);
  EXPECT_EQ(stream.read_available(), "");
}

TEST_F(StreamTest, ClosesWhereItCannotBeRead) {
  Stream stream(-1);
  EXPECT_EQ(stream.read_to_end(plenty), "");
  EXPECT_LT(stream.fd(), 0);
}

TEST_F(StreamTest, IsReadToItsEndThoughTheChildPauses) {
  const Process process(shell("printf one; sleep 0.05; printf two"));
  EXPECT_EQ(Stream(process.output_fd()).read_to_end(plenty), "onetwo");
}

TEST_F(StreamTest, IsReadToItsEndThoughSignalsCome) {
  const Interruptions interruptions;
  const Process process(shell("printf one; read line; printf two"));
  std::string text;
  std::thread reader([&] { text = Stream(process.output_fd()).read_to_end(plenty); });
  interruptions.send([&] { pthread_kill(reader.native_handle(), SIGUSR1); });
  process.send("\n");
  reader.join();
  EXPECT_EQ(text, "onetwo");
}

TEST_F(StreamTest, OfAChildThatFloodsIsReadPieceByPiece) {
  const Process process({"yes"});
  Stream stream(process.output_fd());
  EXPECT_LT(stream.read_available().size(), std::size_t{2} << 20);
  EXPECT_EQ(stream.fd(), process.output_fd());
}

TEST_F(StreamTest, OfAChildThatFloodsIsNotReadToItsEnd) {
  const Process process({"yes"});
  EXPECT_GT(Stream(process.output_fd()).read_to_end(100'000).size(), 100'000U);
}

}  // namespace
}  // namespace gilscale
