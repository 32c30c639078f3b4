#include "gilscale/report/progress_board.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "steady_point.hpp"
#include "terminal.hpp"

namespace gilscale {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

std::vector<Case> cases_of(std::size_t count) {
  std::vector<Case> cases(count);
  for (std::size_t i = 0; i < count; ++i) {
    cases[i].workload.name = "case" + std::to_string(i);
    cases[i].threads = {1, 2, 4};
  }
  return cases;
}

Question question(int threads, std::size_t samples) {
  return {steady_point(threads, {.single_s = 0.5}, samples), 1, {}};
}

TEST(ProgressBoard, IsNotThereWithoutATerminal) {
  testing::internal::CaptureStderr();  // a file
  {
    ProgressBoard board(cases_of(2));
    board.on_turn(0);
    board.on_progress("2 threads, 3 samples");
    board.on_sample(0, question(2, 3), true);
    board.on_finished(0, "parallel");
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(ProgressBoard, HandsOnWhatWorkersPrint) {
  testing::internal::CaptureStderr();
  {
    ProgressBoard board(cases_of(1));
    board.on_turn(0);
    board.print(std::string_view("\0\xff", 2));
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), std::string("\0\xff", 2));
}

class BoardOnATerminal : public OnATerminal {
 protected:
  void SetUp() override {
    OnATerminal::SetUp();
    terminal.resize(24, 100);
  }

  /// It is not drawn more than ten times a second.
  static void wait_for_the_next_drawing() {
    std::this_thread::sleep_for(std::chrono::milliseconds(110));
  }
};

TEST_F(BoardOnATerminal, HasALineForEachCase) {
  ProgressBoard board(cases_of(2));
  board.on_turn(1);
  EXPECT_EQ(terminal.shown(), "  case0  waiting\r\n> case1  starting\r\n");
  board.on_finished(1, "failed");
  EXPECT_EQ(terminal.shown(), "\r\x1b[2A\x1b[J  case0  waiting\r\n> case1  failed\r\n");
}

TEST_F(BoardOnATerminal, ShowsTheLargestThreadCountAndWhatIsOpen) {
  ProgressBoard board(cases_of(1));
  board.on_turn(0);
  (void)terminal.shown();
  wait_for_the_next_drawing();
  board.on_sample(0, question(2, 20), true);
  EXPECT_THAT(terminal.shown(),
              EndsWith("> case0  2 threads: speedup 1.00 [1.00, 1.00], 20 samples; "
                       "open: 1, 4\r\n"));
  wait_for_the_next_drawing();
  board.on_sample(0, question(1, 2), false);
  EXPECT_THAT(terminal.shown(), HasSubstr("2 threads: speedup 1.00"));
  wait_for_the_next_drawing();
  board.on_sample(0, question(4, 2), false);
  EXPECT_THAT(terminal.shown(), HasSubstr("4 threads: speedup 2.00, 2 samples; open: 1, 4"));
  board.on_finished(0, "parallel");
  EXPECT_THAT(terminal.shown(), HasSubstr("4 threads: speedup 2.00, 2 samples; parallel"));
}

TEST_F(BoardOnATerminal, ShowsWhatACallTakesWhereThereIsOneThreadOnly) {
  ProgressBoard board(cases_of(1));
  board.on_sample(0, question(1, 20), false);
  EXPECT_THAT(terminal.shown(), HasSubstr("1 thread: 1.00 s [1.00 s, 1.00 s], 20 samples"));
}

TEST_F(BoardOnATerminal, IsSeldomDrawnAnew) {
  ProgressBoard board(cases_of(1));
  board.on_turn(0);
  (void)terminal.shown();
  wait_for_the_next_drawing();
  board.on_sample(0, question(2, 1), false);
  for (std::size_t samples = 2; samples < 50; ++samples)
    board.on_sample(0, question(2, samples), false);
  EXPECT_THAT(terminal.shown(), Not(HasSubstr("40 samples")));
}

TEST_F(BoardOnATerminal, MakesRoomForWhatWorkersPrint) {
  ProgressBoard board(cases_of(3));
  board.on_turn(0);
  (void)terminal.shown();
  board.print("a warning\n");
  EXPECT_EQ(terminal.shown(), "\r\x1b[3A\x1b[Ja warning\r\n");
  board.clear();
  EXPECT_EQ(terminal.shown(), "");
}

TEST_F(BoardOnATerminal, LeavesFinishedCasesOutWhereThereAreTooManyLines) {
  terminal.resize(7, 40);
  ProgressBoard board(cases_of(12));
  board.on_finished(0, "parallel");
  board.on_turn(1);
  const std::string shown = terminal.shown();
  EXPECT_THAT(shown,
              AllOf(EndsWith("> case1   starting\r\n  case2   waiting\r\n  case3   waiting\r\n"
                             "  case4   waiting\r\n  case5   waiting\r\n  and 6 more\r\n")));
}

TEST_F(BoardOnATerminal, HasLinesThatDoNotWrap) {
  terminal.resize(24, 30);
  std::vector<Case> cases = cases_of(1);
  cases[0].workload.name = std::string(200, 'w');
  ProgressBoard board(cases);
  board.on_turn(0);
  EXPECT_LE(terminal.shown().size(), 29U + 2 + 2) << "with an ellipsis of three bytes";
}

}  // namespace
}  // namespace gilscale
