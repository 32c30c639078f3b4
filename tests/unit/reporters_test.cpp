#include "gilscale/reporters.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "fixed_report.hpp"
#include "golden.hpp"

namespace gilscale {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

std::string rendered(std::string_view format, const Report& report, const Style& style = {}) {
  return reporter(format).render(report, style);
}

Report report_of(CaseResult result) {
  Report report;
  report.cases.push_back(std::move(result));
  return report;
}

/// As it was before anybody could look at results: measured, but nothing was said about them yet.
Report incomplete_report() {
  Report report = fixed_report();
  report.cases.resize(2);
  report.cases[0].points.resize(1);
  report.cases[1].points.clear();
  report.cases[1].benchmarks.clear();
  return report;
}

class Format : public testing::TestWithParam<Reporter> {
 protected:
  [[nodiscard]] std::string name() const { return std::string(GetParam().name); }
  [[nodiscard]] std::string render(const Report& report) const {
    return GetParam().render(report, Style{});
  }
  [[nodiscard]] bool has_figures_only() const {
    return name() == "bencher" || name() == "custom_bigger";
  }
};

TEST_P(Format, OfTheFixedReportIsTheGoldenOne) {
  expect_golden("report." + name() + ".txt", render(fixed_report()));
}

TEST_P(Format, OfTheGatedReportIsTheGoldenOne) {
  expect_golden("gated." + name() + ".txt", render(gated_report()));
}

TEST_P(Format, OfAComparisonIsTheGoldenOne) {
  expect_golden("compared." + name() + ".txt", render(compared_report()));
}

TEST_P(Format, IsUtf8WhateverTheNamesAre) {
  if (name() == "console" || name() == "benchmark_csv")
    GTEST_SKIP() << "as Google Benchmark has it";
  EXPECT_NO_THROW(static_cast<void>(json(render(gated_report())).dump()));
}

TEST_P(Format, OfAReportWithoutCasesIsTheGoldenOne) {
  expect_golden("empty." + name() + ".txt", render(Report{}));
}

TEST_P(Format, OfAnIncompleteReportIsWhole) {
  if (name() == "github") GTEST_SKIP() << "nothing went wrong yet";
  EXPECT_THAT(render(incomplete_report()), EndsWith("\n"));
}

TEST_P(Format, ShowsAFailure) {
  if (has_figures_only()) GTEST_SKIP();
  EXPECT_THAT(render(report_of(crashed_case())), HasSubstr("SIGSEGV"));
  EXPECT_THAT(render(report_of(failed_case())), HasSubstr("raised ValueError"));
}

TEST_P(Format, SurvivesTextThatIsNotUtf8) {
  if (has_figures_only()) GTEST_SKIP();
  CaseResult result = failed_case();
  result.failure->message = "bytes \xff\xfe";
  EXPECT_THAT(render(report_of(result)), HasSubstr("bytes "));
}

TEST_P(Format, IsTheSameForTheSameReport) {
  EXPECT_EQ(render(fixed_report()), render(fixed_report()));
}

INSTANTIATE_TEST_SUITE_P(Reporters, Format,
                         testing::ValuesIn(reporters().begin(), reporters().end()),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Reporters, HaveNamesOfTheirOwnAndASummary) {
  std::set<std::string_view> names;
  for (const Reporter& row : reporters()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_FALSE(row.summary.empty()) << row.name;
    EXPECT_EQ(&reporter(row.name), &row);
  }
  EXPECT_EQ(reporters().front().name, "table");
}

// ---- table ----

TEST(Table, HasColoursWhenAsked) {
  const std::string coloured = rendered("table", fixed_report(), {.color = true});
  expect_golden("report.table.color.txt", coloured);
  std::string bare = coloured;
  for (std::size_t at = 0; (at = bare.find('\x1b')) != std::string::npos;)
    bare.erase(at, bare.find('m', at) - at + 1);
  EXPECT_EQ(bare, rendered("table", fixed_report())) << "colour moves nothing";
}

TEST(Table, HasNoTrailingSpaces) {
  std::istringstream lines(rendered("table", fixed_report()));
  for (std::string line; std::getline(lines, line);) EXPECT_THAT(line, Not(EndsWith(" ")));
}

TEST(Table, MarksMoreThreadsThanCpus) {
  EXPECT_THAT(rendered("table", report_of(scaling_case())),
              AllOf(HasSubstr("4*"), HasSubstr("* more threads than CPUs")));
  EXPECT_THAT(rendered("table", report_of(held_case())), Not(HasSubstr("*")));
}

TEST(Table, ShortensALongLabelInItsRowsButNotInItsSentence) {
  CaseResult result = scaling_case();
  result.planned.workload.name = "package.module:a_really_rather_long_nameµ";
  const std::string text = rendered("table", report_of(result));
  EXPECT_THAT(text, HasSubstr("\npackage.module:a_r…her_long_nameµ/30 "));
  EXPECT_THAT(text, HasSubstr("\npackage.module:a_really_rather_long_nameµ/30: parallel: "));
}

// ---- Google Benchmark's formats ----

TEST(BenchmarkCsv, QuotesTextAndDoublesQuotesInIt) {
  EXPECT_THAT(
      rendered("benchmark_csv", report_of(failed_case())),
      HasSubstr("\"workload 'own.py:work' raised ValueError: \"\"one\"\", <two> & µ|three; try\""));
}

/// The number of fields of one CSV line (RFC 4180).
std::size_t fields(const std::string& line) {
  bool in_quotes = false;
  std::size_t commas = 0;
  for (const char c : line) {
    if (c == '"') in_quotes = !in_quotes;
    if (c == ',' && !in_quotes) ++commas;
  }
  EXPECT_FALSE(in_quotes) << line;
  return commas + 1;
}

TEST(BenchmarkCsv, HasAsManyFieldsInEveryLine) {
  std::istringstream lines(rendered("benchmark_csv", fixed_report()));
  std::string header;
  std::getline(lines, header);
  EXPECT_EQ(header,
            "name,iterations,real_time,cpu_time,time_unit,bytes_per_second,items_per_second,label,"
            "error_occurred,error_message,\"speedup\"");
  for (std::string line; std::getline(lines, line);)
    EXPECT_EQ(fields(line), fields(header)) << line;
}

TEST(BenchmarkCsv, HasALineForEachBenchmark) {
  std::size_t benchmarks = 0;
  for (const CaseResult& result : fixed_report().cases)
    benchmarks += result.benchmarks.size() + (result.failure ? 1 : 0);
  const std::string text = rendered("benchmark_csv", fixed_report());
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'),
            1 + static_cast<std::ptrdiff_t>(benchmarks));
}

TEST(Console, ShowsAnErrorAsGoogleBenchmarkDoes) {
  EXPECT_THAT(
      rendered("console", report_of(crashed_case())),
      HasSubstr("own:crash/executor:threads/threads:1/manual_time ERROR OCCURRED: 'the worker"));
}

TEST(Console, ShowsAVariationInPercent) {
  EXPECT_THAT(rendered("console", report_of(waiting_case())), HasSubstr("3.12 %"));
}

// ---- JSON ----

class JsonDocument : public testing::Test {
 protected:
  json document = json::parse(rendered("json", fixed_report()));
  json cases = document.at("gilscale").at("cases");
};

std::set<std::string> keys(const json& object) {
  std::set<std::string> names;
  for (const auto& [name, value] : object.items()) names.insert(name);
  return names;
}

TEST_F(JsonDocument, IsGoogleBenchmarksWithOneMoreKey) {
  EXPECT_EQ(keys(document), (std::set<std::string>{"context", "benchmarks", "gilscale"}));
  EXPECT_EQ(document["gilscale"]["schema"], 1);
}

TEST_F(JsonDocument, HasTheWorkersContextAndTheRuns) {
  EXPECT_EQ(document["context"]["host_name"], "fixed");
  EXPECT_EQ(document["context"]["usable_cpus"], 2);
  EXPECT_EQ(document["context"]["commit"], "abc");
}

TEST_F(JsonDocument, NumbersItsFamiliesOverAllCases) {
  std::set<int> families;
  for (const json& benchmark : document["benchmarks"])
    families.insert(benchmark["family_index"].get<int>());
  EXPECT_EQ(families, (std::set{0, 1, 2, 3, 4, 5}));
}

TEST_F(JsonDocument, HasAnEntryWithAnErrorForTheFirstThreadCountThatIsMissing) {
  const json& entry =
      *std::find_if(document["benchmarks"].begin(), document["benchmarks"].end(),
                    [](const json& each) { return each.value("error_occurred", false); });
  EXPECT_THAT(entry["name"].get<std::string>(), HasSubstr("own.py:work"));
  EXPECT_THAT(entry["name"].get<std::string>(), HasSubstr("threads:2"));
  EXPECT_THAT(entry["error_message"].get<std::string>(), HasSubstr("raised ValueError"));
}

TEST_F(JsonDocument, HasTheKeysOfTheDesignInEveryCase) {
  for (const json& each : cases) {
    for (const char* key :
         {"workload", "executor", "scaling", "gil", "python", "points", "verdict", "why", "error"})
      EXPECT_TRUE(each.contains(key)) << key;
    for (const char* key : {"requested", "at_start", "after_import", "after_run", "enabled_by"})
      EXPECT_TRUE(each["gil"].contains(key)) << key;
  }
  EXPECT_EQ(keys(cases[0]["python"]), (std::set<std::string>{"version", "build", "executable",
                                                             "debug", "hooks", "empty_call_s"}));
  EXPECT_TRUE(cases[3]["python"].is_null());
  EXPECT_EQ(cases[0]["workload"], "cpp_fib_nogil");
  EXPECT_EQ(cases[0]["scaling"], "weak");
}

TEST_F(JsonDocument, HasTheKeysOfTheDesignInEveryPoint) {
  for (const json& each : cases) {
    for (const json& point : each["points"]) {
      for (const char* key : {"threads", "calls", "rounds"})
        EXPECT_TRUE(point[key].is_number()) << key;
      for (const char* key : {"makespan_s", "call_s", "throughput_per_s", "speedup", "capacity",
                              "relative_efficiency"})
        EXPECT_EQ(keys(point[key]), (std::set<std::string>{"estimate", "low", "high"})) << key;
      for (const char* key : {"single_s", "parallel_s", "control_single_s", "control_parallel_s"})
        EXPECT_EQ(point["samples"][key].size(), point["rounds"]) << key;
      EXPECT_EQ(point["serial_fraction"].is_null(), point["threads"] == 1);
    }
  }
}

TEST_F(JsonDocument, HasAnErrorOnlyWhereSomethingFailed) {
  EXPECT_TRUE(cases[0]["error"].is_null());
  EXPECT_EQ(keys(cases[4]["error"]), (std::set<std::string>{"kind", "message", "details"}));
  EXPECT_EQ(cases[5]["error"]["kind"], "signal");
  EXPECT_EQ(cases[5]["verdict"], "failed");
}

TEST_F(JsonDocument, KeepsTextThatIsUtf8) {
  EXPECT_THAT(cases[4]["error"]["message"].get<std::string>(), HasSubstr("<two> & µ|three"));
}

TEST(JsonOfFewSamples, HasNullForEndsThatAreNotBound) {
  CaseResult result = scaling_case();
  result.points = {steady_point(2, {}, 3)};
  const json document = json::parse(rendered("json", report_of(result)));
  const json& speedup = document["gilscale"]["cases"][0]["points"][0]["speedup"];
  EXPECT_EQ(speedup["estimate"], 2);
  EXPECT_TRUE(speedup["low"].is_null());
  EXPECT_TRUE(speedup["high"].is_null());
}

}  // namespace
}  // namespace gilscale
