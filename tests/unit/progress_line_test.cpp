#include "gilscale/report/progress_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "terminal.hpp"

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

class ProgressOnATerminal : public OnATerminal {
 protected:
  static constexpr const char* erased = "\r\x1b[K";
};

TEST_F(ProgressOnATerminal, IsOneLineThatIsDrawnAnew) {
  ProgressLine line(2);
  line.begin("cpp_fib/30");
  EXPECT_EQ(terminal.shown(), "[1/2] cpp_fib/30: starting");
  line.on_progress("2 threads, 3 samples");
  EXPECT_EQ(terminal.shown(), std::string(erased) + "[1/2] cpp_fib/30: 2 threads, 3 samples");
  line.begin("py_fib/30");
  EXPECT_EQ(terminal.shown(), std::string(erased) + "[2/2] py_fib/30: starting");
}

TEST_F(ProgressOnATerminal, MakesRoomForWhatWorkersPrint) {
  ProgressLine line(1);
  line.begin("cpp_fib/30");
  line.on_output("a warning\n");
  EXPECT_EQ(terminal.shown(), "[1/1] cpp_fib/30: starting" + std::string(erased) + "a warning\r\n");
}

TEST_F(ProgressOnATerminal, IsGoneAtTheEnd) {
  {
    ProgressLine line(1);
    line.begin("cpp_fib/30");
    line.clear();
    line.clear();
    EXPECT_EQ(terminal.shown(), "[1/1] cpp_fib/30: starting" + std::string(erased));
    line.on_progress("2 threads, 3 samples");
  }
  EXPECT_THAT(terminal.shown(), testing::EndsWith(erased));
}

TEST_F(ProgressOnATerminal, IsNeverLongerThanANarrowTerminal) {
  ProgressLine line(1);
  line.begin(std::string(200, 'w'));
  EXPECT_EQ(terminal.shown().size(), 79U);
}

}  // namespace
}  // namespace gilscale
