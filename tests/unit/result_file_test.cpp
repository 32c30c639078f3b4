#include "gilscale/model/result_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "fixed_report.hpp"
#include "gilscale/model/codec.hpp"
#include "gilscale/report/reporters.hpp"
#include "temp_folder.hpp"
#include "thrown.hpp"

namespace gilscale {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Key;
using testing::Not;
using testing::StartsWith;

ResultFile read(const json& document) { return parse_result_file(document.dump(), "old.json"); }

/// Of a text or a document.
template <typename Content>
std::string refusal(const Content& content) {
  return usage_error([&] {
    if constexpr (std::is_same_v<Content, json>)
      read(content);
    else
      parse_result_file(content, "old.json");
  });
}

/// A document of gilscale's, as it writes them, with one case of one point.
json document_with(const Report& report) {
  return json::parse(reporter("json").render(report, {}));
}
json small_document() {
  Report report;
  report.cases = {control_case()};
  return document_with(report);
}
json& case_of(json& document) { return document["gilscale"]["cases"][0]; }
json& point_of(json& document) { return case_of(document)["points"][0]; }

/// The refusal after one value of the point was replaced.
std::string refusal_with(const char* key, const json& value) {
  json document = small_document();
  point_of(document)[key] = value;
  return refusal(document);
}

// ---- gilscale's own ----

TEST(ResultFiles, AreReadAsTheyWereWritten) {
  const Report report = fixed_report();
  const ResultFile file = read(document_with(report));
  EXPECT_EQ(file.name, "old.json");
  EXPECT_TRUE(file.is_gilscale);
  EXPECT_EQ(file.context.at("usable_cpus"), 2);
  EXPECT_EQ(file.context.at("host_name"), "fixed");
  ASSERT_EQ(file.cases.size(), report.cases.size());
  for (std::size_t i = 0; i < file.cases.size(); ++i) {
    const CaseResult& now = file.cases[i];
    const CaseResult& then = report.cases[i].result;
    EXPECT_EQ(label_of(now.planned), label_of(then.planned));
    EXPECT_EQ(now.planned.scaling, then.planned.scaling);
    EXPECT_EQ(json(now.gil), json(then.gil));
    ASSERT_EQ(now.python.has_value(), then.python.has_value());
    if (now.python) {
      EXPECT_EQ(json(*now.python), json(*then.python));
    }
    ASSERT_EQ(now.failure.has_value(), then.failure.has_value());
    if (now.failure) {
      EXPECT_EQ(json(*now.failure), json(*then.failure));
    }
    EXPECT_EQ(json(now.points), json(then.points));
  }
}

TEST(ResultFiles, FindTheirCasesAgain) {
  const Report report = fixed_report();
  const ResultFile file = read(document_with(report));
  for (const JudgedCase& judged : report.cases) {
    const CaseResult* other = same_case(judged.result.planned, file.cases);
    ASSERT_TRUE(other) << label_of(judged.result.planned);
    EXPECT_EQ(other->points.size(), judged.result.points.size());
  }
}

TEST(ResultFiles, WithControlCharactersInNamesAreMadePrintableAndFoundAgain) {
  CaseResult result = hostile_case();
  result.planned.workload.name = "a\x1b[31m\nb\xc2\x9b";
  Report report;
  report.cases = {result};
  report.context["commit"] = "\x1b[2J";
  const ResultFile file = read(document_with(report));
  EXPECT_EQ(file.cases[0].planned.workload.name.find('\x1b'), std::string::npos);
  EXPECT_THAT(file.cases[0].planned.workload.name, StartsWith("a\\x1b[31m\\x0ab\\x9b"));
  EXPECT_THAT(file.cases[0].failure->message, Not(HasSubstr("\x1b")));
  EXPECT_EQ(file.context.at("commit"), "\\x1b[2J");
  EXPECT_TRUE(same_case(result.planned, file.cases));
}

TEST(ResultFiles, OfAnotherVersionMayLackWhatHasADefault) {
  json document = small_document();
  point_of(document).erase("gil_demand");
  point_of(document).erase("memory_bytes");
  case_of(document)["gil"].erase("shared");
  document["gilscale"]["new"] = {1, 2, 3};
  const ResultFile file = read(document);
  EXPECT_FALSE(file.cases[0].points[0].gil_demand);
  EXPECT_TRUE(file.cases[0].gil.shared);
}

TEST(ResultFiles, OfAnotherVersionMayHaveLedgersThatLackSomething) {
  json document = small_document();
  json& point = point_of(document);
  json account = Account{};
  account["rounds"] = 1;
  account.erase("page_faults");
  point["ledger_parallel"] = account;
  point["ledger_samples"] = {{"gil_wait", {0.5}}};
  point.erase("bystander_waits");
  const Point read_back = read(document).cases.at(0).points.at(0);
  EXPECT_EQ(read_back.ledger_parallel->page_faults, 0);
  EXPECT_THAT(read_back.ledger_samples.gil_wait, ElementsAre(0.5));
  EXPECT_TRUE(read_back.ledger_samples.process_slowdown.empty());
}

TEST(ResultFiles, HavePlacesThatCannotSteerATerminal) {
  json document = small_document();
  point_of(document)["longest_hold_site"] = "codec.so!\x1b[2J";
  EXPECT_THAT(read(document).cases.at(0).points.at(0).longest_hold_site, Not(HasSubstr("\x1b")));
}

TEST(BadResultFiles, WithFiguresOfLedgersThatMakeNoSenseAreRefused) {
  EXPECT_THAT(refusal_with("ledger_samples", {{"bystander_p99_s", {1e30}}}),
              HasSubstr("ledger_samples"));
  EXPECT_THAT(refusal_with("bystander_waits", {{"bins", json::array()}, {"longest_s", -1e30}}),
              HasSubstr("longest_s"));
}

TEST(ResultFiles, TakeTheLastOfTwoKeys) {
  std::string text = small_document().dump();
  text.insert(1, R"("benchmarks": 3, )");
  EXPECT_EQ(parse_result_file(text, "old.json").cases.size(), 1U);
}

TEST(ResultFiles, AreReadFromTheirFile) {
  const TempFolder folder;
  const std::string path = folder.write("results.json", small_document().dump());
  EXPECT_EQ(read_result_file(path).name, path);
  EXPECT_EQ(read_result_file(path).cases.size(), 1U);
}

// ---- of any program ----

json benchmarks(const json& entries) {
  return {{"context", {{"host_name", "here"}}}, {"benchmarks", entries}};
}

TEST(BenchmarkFiles, GiveTheTimesOfTheRepetitionsInSeconds) {
  const ResultFile file = read(benchmarks({
      {{"name", "BM_a"}, {"run_name", "BM_a"}, {"real_time", 1.5}, {"time_unit", "ms"}},
      {{"name", "BM_a"}, {"run_type", "iteration"}, {"real_time", 2}, {"time_unit", "us"}},
      {{"name", "BM_a_mean"}, {"run_name", "BM_a"}, {"run_type", "aggregate"}, {"real_time", 9}},
      {{"name", "BM_b"}, {"real_time", 4}},
      {{"name", "BM_c"}, {"error_occurred", true}, {"real_time", 0}},
      {{"name", "BM_d"}, {"skipped", true}, {"skip_message", "no"}, {"real_time", 0}},
  }));
  EXPECT_FALSE(file.is_gilscale);
  EXPECT_THAT(file.times_s, ElementsAre(Key("BM_a"), Key("BM_b")));
  ASSERT_EQ(file.times_s.at("BM_a").size(), 2U);
  EXPECT_DOUBLE_EQ(file.times_s.at("BM_a")[0], 1.5e-3);
  EXPECT_DOUBLE_EQ(file.times_s.at("BM_a")[1], 2e-6);
  EXPECT_DOUBLE_EQ(file.times_s.at("BM_b")[0], 4e-9);
}

TEST(BenchmarkFiles, HaveNamesThatCannotSteerATerminal) {
  const ResultFile file = read(benchmarks({{{"name", "\x1b[31mBM"}, {"real_time", 4}}}));
  EXPECT_THAT(file.times_s, ElementsAre(Key("\\x1b[31mBM")));
}

TEST(BenchmarkFiles, WithTimesThatAreNoneAreRefused) {
  for (const json& time : {json(0), json(-1), json("1"), json(nullptr), json::array()})
    EXPECT_THAT(refusal(benchmarks({{{"name", "BM"}, {"real_time", time}}})),
                StartsWith("cannot read the results in 'old.json': "))
        << time;
  EXPECT_THAT(refusal(benchmarks({{{"name", "BM"}}})), HasSubstr("real_time"));
  EXPECT_THAT(refusal(benchmarks({{{"name", "BM"}, {"real_time", 1}, {"time_unit", "h\x1b"}}})),
              HasSubstr("it has an unknown time_unit 'h\\x1b'"));
  EXPECT_THAT(refusal(benchmarks({{{"real_time", 1}}})), HasSubstr("name"));
  EXPECT_THAT(refusal(benchmarks({3})), HasSubstr("cannot read"));
}

// ---- what is none ----

TEST(BadResultFiles, SayWhatToName) {
  EXPECT_THAT(refusal("{}"),
              AllOf(StartsWith("cannot read the results in 'old.json': it has no array "
                               "'benchmarks'; "),
                    HasSubstr("name a file that `gilscale run --json` or a Google Benchmark "
                              "program wrote")));
}

TEST(BadResultFiles, OfNoJsonAreRefused) {
  for (const char* text : {"", "hello", "{\"benchmarks\": [", "{'benchmarks': []}", "nan",
                           "{\"benchmarks\": []} x", "\xff\xfe", "{\"\xff\": 1}", "\"\\ud800\""})
    EXPECT_THAT(refusal(text), HasSubstr("it is not JSON: error at byte ")) << text;
}

TEST(BadResultFiles, OfOtherJsonAreRefused) {
  for (const char* text :
       {"[]", "3", "null", "\"benchmarks\"", "{\"benchmarks\": 3}", "{\"benchmarks\": {}}"})
    EXPECT_THAT(refusal(text), HasSubstr("it has no array 'benchmarks'")) << text;
  EXPECT_THAT(refusal(R"({"benchmarks": [], "context": []})"),
              HasSubstr("its 'context' is not an object"));
}

TEST(BadResultFiles, OfWhichAPartIsMissingAreRefusedWhereverTheyEnd) {
  const std::string whole = small_document().dump();
  for (std::size_t size = 0; size < whole.size(); size += 1 + size / 16)
    EXPECT_THAT(refusal(whole.substr(0, size)), HasSubstr("it is not JSON")) << size;
}

TEST(BadResultFiles, ThatAreNestedDeeplyAreRefused) {
  for (const char* opening : {"[", "{\"a\":"}) {
    std::string text;
    for (int i = 0; i < 100'000; ++i) text += opening;
    EXPECT_THAT(refusal(text), HasSubstr("it is nested too deeply"));
  }
}

TEST(BadResultFiles, WithNumbersThatDoNotFitAreRefused) {
  std::string text = small_document().dump();
  const std::string place = "\"single_s\":[";
  text.insert(text.find(place) + place.size(), "1e999,");
  EXPECT_THAT(refusal(text), HasSubstr("1e999"));
  EXPECT_LT(refusal("[1" + std::string(1000, '0') + "]").size(), 500U);
}

TEST(BadResultFiles, OfAnotherSchemaAreRefused) {
  for (const json& schema :
       {json(2), json(0), json("1"), json(1e300), json(nullptr), json::array()}) {
    json document = small_document();
    document["gilscale"]["schema"] = schema;
    EXPECT_THAT(refusal(document), HasSubstr("this gilscale reads schema 1")) << schema;
  }
  json document = small_document();
  document["gilscale"].erase("schema");
  EXPECT_THAT(refusal(document), HasSubstr("schema"));
}

TEST(BadResultFiles, WithPartsOfAnotherTypeAreRefused) {
  for (const json& other : {json(3), json("x"), json(nullptr), json::array({1}), json(true)}) {
    json document = small_document();
    document["gilscale"] = other;
    EXPECT_THAT(refusal(document), StartsWith("cannot read the results")) << other;
    document = small_document();
    document["gilscale"]["cases"] = other;
    EXPECT_THAT(refusal(document), StartsWith("cannot read the results")) << other;
    for (const char* key : {"gil", "points", "label", "executor", "scaling", "pinned", "error"}) {
      if ((std::string(key) == "error" && other.is_null()) || other.is_string() || other == true)
        continue;
      document = small_document();
      case_of(document)[key] = other;
      EXPECT_THAT(refusal(document), StartsWith("cannot read the results")) << key << other;
    }
  }
}

TEST(BadResultFiles, WithoutTheirPartsAreRefused) {
  for (const char* key : {"label", "executor", "scaling", "gil", "python", "points", "error"}) {
    json document = small_document();
    case_of(document).erase(key);
    EXPECT_THAT(refusal(document), HasSubstr(key));
  }
  json document = small_document();
  point_of(document).erase("samples");
  EXPECT_THAT(refusal(document), HasSubstr("one of its points has no samples"));
  document = small_document();
  point_of(document)["samples"].erase("handover_s");
  EXPECT_THAT(refusal(document), HasSubstr("handover_s"));
}

TEST(BadResultFiles, WithCountsThatMakeNoSenseAreRefused) {
  for (const json& value :
       {json(0), json(-1), json(1'000'001), json(2.5), json(1e300), json(4294967298), json("2"),
        json(true), json(nullptr), json(18446744073709551615U)})
    EXPECT_THAT(refusal_with("threads", value),
                HasSubstr("a point's 'threads' is not a whole number"))
        << value;
  for (const json& value : {json(-1), json(1e12), json(1'000'000'000'001), json(nullptr)})
    EXPECT_THAT(refusal_with("calls", value), HasSubstr("a point's 'calls' is not a whole number"))
        << value;
  EXPECT_THAT(refusal_with("calls", 0), HasSubstr("makes no calls"));
  EXPECT_THAT(refusal_with("extra_calls", 3),
              HasSubstr("a point's 'extra_calls' is not a whole number"));
  EXPECT_THAT(refusal_with("control_calls", 0), HasSubstr("a point's 'control_calls'"));
  for (const json& value : {json(-1), json(1e300), json(18446744073709551615U)})
    EXPECT_THAT(refusal_with("memory_bytes", value), HasSubstr("a point's 'memory_bytes'"))
        << value;
  for (const json& value : {json(-0.1), json(1.1)})
    EXPECT_THAT(refusal_with("gil_demand", value), HasSubstr("gil_demand"));
  EXPECT_THAT(refusal_with("gil_demands", json{0.5, 1.1}),
              HasSubstr("one of its gil_demand values is out"));
}

TEST(BadResultFiles, WithSamplesThatMakeNoSenseAreRefused) {
  const auto refusal_of = [](const char* key, const json& first) {
    json document = small_document();
    point_of(document)["samples"][key][0] = first;
    return refusal(document);
  };
  EXPECT_THAT(refusal_of("single_s", 0), HasSubstr("a time in its samples is 0"));
  EXPECT_THAT(refusal_of("control_parallel_undelayed_s", 5e-324),
              HasSubstr("a time in its samples is 0"));
  EXPECT_THAT(refusal_of("single_s", -1), HasSubstr("one of its samples is out of range"));
  EXPECT_THAT(refusal_of("spread_s", -1e-9), HasSubstr("one of its samples is out of range"));
  EXPECT_THAT(refusal_of("parallel_s", 1e10), HasSubstr("one of its samples is out of range"));
  EXPECT_THAT(refusal_of("parallel_s", nullptr), HasSubstr("must be number"));
  EXPECT_THAT(refusal_of("parallel_s", "1"), HasSubstr("must be number"));
}

TEST(BadResultFiles, WithSamplesOfDifferentLengthAreRefused) {
  json document = small_document();
  point_of(document)["samples"]["single_s"].push_back(1);
  EXPECT_THAT(refusal(document), HasSubstr("the arrays of its samples differ in length"));
}

TEST(BadResultFiles, OfTooManyCasesAreRefused) {
  json document = small_document();
  json& cases = document["gilscale"]["cases"];
  cases = json::array();
  for (int i = 0; i < 2001; ++i) cases.push_back(0);
  EXPECT_THAT(refusal(document), HasSubstr("it has more than 2000 cases"));
}

TEST(BadResultFiles, ThatAreNoneAreRefused) {
  const TempFolder folder;
  EXPECT_THAT(usage_error([&] { read_result_file(folder.file("missing")); }),
              AllOf(HasSubstr(folder.file("missing")), HasSubstr("No such file")));
  EXPECT_THAT(usage_error([&] { read_result_file(folder.path().string()); }),
              HasSubstr("it is a folder; name a file"));
}

TEST(BadResultFiles, ThatAreHugeAreRefusedUnread) {
  const TempFolder folder;
  const std::string path = folder.write("huge.json", "");
  std::filesystem::resize_file(path, std::uintmax_t{1} << 40);  // takes no room on the disk
  EXPECT_THAT(usage_error([&] { read_result_file(path); }), HasSubstr("it is larger than 256 MB"));
}

}  // namespace
}  // namespace gilscale
