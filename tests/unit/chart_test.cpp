#include "gilscale/report/chart.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "fixed_report.hpp"
#include "golden.hpp"
#include "report/text.hpp"

namespace gilscale {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

Report report_of(std::vector<CaseResult> cases) {
  Report report;
  report.cases.assign(cases.begin(), cases.end());
  return report;
}

CaseResult case_of(const std::string& name, int most_threads) {
  std::vector<std::pair<int, Rounds>> points;
  for (int threads = 1; threads <= most_threads; ++threads) points.emplace_back(threads, Rounds{});
  return fixed_case(fixed_workload(name, "()"), "threads", points);
}

std::size_t widest_line(const std::string& text) {
  std::istringstream lines(text);
  std::size_t widest = 0;
  for (std::string line; std::getline(lines, line);) widest = std::max(widest, width(line));
  return widest;
}

TEST(Chart, OfTheFixedReportIsTheGoldenOne) {
  expect_golden("chart.unicode.txt", speedup_chart(fixed_report(), {.unicode = true}));
  expect_golden("chart.ascii.txt", speedup_chart(fixed_report(), {}));
}

TEST(Chart, HasColoursWhenAskedWhichMoveNothing) {
  std::string text = speedup_chart(fixed_report(), {.unicode = true, .style = {.color = true}});
  EXPECT_THAT(text, HasSubstr("\x1b["));
  for (std::size_t at = 0; (at = text.find('\x1b')) != std::string::npos;)
    text.erase(at, text.find('m', at) - at + 1);
  EXPECT_EQ(text, speedup_chart(fixed_report(), {.unicode = true}));
}

// ---- the speedup stack ----

/// Two threads, of which each computes for half of the round and waits for the other half.
CaseResult half_waiting(const std::string& name, WaitKind kind) {
  CaseResult result = fixed_case(fixed_workload(name, "()"), "threads", {{2, {0.5, 1, 0.5, 0.5}}});
  Account single;
  single.rounds = single.calls = 1;
  single.makespan_s = single.wall_s = single.cpu_s = 0.5;
  Account parallel = single;
  parallel.calls = 2;
  parallel.makespan_s = 1;
  parallel.wall_s = 2;
  parallel.cpu_s = 1;
  parallel.ledger.waits.at(static_cast<std::size_t>(kind)) = {2, 1, 0.5};
  result.points.front().ledger_single = single;
  result.points.front().ledger_parallel = parallel;
  return result;
}

TEST(StackChart, HasALetterForEachThingThatTookTime) {
  const Report report = report_of({half_waiting("f", WaitKind::gil), case_of("g", 2),
                                   half_waiting("with_a_mutex", WaitKind::mutex)});
  const std::string half(20, '=');
  EXPECT_EQ(stack_chart(report, {.columns = 64}),
            "\nthreads' time  threads  = achieved  G GIL  L locks\n"
            "f                   2   " +
                half + std::string(20, 'G') + "\n" + "with_a_mutex        2   " + half +
                std::string(20, 'L') + "\n");
}

TEST(StackChart, IsNoneWithoutAStack) {
  EXPECT_EQ(stack_chart(report_of({case_of("g", 2)}), {}), "");
  EXPECT_EQ(stack_chart(Report{}, {}), "");
}

TEST(StackChart, FitsIntoItsColumns) {
  const Report report = report_of({half_waiting(std::string(100, 'n'), WaitKind::gil)});
  for (const bool unicode : {true, false})
    for (const std::size_t columns : {60U, 80U, 200U})
      EXPECT_LE(widest_line(stack_chart(report, {.unicode = unicode, .columns = columns})),
                columns);
}

std::string last_line(const std::string& text) {
  return text.substr(text.rfind('\n', text.size() - 2) + 1);
}

TEST(Chart, ShowsWhatWasAchievableInALongerBar) {
  // Two threads do twice the work while the control has one core in all.
  const Report report = report_of(
      {fixed_case(fixed_workload("f", "()"), "threads", {{2, {0.03125, 0.03125, 0.0625, 0.125}}})});
  const std::string text = last_line(speedup_chart(report, {}));
  EXPECT_THAT(text, testing::ContainsRegex("^f +2 +#+\\|#+ +1\\.9"));
  EXPECT_THAT(last_line(speedup_chart(report, {.unicode = true})), HasSubstr("█│█"));
}

TEST(Chart, TellsBarsOfTooFewSamplesFromTheOthers) {
  CaseResult few = case_of("few", 2);
  Samples& samples = few.points.back().samples;
  samples = first_of(samples, 2);
  const Report report = report_of({case_of("many", 2), few});
  const std::string text = speedup_chart(report, {});
  EXPECT_THAT(text, AllOf(HasSubstr("achievable  - too few samples\n"),
                          testing::ContainsRegex("many +2 +[^-]*\nfew +2 +[^#]*-.*\n$")));
  EXPECT_THAT(speedup_chart(report, {.unicode = true}),
              AllOf(HasSubstr("achievable  ░ too few samples\n"), HasSubstr("  ░░")));
  EXPECT_THAT(speedup_chart(report_of({case_of("many", 2)}), {}), Not(HasSubstr("too few")));
}

TEST(Chart, FitsIntoEightyColumnsWhateverTheNamesAre) {
  for (const bool unicode : {true, false})
    for (const Report& report :
         {fixed_report(), gated_report(), report_of({case_of(std::string(300, 'n'), 24)})})
      EXPECT_LE(widest_line(speedup_chart(report, {.unicode = unicode})), 80U);
}

TEST(Chart, CountsWideLettersTwice) {
  std::string wide;
  for (int i = 0; i < 100; ++i) wide += "漢";
  EXPECT_EQ(width("漢µs\x1b[31m…\x1b[0m"), 2U + 2 + 1);
  EXPECT_EQ(width(abridged(wide, 28)), 27U) << "13 in all, and the ellipsis";
  EXPECT_EQ(abridged(wide + "tail", 9), "漢漢…ail");
  EXPECT_EQ(abridged("漢字", 4), "漢字");
}

TEST(Chart, IsPlainAsciiWhereTheTerminalKnowsNoMore) {
  const Report report = report_of({case_of("naïve_λ_" + std::string(60, 'x'), 4)});
  const std::string text = speedup_chart(report, {});
  EXPECT_TRUE(std::all_of(text.begin(), text.end(), [](char byte) { return byte > 0; })) << text;
  EXPECT_THAT(text, HasSubstr("na?ve_?_"));
}

TEST(Chart, LetsNoNameMoveTheCursor) {
  EXPECT_THAT(speedup_chart(gated_report(), {.unicode = true}),
              AllOf(Not(HasSubstr("\x1b")), Not(HasSubstr("\r")), Not(HasSubstr("\xc2\x9b"))));
}

TEST(Chart, OfManyThreadCountsShowsTheirShapeOnly) {
  const std::string text = speedup_chart(report_of({case_of("f", 24)}), {});
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2 + 5) << "2, 4, 8, 16 and 24\n" << text;
}

TEST(Chart, OfManyCasesShowsTheLargestThreadCountOfEach) {
  const std::string text =
      speedup_chart(report_of(std::vector<CaseResult>(12, case_of("f", 5))), {});
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2 + 12) << text;
}

TEST(Chart, IsLeftOutWhereNothingWasMeasuredOnSeveralThreads) {
  EXPECT_EQ(speedup_chart(Report{}, {}), "");
  EXPECT_EQ(speedup_chart(report_of({case_of("f", 1), crashed_case()}), {}), "");
}

TEST(Locale, IsThatOfTheFirstVariableThatIsSet) {
  EXPECT_TRUE(is_utf8_locale("en_US.UTF-8", nullptr, nullptr));
  EXPECT_TRUE(is_utf8_locale(nullptr, "", "C.utf8"));
  EXPECT_FALSE(is_utf8_locale("C", "en_US.UTF-8", "en_US.UTF-8"));
  EXPECT_FALSE(is_utf8_locale(nullptr, nullptr, nullptr));
}

}  // namespace
}  // namespace gilscale
