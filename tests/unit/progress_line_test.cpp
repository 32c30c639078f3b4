#include "progress_line.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

namespace gilscale {
namespace {

TEST(ProgressLine, IsNotThereWithoutATerminal) {
  testing::internal::CaptureStderr();  // a file
  {
    ProgressLine line(2);
    line.begin("cpp_fib/30");
    line.on_progress("2 threads, 3 samples");
    line.clear();
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(ProgressLine, HandsOnWhatWorkersPrint) {
  testing::internal::CaptureStderr();
  {
    ProgressLine line(1);
    line.begin("cpp_fib/30");
    line.on_output("a warning\n");
    line.on_output(std::string_view("\0\xff", 2));
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), std::string("a warning\n\0\xff", 12));
}

}  // namespace
}  // namespace gilscale
