#include "gilscale/report/reporters.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <utility>
#include <vector>

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
  CaseResult begun = scaling_case();
  begun.points.resize(1);
  CaseResult not_begun = held_case();
  not_begun.points.clear();
  not_begun.benchmarks.clear();
  Report report = fixed_report();
  report.cases = {begun, not_begun};
  return report;
}

class Format : public testing::TestWithParam<Reporter> {
 protected:
  [[nodiscard]] std::string name() const { return std::string(GetParam().name); }
  [[nodiscard]] std::string render(const Report& report) const {
    return GetParam().render(report, Style{});
  }
};

/// All reporters but those named.
auto all_but(std::initializer_list<std::string_view> names) {
  std::vector<Reporter> rest;
  std::copy_if(reporters().begin(), reporters().end(), std::back_inserter(rest),
               [&](const Reporter& row) {
                 return std::find(names.begin(), names.end(), row.name) == names.end();
               });
  return testing::ValuesIn(rest);
}

std::string name_of(const testing::TestParamInfo<Reporter>& row) {
  return std::string(row.param.name);
}

INSTANTIATE_TEST_SUITE_P(Reporters, Format, all_but({}), name_of);

class WordyFormat : public Format {};
INSTANTIATE_TEST_SUITE_P(ReportersOfMoreThanFigures, WordyFormat,
                         all_but({"bencher", "custom_bigger"}), name_of);

class OwnFormat : public Format {};
INSTANTIATE_TEST_SUITE_P(ReportersThatAreNotGoogleBenchmarks, OwnFormat,
                         all_but({"console", "benchmark_csv"}), name_of);

class EagerFormat : public Format {};
INSTANTIATE_TEST_SUITE_P(ReportersOfMoreThanFaults, EagerFormat, all_but({"github"}), name_of);

TEST_P(Format, OfTheFixedReportIsTheGoldenOne) {
  expect_golden("report." + name() + ".txt", readable_text(render(fixed_report())));
}

TEST_P(Format, OfTheGatedReportIsTheGoldenOne) {
  expect_golden("gated." + name() + ".txt", readable_text(render(gated_report())));
}

TEST_P(Format, OfAComparisonIsTheGoldenOne) {
  expect_golden("compared." + name() + ".txt", readable_text(render(compared_report())));
}

TEST_P(OwnFormat, IsUtf8WhateverTheNamesAre) {
  EXPECT_NO_THROW(static_cast<void>(json(render(gated_report())).dump()));
}

TEST_P(Format, OfAReportWithoutCasesIsTheGoldenOne) {
  expect_golden("empty." + name() + ".txt", readable_text(render(Report{})));
}

TEST_P(EagerFormat, OfAnIncompleteReportIsWhole) {
  EXPECT_THAT(render(incomplete_report()), EndsWith("\n"));
}

TEST_P(WordyFormat, ShowsAFailure) {
  EXPECT_THAT(render(report_of(crashed_case())), HasSubstr("SIGSEGV"));
  EXPECT_THAT(render(report_of(failed_case())), HasSubstr("raised ValueError"));
}

TEST_P(WordyFormat, SurvivesTextThatIsNotUtf8) {
  CaseResult result = failed_case();
  result.failure->message = "bytes \xff\xfe";
  EXPECT_THAT(render(report_of(result)), HasSubstr("bytes "));
}

TEST_P(Format, IsTheSameForTheSameReport) {
  EXPECT_EQ(render(fixed_report()), render(fixed_report()));
}

TEST(Reporters, HaveNamesOfTheirOwnAndASummary) {
  std::set<std::string_view> names;
  for (const Reporter& row : reporters()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_FALSE(row.summary.empty()) << row.name;
    EXPECT_EQ(&reporter(row.name), &row);
  }
  EXPECT_EQ(reporters().front().name, "table");
}

TEST(Reporters, HaveOptionsOfTheirOwnWhereTheyHaveOne) {
  std::set<std::string_view> options;
  for (const Reporter& row : reporters())
    EXPECT_TRUE(row.option.empty() || options.insert(row.option).second) << row.option;
  EXPECT_TRUE(options.contains("json"));
}

TEST(Reporters, OfGoogleBenchmarksFormatsAreItsOwn) {
  EXPECT_EQ(benchmark_reporter("csv").name, "benchmark_csv");
  EXPECT_EQ(benchmark_reporter("json").name, "json");
  EXPECT_EQ(benchmark_reporter("console").name, "console");
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

TEST(Table, ColoursOutcomesAndChangesAsVerdicts) {
  const std::string coloured = rendered("table", gated_report(), {.color = true});
  EXPECT_THAT(coloured, AllOf(HasSubstr("\x1b[32mpassed\x1b[0m"), HasSubstr("\x1b[31mfailed"),
                              HasSubstr("\x1b[33minconclusive"), HasSubstr("\x1b[32mfaster"),
                              HasSubstr("\x1b[31mslower"), HasSubstr("\x1b[32msame"),
                              HasSubstr("\x1b[33munclear")));
  std::string bare = coloured;
  for (std::size_t at = 0; (at = bare.find('\x1b')) != std::string::npos;)
    bare.erase(at, bare.find('m', at) - at + 1);
  EXPECT_EQ(bare, rendered("table", gated_report())) << "colour moves nothing";
}

TEST(Table, LetsNoNameMoveTheCursor) {
  EXPECT_THAT(rendered("table", gated_report()),
              AllOf(Not(HasSubstr("\x1b")), Not(HasSubstr("\r")), Not(HasSubstr("\xc2\x9b"))));
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

TEST(Table, SaysOneThreadAndOneCpuInTheSingular) {
  CaseResult result = held_case();
  result.planned.threads = {1};
  result.points.resize(1);
  Report report = report_of(result);
  result.planned.executor = "pool";
  report.cases.push_back(result);
  report.context["usable_cpus"] = 1;
  EXPECT_THAT(
      rendered("table", report),
      AllOf(HasSubstr("; 1 CPU usable"), HasSubstr("set up for 1 thread in"),
            HasSubstr("no executor is clearly ahead at 1 thread\n"), Not(HasSubstr("1 threads"))));
}

TEST(Table, ShortensALongLabelInItsRowsButNotInItsSentence) {
  CaseResult result = scaling_case();
  result.planned.workload.name = "package.module:a_really_rather_long_nameµ";
  const std::string text = rendered("table", report_of(result));
  EXPECT_THAT(text, HasSubstr("\npackage.module:a_r…her_long_nameµ/30 "));
  EXPECT_THAT(text, HasSubstr("\npackage.module:a_really_rather_long_nameµ/30: parallel: "));
}

// ---- the law of scalability ----

/// On as many cores as threads; a case that follows the law.
CaseResult lawful_case(double contention, double coherency) {
  CaseResult result = fixed_case(fixed_workload("f", "()"), "threads", {});
  for (const int n : {1, 2, 4, 8}) {
    const double slower = 1 + contention * (n - 1) + coherency * n * (n - 1);
    result.planned.threads.push_back(n);
    result.points.push_back(steady_point(n, {.parallel_s = slower}));
  }
  return result;
}

json scalability_in(const Report& report) {
  return json::parse(rendered("json", report))["gilscale"]["cases"][0]["scalability"];
}

TEST(Law, StandsInTheDocumentWithItsIntervals) {
  const json law = scalability_in(report_of(lawful_case(0.04, 0.06)));
  for (const char* name : {"contention", "coherency", "peak_threads"}) {
    const std::string key = name;
    EXPECT_LT(law.at(key + "_low").get<double>(), law.at(key).get<double>()) << law;
    EXPECT_GT(law.at(key + "_high").get<double>(), law.at(key).get<double>()) << law;
  }
  EXPECT_NEAR(law.at("contention").get<double>(), 0.04, 1e-9);
  EXPECT_NEAR(law.at("coherency").get<double>(), 0.06, 1e-9);
  EXPECT_NEAR(law.at("peak_threads").get<double>(), 4, 1e-9);
  EXPECT_EQ(law.at("saturation_threads"), 4);
}

TEST(Law, StandsBelowTheTableWithItsPeakIfThereIsOne) {
  EXPECT_THAT(
      rendered("table", report_of(lawful_case(0.04, 0.06))),
      testing::ContainsRegex("f: contention 0\\.040 \\[0\\.[0-9]+, 0\\.[0-9]+\\], coherency "
                             "0\\.06000 \\[0\\.0[0-9]+, 0\\.0[0-9]+\\], peak at 4 threads "
                             "\\[4, 4\\]; no gain beyond 4 threads\n"));
  EXPECT_THAT(rendered("table", report_of(lawful_case(0.1, 0))),
              AllOf(HasSubstr("f: contention 0.100 ["), Not(HasSubstr("peak at"))));
  EXPECT_EQ(scalability_in(report_of(lawful_case(0.1, 0))).at("peak_threads"), nullptr);
}

// ---- CSV ----

/// The rows and fields of a CSV text, read as RFC 4180 has it.
std::vector<std::vector<std::string>> parsed_csv(const std::string& text) {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> row(1);
  bool in_quotes = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool doubled = in_quotes && text[i] == '"' && text.substr(i + 1, 1) == "\"";
    if (doubled)
      row.back() += text[++i];
    else if (text[i] == '"')
      in_quotes = !in_quotes;
    else if (!in_quotes && text[i] == ',')
      row.emplace_back();
    else if (!in_quotes && text[i] == '\n')
      rows.push_back(std::exchange(row, {""}));
    else
      row.back() += text[i];
  }
  EXPECT_FALSE(in_quotes);
  return rows;
}

TEST(Csv, HasAsManyFieldsInEveryRow) {
  for (const Report& report : {fixed_report(), gated_report(), compared_report(), Report{}}) {
    const auto rows = parsed_csv(rendered("csv", report));
    for (const auto& row : rows) EXPECT_EQ(row.size(), rows.front().size());
  }
}

TEST(Csv, HasARowForEachPointAndForACaseWithoutAny) {
  const auto rows = parsed_csv(rendered("csv", gated_report()));
  std::size_t expected = 1;
  for (const JudgedCase& judged : gated_report().cases)
    expected += std::max<std::size_t>(1, judged.result.points.size());
  EXPECT_EQ(rows.size(), expected);
  EXPECT_EQ(rows.back().front(), "own:work (interpreters)");
  const auto threads = std::find(rows.front().begin(), rows.front().end(), "threads");
  ASSERT_NE(threads, rows.front().end());
  EXPECT_EQ(rows.back()[static_cast<std::size_t>(threads - rows.front().begin())], "");
  EXPECT_EQ(rows.back().back(), "sub-interpreters with their own GIL need 3.12");
}

TEST(Csv, LeavesEndsThatAreNotBoundEmpty) {
  CaseResult result = scaling_case();
  result.points = {steady_point(2, {}, 3)};
  const auto rows = parsed_csv(rendered("csv", report_of(result)));
  const auto column = std::find(rows[0].begin(), rows[0].end(), "speedup") - rows[0].begin();
  const auto at = rows[1].begin() + column;
  EXPECT_THAT(std::vector(at, at + 3), testing::ElementsAre("2", "", ""));
}

// ---- Markdown ----

TEST(Markdown, SaysTheOverallResultFirst) {
  const auto first_line = [](const Report& report) {
    const std::string text = rendered("markdown", report);
    return text.substr(0, text.find('\n'));
  };
  Report report;
  report.checks = {fixed_check("a", Outcome::passed), fixed_check("b", Outcome::passed)};
  EXPECT_EQ(first_line(report), "**passed**: 2 of 2 expectations passed");
  report.checks.push_back(fixed_check("c", Outcome::inconclusive));
  EXPECT_EQ(first_line(report), "**inconclusive**: 2 of 3 expectations passed, 1 is inconclusive");
  report.checks.push_back(fixed_check("d", Outcome::failed));
  EXPECT_EQ(first_line(report), "**failed**: 1 of 4 expectations failed, 1 is inconclusive");
  report.checks.clear();
  report.changes = fixed_changes();
  EXPECT_EQ(first_line(report), "**failed**: of 4 points, 1 is slower, 1 is unclear");
  report.changes->points.resize(2);
  EXPECT_EQ(first_line(report), "**passed**: of 2 points, none is slower");
  report.cases = {crashed_case()};
  EXPECT_EQ(first_line(report), "**failed**: of 2 points, none is slower; 1 of 1 case failed");
  EXPECT_EQ(first_line(fixed_report()), "6 cases: 3 parallel, 1 gil-bound, 2 failed");
}

TEST(Markdown, LetsNoNameBringHtmlOrBreakATable) {
  const std::string text = rendered("markdown", gated_report());
  const std::string outside = text.substr(0, text.find("`````text"));
  EXPECT_THAT(outside, AllOf(Not(HasSubstr("<b>")), Not(HasSubstr("\r")), Not(HasSubstr("\x1b"))));
  std::istringstream lines(text);
  std::size_t cells = 0;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| ")) {
      cells = 0;
      continue;
    }
    std::size_t bars = 0;
    for (std::size_t i = 0; i < line.size(); ++i)
      if (line[i] == '|' && (i == 0 || line[i - 1] != '\\')) ++bars;
    if (cells == 0) cells = bars;
    EXPECT_EQ(bars, cells) << line;
  }
}

TEST(Markdown, FencesATracebackWithMoreBackticksThanItHas) {
  EXPECT_THAT(
      rendered("markdown", gated_report()),
      AllOf(HasSubstr("\n`````text\n````"), HasSubstr("</details>]]>\n`````\n\n</details>")));
}

// ---- JUnit ----

/// XML 1.0, production 2 (Char): of the control characters only tab, line feed and carriage return.
bool is_xml_text(const std::string& text) {
  const auto forbidden = [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r';
  };
  return std::none_of(text.begin(), text.end(), forbidden) &&
         text.find("\xEF\xBF\xBE") == text.npos && text.find("\xEF\xBF\xBF") == text.npos;
}

TEST(Junit, HasNoCharacterThatXmlForbids) {
  for (const Report& report : {fixed_report(), gated_report(), compared_report()})
    EXPECT_TRUE(is_xml_text(rendered("junit", report)));
}

TEST(Junit, LeavesOutSuitesWithoutContent) {
  EXPECT_THAT(rendered("junit", fixed_report()),
              AllOf(HasSubstr("name=\"gilscale.cases\""), Not(HasSubstr("gilscale.expectations")),
                    Not(HasSubstr("gilscale.changes"))));
  EXPECT_THAT(rendered("junit", compared_report()),
              AllOf(HasSubstr("name=\"gilscale.changes\""), Not(HasSubstr("gilscale.cases"))));
  EXPECT_THAT(rendered("junit", Report{}), Not(HasSubstr("<testsuite ")));
}

TEST(Junit, HasNoTimestampOfADateThatItDoesNotKnow) {
  Report report = gated_report();
  report.context["date"] = "yesterday";
  EXPECT_THAT(rendered("junit", report), Not(HasSubstr("timestamp")));
}

// ---- GitHub Actions ----

TEST(Github, HasALineForEachThatFailedOrGaveNoAnswer) {
  std::istringstream lines(rendered("github", gated_report()));
  std::map<std::string, int> levels;
  for (std::string line; std::getline(lines, line);) {
    EXPECT_THAT(line, testing::MatchesRegex("::(error|warning) title=[^:,]*::[^\r]*"));
    ++levels[line.substr(2, line.find(' ') - 2)];
  }
  EXPECT_EQ(levels, (std::map<std::string, int>{{"error", 3}, {"warning", 3}}));
}

TEST(Github, SaysNothingOfWhatIsWell) {
  EXPECT_EQ(rendered("github", report_of(scaling_case())), "");
  EXPECT_EQ(rendered("github", report_of(unavailable_case())), "");
}

// ---- services that keep histories ----

TEST(CustomBigger, HasTheShapeThatTheActionReads) {
  const json entries = json::parse(rendered("custom_bigger", gated_report()));
  ASSERT_TRUE(entries.is_array());
  std::set<std::string> names;
  for (const json& entry : entries) {
    EXPECT_TRUE(names.insert(entry.at("name").get<std::string>()).second) << entry;
    EXPECT_TRUE(entry.at("unit").is_string());
    EXPECT_TRUE(entry.at("value").is_number());
    EXPECT_TRUE(entry.at("extra").is_string());
    EXPECT_THAT(entry.at("range").get<std::string>(), testing::StartsWith("± "));
  }
  EXPECT_TRUE(names.contains("cpp_fib_nogil/30@2 speedup"));
  EXPECT_FALSE(names.contains("cpp_fib_nogil/30@1 speedup")) << "it is 1 by definition";
  EXPECT_TRUE(names.contains("cpp_fib_nogil/30@1 throughput"));
}

TEST(CustomBigger, HasNoRangeWhereTheIntervalIsNotBound) {
  CaseResult result = scaling_case();
  result.points = {steady_point(2, {}, 3)};
  for (const json& entry : json::parse(rendered("custom_bigger", report_of(result))))
    EXPECT_FALSE(entry.contains("range"));
}

TEST(Bencher, HasTheShapeOfItsMetricFormat) {
  const json benchmarks = json::parse(rendered("bencher", gated_report()));
  ASSERT_TRUE(benchmarks.is_object());
  EXPECT_EQ(benchmarks.size(), 6U);
  for (const auto& [name, measures] : benchmarks.items()) {
    EXPECT_LE(name.size(), 1024U);
    for (const auto& [measure, metric] : measures.items()) {
      EXPECT_THAT(measure,
                  testing::AnyOf("latency", "throughput", "speedup", "relative-efficiency"));
      for (const char* key : {"value", "lower_value", "upper_value"})
        EXPECT_TRUE(metric.at(key).is_number()) << name << measure << key;
    }
  }
  EXPECT_EQ(benchmarks["cpp_fib_nogil/30@2"]["latency"]["lower_value"], 1953125) << "nanoseconds";
}

TEST(Bencher, LeavesOutEndsThatAreNotBound) {
  CaseResult result = scaling_case();
  result.points = {steady_point(2, {}, 3)};
  const json document = json::parse(rendered("bencher", report_of(result)));
  EXPECT_EQ(document["cpp_fib_nogil/30@2"]["speedup"], (json{{"value", 2.0}}));
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
  for (const JudgedCase& judged : fixed_report().cases)
    benchmarks += judged.result.benchmarks.size() + (judged.result.failure ? 1 : 0);
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

TEST(JsonOfGates, HasChecksChangesAndTheOtherVersionsCases) {
  const json document = json::parse(rendered("json", gated_report()))["gilscale"];
  ASSERT_EQ(document["checks"].size(), 4U);
  for (const json& check : document["checks"])
    EXPECT_EQ(keys(check), (std::set<std::string>{"expectation", "label", "threads", "metric",
                                                  "relation", "bound", "seen", "outcome", "why"}));
  EXPECT_EQ(document["checks"][0]["outcome"], "passed");
  EXPECT_EQ(document["checks"][0]["seen"]["low"], 0.9375);
  EXPECT_TRUE(document["checks"][2]["seen"]["low"].is_null());
  EXPECT_TRUE(document["checks"][3]["seen"].is_null());
  EXPECT_TRUE(document["checks"][3]["threads"].is_null());
  const json& changes = document["changes"];
  EXPECT_EQ(keys(changes), (std::set<std::string>{"before", "how", "threshold", "points",
                                                  "only_before", "only_after", "differences"}));
  for (const json& point : changes["points"])
    EXPECT_EQ(keys(point),
              (std::set<std::string>{"name", "threads", "call_s", "throughput_per_s", "speedup",
                                     "relative_efficiency", "cost", "p", "word", "why"}));
  EXPECT_EQ(changes["points"][2]["word"], "slower");
  EXPECT_EQ(document["against"].size(), 1U);
  EXPECT_EQ(document["against"][0]["workload"], "fib_holder_gil");
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
