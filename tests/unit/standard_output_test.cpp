#include "gilscale/report/standard_output.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "gilscale/text/error.hpp"

namespace gilscale {
namespace {

TEST(StandardOutput, GetsTheWholeText) {
  testing::internal::CaptureStdout();
  print_out(std::string("one\0two\n", 8));
  print_out("");
  EXPECT_EQ(testing::internal::GetCapturedStdout(), std::string("one\0two\n", 8));
}

// The rest in a process of its own each: standard output belongs to the whole process.

TEST(StandardOutputDeathTest, OnAFullDiskIsAnErrorThatSaysSo) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "there is no /dev/full";
  const auto print = [](std::size_t size) {
    if (!std::freopen("/dev/full", "w", stdout)) std::exit(1);
    try {
      print_out(std::string(size, 'x'));
    } catch (const Error& error) {
      std::fputs(error.what(), stderr);
      std::exit(static_cast<int>(error.code()));
    }
    std::exit(0);
  };
  for (const std::size_t size : {std::size_t{10}, std::size_t{1000000}})
    EXPECT_EXIT(print(size), testing::ExitedWithCode(5),
                "cannot write to standard output: No space left on device");
}

TEST(StandardOutputDeathTest, ThatNobodyReadsAnyMoreIsNoError) {
  // As in `gilscale run | head -1`.
  const auto print = [] {
    std::signal(SIGPIPE, SIG_IGN);
    int ends[2];
    if (pipe(ends) != 0 || dup2(ends[1], STDOUT_FILENO) < 0) std::exit(1);
    close(ends[0]);
    print_out(std::string(1000000, 'x'));
    _exit(42);
  };
  EXPECT_EXIT(print(), testing::ExitedWithCode(42), "");
}

}  // namespace
}  // namespace gilscale
