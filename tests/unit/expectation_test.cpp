#include "gilscale/judge/expectation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gilscale/judge/metric.hpp"
#include "thrown.hpp"

namespace gilscale {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string refusal(const std::string& text) {
  return usage_error([&] { parse_expectation(text); });
}

Case case_of(const std::string& name, std::vector<int> threads, const std::string& args = "()") {
  Case planned;
  planned.workload.name = name;
  planned.workload.args = args;
  planned.threads = std::move(threads);
  return planned;
}

// ---- the language ----

TEST(Expectations, NameWorkloadThreadsMetricRelationAndNumber) {
  const Expectation expected = parse_expectation("cpp_fib_nogil@2 relative_efficiency >= 0.9");
  EXPECT_EQ(expected.text, "cpp_fib_nogil@2 relative_efficiency >= 0.9");
  EXPECT_EQ(expected.workload, "cpp_fib_nogil");
  EXPECT_EQ(expected.threads, 2);
  EXPECT_FALSE(expected.at_max);
  EXPECT_EQ(expected.metric, "relative_efficiency");
  EXPECT_EQ(expected.relation, Relation::at_least);
  EXPECT_DOUBLE_EQ(expected.bound, 0.9);
  EXPECT_TRUE(expected.wants_more());
}

TEST(Expectations, AreOfAllPointsWithoutThreads) {
  const Expectation expected = parse_expectation("m:f speedup > 1");
  EXPECT_EQ(expected.workload, "m:f");
  EXPECT_FALSE(expected.threads);
  EXPECT_FALSE(expected.at_max);
}

TEST(Expectations, MayBeOfTheMostThreads) {
  const Expectation expected = parse_expectation("m:f@max call_s < 1e-3");
  EXPECT_TRUE(expected.at_max);
  EXPECT_FALSE(expected.threads);
  EXPECT_DOUBLE_EQ(expected.bound, 0.001);
  EXPECT_FALSE(expected.wants_more());
}

TEST(Expectations, HaveFourRelations) {
  for (const char* relation : {">=", ">", "<=", "<"})
    EXPECT_EQ(to_string(parse_expectation(std::string("f speedup ") + relation + " 1").relation),
              relation);
}

TEST(Expectations, NeedNoBlanksAroundTheRelation) {
  const Expectation expected = parse_expectation("\t f@4   speedup>=-1.5 ");
  EXPECT_EQ(expected.workload, "f");
  EXPECT_EQ(expected.threads, 4);
  EXPECT_EQ(expected.metric, "speedup");
  EXPECT_DOUBLE_EQ(expected.bound, -1.5);
}

TEST(Expectations, MayNameLabelsWithBlanksAndBrackets) {
  EXPECT_EQ(parse_expectation("f/[1, 2],x=\"<a>\" (pool)@2 speedup > 1").workload,
            "f/[1, 2],x=\"<a>\" (pool)");
}

TEST(Expectations, MayNameAPython) {
  const Expectation expected = parse_expectation("f@2[3.14t] speedup > 1");
  EXPECT_EQ(expected.workload, "f");
  EXPECT_EQ(expected.threads, 2);
  EXPECT_EQ(expected.interpreter, "3.14t");
  EXPECT_EQ(parse_expectation("f@max[3.1*] speedup > 1").interpreter, "3.1*");
  EXPECT_EQ(parse_expectation("*[*t] gil_off >= 1").interpreter, "*t");
  EXPECT_EQ(parse_expectation("f/30 (pool)[3.12 old] speedup > 1").interpreter, "3.12 old");
}

TEST(Expectations, TakeNoArgumentForAPython) {
  for (const char* label :
       {"f/[3.5]", "f/1,[3.5]", "f/a=[3.5]", "f/[[3.5]]", "x[0]", "d['3.5']", "[3.12]"}) {
    const Expectation expected = parse_expectation(std::string(label) + " speedup > 1");
    EXPECT_EQ(expected.workload, label);
    EXPECT_EQ(expected.interpreter, "");
  }
}

TEST(Expectations, ApplyToThePythonThatTheyName) {
  Case old = case_of("f", {1, 2});
  old.interpreter = "3.12";
  Case without_gil = old;
  without_gil.interpreter = "3.13t";
  const Expectation expected = parse_expectation("f@2[*t] speedup > 1");
  EXPECT_FALSE(applies_to(expected, old, 2));
  EXPECT_TRUE(applies_to(expected, without_gil, 2));
  EXPECT_THAT(usage_error([&] { refuse_unmatched(expected, {old}); }),
              HasSubstr("no Python '*t' is measured, only 3.12; add it with --python"));
  EXPECT_THAT(usage_error([&] {
                refuse_unmatched(parse_expectation("g[3.12] speedup > 1"), {old, without_gil});
              }),
              HasSubstr("no workload 'g' is measured"));
}

TEST(Expectations, TakeOnlyTheLastAtForThreads) {
  const Expectation expected = parse_expectation("mail/'a@b.c'@2 speedup > 1");
  EXPECT_EQ(expected.workload, "mail/'a@b.c'");
  EXPECT_EQ(expected.threads, 2);
}

TEST(Expectations, DoNotTakeAnAtInArgumentsForThreads) {
  const Expectation expected = parse_expectation("mail/'a@b.c' speedup > 1");
  EXPECT_EQ(expected.workload, "mail/'a@b.c'");
  EXPECT_FALSE(expected.threads);
}

TEST(Expectations, MayNameEveryMetric) {
  for (const Metric& metric : point_metrics())
    EXPECT_EQ(parse_expectation("f@2 " + std::string(metric.name) + " > 0").metric, metric.name);
  for (const CaseMetric& metric : case_metrics())
    EXPECT_EQ(parse_expectation("f " + std::string(metric.name) + " > 0").metric, metric.name);
}

TEST(Expectations, WithoutTheirPartsAreRefusedWithTheForm) {
  for (const char* text : {"", " ", "f", "speedup", "speedup > 1", "f speedup", "f speedup 1",
                           "f speedup >", "f > 1", "@2 speedup > 1", "> 1", ">", "f speedup > 1 >"})
    EXPECT_THAT(refusal(text),
                AllOf(HasSubstr(std::string("--expect '") + text + "'"),
                      HasSubstr("the form is \"WORKLOAD[@THREADS] METRIC OP NUMBER\"")))
        << text;
}

TEST(Expectations, OfEqualityAreRefused) {
  for (const char* relation : {"==", "!=", "=", "=>", "=<", "<>", ">==", "><", ">>"})
    EXPECT_THAT(refusal(std::string("f speedup ") + relation + " 1"),
                HasSubstr(std::string("'") + relation + "' is not one of >= > <= <"));
}

TEST(Expectations, OfNoNumberAreRefused) {
  for (const char* number : {"nan", "inf", "-inf", "1e999", "0.9x", "90%", "0,9", "+1", "1 2", "x"})
    EXPECT_THAT(refusal(std::string("f speedup > ") + number),
                HasSubstr(std::string("'") + number + "' is not a number"));
}

TEST(Expectations, OfNoThreadCountAreRefused) {
  for (const char* threads : {"", "0", "-1", "1.5", "two", "1e9", "nan", "2x", "MAX", " 2"})
    EXPECT_THAT(refusal(std::string("f@") + threads + " speedup > 1"),
                HasSubstr("is neither a number of threads nor @max"))
        << threads;
}

TEST(Expectations, OfUnknownMetricsAreRefusedWithANearOne) {
  EXPECT_THAT(refusal("f@2 relative_eficiency >= 0.9"),
              HasSubstr("there is no metric 'relative_eficiency', did you mean "
                        "'relative_efficiency'?"));
}

TEST(Expectations, OfUnknownMetricsAreRefusedWithAllWhereNoneIsNear) {
  EXPECT_THAT(refusal("f@2 beauty >= 0.9"),
              AllOf(HasSubstr("makespan_s, call_s"), HasSubstr("saturation_threads")));
}

TEST(Expectations, OfAWholeCaseHaveNoThreads) {
  EXPECT_THAT(refusal("f@2 contention < 0.1"),
              HasSubstr("contention describes all thread counts together; leave '@2' out"));
  EXPECT_THAT(refusal("f@max contention < 0.1"), HasSubstr("leave '@max' out"));
}

TEST(Expectations, OnAbsoluteTimeAreWarnedOf) {
  EXPECT_THAT(warning_of(parse_expectation("f@2 call_s < 1")),
              AllOf(HasSubstr("--expect 'f@2 call_s < 1' depends on absolute time"),
                    HasSubstr("relative_call")));
  EXPECT_THAT(warning_of(parse_expectation("f@2 relative_efficiency > 0.9")), IsEmpty());
  EXPECT_THAT(warning_of(parse_expectation("f contention < 1")), IsEmpty());
}

// ---- what they are about ----

bool names(const std::string& workload, const Case& planned) {
  return applies_to(parse_expectation(workload + " speedup > 1"), planned);
}

TEST(ExpectationsConcern, WorkloadsByTheirNameOrTheirLabel) {
  Case planned = case_of("m:f", {1, 2}, "(30, 'a b')");
  planned.executor = "pool";
  EXPECT_TRUE(names("m:f", planned));
  EXPECT_TRUE(names(label_of(planned.workload), planned));
  EXPECT_TRUE(names(label_of(planned), planned));
  EXPECT_FALSE(names("m:g", planned));
  EXPECT_FALSE(names("m:f (threads)", planned));
}

TEST(ExpectationsConcern, WorkloadsOfAPattern) {
  const Case planned = case_of("m:f", {1, 2}, "(30,)");
  EXPECT_TRUE(names("*", planned));
  EXPECT_TRUE(names("m:*", planned));
  EXPECT_TRUE(names("m:?/*", planned));
  EXPECT_TRUE(names("m:?", planned));
  EXPECT_FALSE(names("m:??", planned));
  EXPECT_FALSE(names("f", planned));
}

TEST(ExpectationsConcern, LabelsWithBracketsAsTheyAre) {
  const Case planned = case_of("m:f", {1, 2}, "([1,2],)");
  const std::string label = label_of(planned.workload);
  ASSERT_THAT(label, HasSubstr("[1,2]"));
  EXPECT_TRUE(names(label, planned));
  EXPECT_TRUE(names("*[1,2]*", planned));
  EXPECT_FALSE(names("m:[f]", planned));
  EXPECT_FALSE(names("m:f/[1", planned));
}

bool is_about(const std::string& text, const Case& planned, int threads) {
  return applies_to(parse_expectation(text), planned, threads);
}

TEST(ExpectationsConcern, ThePointThatTheyName) {
  const Case planned = case_of("f", {1, 2, 4});
  EXPECT_TRUE(is_about("f@2 call_s < 1", planned, 2));
  EXPECT_FALSE(is_about("f@2 call_s < 1", planned, 4));
  EXPECT_TRUE(is_about("f@max call_s < 1", planned, 4));
  EXPECT_FALSE(is_about("f@max call_s < 1", planned, 2));
}

TEST(ExpectationsConcern, EveryPointOtherwise) {
  const Case planned = case_of("f", {1, 2, 4});
  for (const int threads : {1, 2, 4}) EXPECT_TRUE(is_about("f call_s < 1", planned, threads));
}

TEST(ExpectationsConcern, NoPointOfOneThreadWhereTheyAreOfScaling) {
  const Case planned = case_of("f", {1, 2});
  EXPECT_FALSE(is_about("f speedup > 1", planned, 1));
  EXPECT_TRUE(is_about("f speedup > 1", planned, 2));
  EXPECT_FALSE(applies_to(parse_expectation("f@1 speedup > 1"), planned));
}

TEST(ExpectationsConcern, NoPointWhereTheyAreOfTheCase) {
  const Case planned = case_of("f", {1, 2});
  EXPECT_FALSE(is_about("f contention < 1", planned, 2));
  EXPECT_TRUE(applies_to(parse_expectation("f contention < 1"), planned));
}

// ---- about nothing ----

std::string idleness(const std::string& text, const std::vector<Case>& cases) {
  const Expectation expected = parse_expectation(text);
  EXPECT_TRUE(matches_nothing(expected, cases)) << text;
  return usage_error([&] { refuse_unmatched(expected, cases); });
}

TEST(IdleExpectations, AreAboutNoneOfTheCases) {
  const std::vector<Case> cases{case_of("f", {1, 2}), case_of("g", {1, 2})};
  EXPECT_FALSE(matches_nothing(parse_expectation("g@2 speedup > 1"), cases));
  EXPECT_TRUE(matches_nothing(parse_expectation("h@2 speedup > 1"), cases));
  EXPECT_TRUE(matches_nothing(parse_expectation("g@2 speedup > 1"), {}));
}

TEST(IdleExpectations, SayWhatTheirWorkloadMayBe) {
  EXPECT_THAT(idleness("cpp_fib_nogill@2 speedup > 1", {case_of("cpp_fib_nogil", {1, 2})}),
              HasSubstr("no workload 'cpp_fib_nogill' is measured, did you mean 'cpp_fib_nogil'?"));
  EXPECT_THAT(idleness("x@2 speedup > 1", {case_of("cpp_fib_nogil", {1, 2})}),
              HasSubstr("no workload 'x' is measured; the first one measured is 'cpp_fib_nogil'"));
  EXPECT_THAT(idleness("x@2 speedup > 1", {}), EndsWith("no workload 'x' is measured"));
}

TEST(IdleExpectations, SayWhichThreadsThereAre) {
  EXPECT_THAT(idleness("f@3 speedup > 1", {case_of("f", {1, 2, 4})}),
              HasSubstr("'f' is measured with --threads 1,2,4; add 3 to that list"));
}

TEST(IdleExpectations, SayThatOneThreadTellsNothingOfScaling) {
  for (const char* text : {"f speedup > 1", "f@1 speedup > 1", "f@max speedup > 1"})
    EXPECT_THAT(idleness(text, {case_of("f", {1})}),
                HasSubstr("speedup has no meaning at one thread; add more with --threads"));
}

TEST(IdleExpectations, OfWhatOneThreadTellsTooSayWhichThreadsThereAre) {
  EXPECT_THAT(idleness("f@2 call_s < 1", {case_of("f", {1})}),
              AllOf(HasSubstr("'f' is measured with --threads 1; add 2 to that list"),
                    Not(HasSubstr("has no meaning"))));
  EXPECT_THAT(idleness("f@1 call_s < 1", {case_of("f", {2, 4})}),
              HasSubstr("'f' is measured with --threads 2,4; add 1 to that list"));
  EXPECT_THAT(idleness("f@2 speedup > 1", {case_of("f", {1})}),
              HasSubstr("'f' is measured with --threads 1; add 2 to that list"));
}

}  // namespace
}  // namespace gilscale
