#include "gilscale/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "gilscale/reporters.hpp"
#include "gilscale/version.hpp"
#include "thrown.hpp"

namespace gilscale {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::StartsWith;

constexpr std::array<Choice, 3> executors{
    {{"threads", "a team"}, {"pool", "a pool"}, {"native", "the control", false}}};

Options parsed(std::vector<const char*> words) {
  words.insert(words.begin(), "gilscale");
  return parse_options(static_cast<int>(words.size()), words.data(), executors,
                       [] { return std::vector{1, 2, 4}; });
}

/// `gilscale run` with these words.
RunOptions run(std::vector<const char*> words = {}) {
  words.insert(words.begin(), "run");
  return std::get<RunOptions>(parsed(words));
}

std::string refusal(const std::vector<const char*>& words) {
  return usage_error([&] { parsed(words); });
}

std::string run_refusal(std::vector<const char*> words) {
  words.insert(words.begin(), "run");
  return refusal(words);
}

// ---- run ----

TEST(RunOptions, HaveDefaults) {
  const RunOptions options = run();
  EXPECT_THAT(options.workloads.names, IsEmpty());
  EXPECT_EQ(options.workloads.fib, 30);
  EXPECT_EQ(options.workloads.args, "");
  EXPECT_EQ(options.workloads.kwargs, "");
  EXPECT_THAT(options.threads, ElementsAre(1, 2, 4));
  EXPECT_THAT(options.executors, ElementsAre("threads"));
  EXPECT_EQ(options.calls, std::nullopt);
  EXPECT_EQ(options.stop, StopRule{});
  EXPECT_EQ(options.timeout_s, 600);
  EXPECT_THAT(options.files, IsEmpty());
  EXPECT_EQ(options.benchmark.format, "");
  EXPECT_EQ(options.benchmark.out, "");
  EXPECT_EQ(options.benchmark.out_format, "json");
  EXPECT_EQ(options.benchmark.filter, "");
  EXPECT_EQ(options.benchmark.repetitions, 1);
  EXPECT_FALSE(options.benchmark.list_tests);
  EXPECT_THAT(options.benchmark.context, IsEmpty());
}

TEST(RunOptions, TakeWorkloadsAndTheirArguments) {
  const RunOptions options =
      run({"py_fib", "m:f", "-n", "20", "--args", "(1, 2)", "--kwargs", "{'level': 9}"});
  EXPECT_THAT(options.workloads.names, ElementsAre("py_fib", "m:f"));
  EXPECT_EQ(options.workloads.fib, 20);
  EXPECT_EQ(options.workloads.args, "(1, 2)");
  EXPECT_EQ(options.workloads.kwargs, "{'level': 9}");
  EXPECT_EQ(run({"--fib", "25"}).workloads.fib, 25);
  EXPECT_EQ(run({"--fib=-3"}).workloads.fib, -3) << "judged where workloads are resolved";
}

TEST(RunOptions, TakeThreadsAsAList) {
  EXPECT_THAT(run({"-t", "1,8"}).threads, ElementsAre(1, 8));
  EXPECT_THAT(run({"--threads=1-3"}).threads, ElementsAre(1, 2, 3));
  EXPECT_THAT(run({"-t", "auto"}).threads, ElementsAre(1, 2, 4));
}

TEST(RunOptions, TakeExecutorsAsAList) {
  EXPECT_THAT(run({"-x", "pool"}).executors, ElementsAre("pool"));
  EXPECT_THAT(run({"--executor=threads,pool,native"}).executors,
              ElementsAre("threads", "pool", "native"));
  EXPECT_THAT(run({"-x", "pool", "-x", "threads"}).executors, ElementsAre("pool", "threads"));
}

TEST(RunOptions, TakeAllForTheExecutorsThatAreInIt) {
  EXPECT_THAT(run({"-x", "all"}).executors, ElementsAre("threads", "pool"));
  EXPECT_THAT(run({"-x", "native,all"}).executors, ElementsAre("native", "threads", "pool"));
}

TEST(RunOptions, DoNotTakeTheWorkloadAfterAListForAPartOfIt) {
  const RunOptions with_executor = run({"-x", "pool", "py_fib"});
  EXPECT_THAT(with_executor.executors, ElementsAre("pool"));
  EXPECT_THAT(with_executor.workloads.names, ElementsAre("py_fib"));
  const RunOptions with_context = run({"--benchmark_context", "a=1", "py_fib"});
  EXPECT_THAT(with_context.benchmark.context, ElementsAre(Pair("a", "1")));
  EXPECT_THAT(with_context.workloads.names, ElementsAre("py_fib"));
}

TEST(RunOptions, TakeHowToMeasure) {
  const RunOptions options = run({"--calls", "12", "--budget", "0.5", "--precision", "5",
                                  "--timeout", "3.5", "--json", "out.json"});
  EXPECT_EQ(options.calls, 12);
  EXPECT_EQ(options.stop.budget_s, 0.5);
  EXPECT_DOUBLE_EQ(options.stop.precision, 0.05);
  EXPECT_EQ(options.timeout_s, 3.5);
  EXPECT_THAT(options.files, ElementsAre(OutputRequest{"out.json", "json"}));
  EXPECT_EQ(run({"--calls", "auto"}).calls, std::nullopt);
}

TEST(RunOptions, TakeAFileForEachReporterThatHasAnOption) {
  for (const Reporter& row : reporters()) {
    if (row.option.empty()) continue;
    const std::string option = "--" + std::string(row.option);
    EXPECT_THAT(run({option.c_str(), "out"}).files,
                ElementsAre(OutputRequest{"out", std::string(row.name)}));
  }
  EXPECT_THAT(run({"--csv", "a", "--junit=b", "py_fib"}).files,
              ElementsAre(OutputRequest{"a", "csv"}, OutputRequest{"b", "junit"}));
}

TEST(RunOptions, TakeGoogleBenchmarksFlags) {
  const BenchmarkOptions options =
      run({"--benchmark_format=csv", "--benchmark_out=out.txt", "--benchmark_out_format=console",
           "--benchmark_filter=-fib", "--benchmark_repetitions=5", "--benchmark_list_tests"})
          .benchmark;
  EXPECT_EQ(options.format, "csv");
  EXPECT_EQ(options.out, "out.txt");
  EXPECT_EQ(options.out_format, "console");
  EXPECT_EQ(options.filter, "-fib");
  EXPECT_EQ(options.repetitions, 5);
  EXPECT_TRUE(options.list_tests);
}

TEST(RunOptions, TakeTheValuesThatGoogleBenchmarkGivesItsSwitches) {
  EXPECT_TRUE(run({"--benchmark_list_tests=true"}).benchmark.list_tests);
  EXPECT_FALSE(run({"--benchmark_list_tests=false"}).benchmark.list_tests);
}

TEST(RunOptions, TakeAMinimumTimeInSeconds) {
  for (const char* flag : {"--benchmark_min_time=0.5", "--benchmark_min_time=0.5s"}) {
    EXPECT_EQ(run({flag}).stop.at_least_s, 0.5) << flag;
    EXPECT_EQ(run({flag}).stop.exactly, std::nullopt) << flag;
  }
}

TEST(RunOptions, TakeAMinimumTimeAsANumberOfSamples) {
  EXPECT_EQ(run({"--benchmark_min_time=10x"}).stop.exactly, 10);
  EXPECT_EQ(run({"--benchmark_min_time=10x"}).stop.at_least_s, 0);
}

TEST(RunOptions, TakeContextAsPairs) {
  EXPECT_THAT(run({"--benchmark_context=build=nightly,commit=abc"}).benchmark.context,
              ElementsAre(Pair("build", "nightly"), Pair("commit", "abc")));
  EXPECT_THAT(run({"--benchmark_context=flags=-O2 a=b,empty="}).benchmark.context,
              ElementsAre(Pair("empty", ""), Pair("flags", "-O2 a=b")));
  EXPECT_THAT(run({"--benchmark_context=a=1", "--benchmark_context=b=2"}).benchmark.context,
              ElementsAre(Pair("a", "1"), Pair("b", "2")));
}

// ---- what is refused ----

TEST(Refusal, OfThreadsSaysHowToWriteThem) {
  EXPECT_THAT(run_refusal({"--threads", "0"}), StartsWith("--threads '0' is not a list"));
}

TEST(Refusal, OfAnExecutorNamesTheChoices) {
  EXPECT_EQ(run_refusal({"-x", "threads,fork"}),
            "--executor 'fork' is not known; choose from threads, pool, native or all");
}

TEST(Refusal, OfCallsSaysWhatTheyAre) {
  for (const char* calls : {"0", "-1", "1.5", "many", "1e13", "nan", "inf", "3 "}) {
    EXPECT_EQ(run_refusal({(std::string("--calls=") + calls).c_str()}),
              std::string("--calls '") + calls + "' is neither a whole number from 1 on nor auto");
  }
}

TEST(Refusal, OfSecondsAndPercentSaysTheirRange) {
  EXPECT_EQ(run_refusal({"--budget", "0"}),
            "--budget 0 is out of range; it is above 0 and at most 86400");
  EXPECT_EQ(run_refusal({"--budget=-1"}),
            "--budget -1 is out of range; it is above 0 and at most 86400");
  EXPECT_THAT(run_refusal({"--budget", "86401"}), HasSubstr("is out of range"));
  EXPECT_THAT(run_refusal({"--budget", "nan"}), HasSubstr("--budget"));
  EXPECT_EQ(run_refusal({"--precision", "101"}),
            "--precision 101 is out of range; it is above 0 and at most 100");
  EXPECT_EQ(run_refusal({"--timeout", "0"}),
            "--timeout 0 is out of range; it is above 0 and at most 864000");
}

TEST(Refusal, OfANumberThatIsNoneNamesTheFlag) {
  EXPECT_THAT(run_refusal({"--fib", "many"}), AllOf(HasSubstr("--fib"), HasSubstr("many")));
  EXPECT_THAT(run_refusal({"--budget", "long"}), AllOf(HasSubstr("--budget"), HasSubstr("long")));
  EXPECT_THAT(run_refusal({"--benchmark_repetitions=x"}), HasSubstr("--benchmark_repetitions"));
}

TEST(Refusal, OfRepetitionsSaysTheirRange) {
  for (const char* flag : {"--benchmark_repetitions=0", "--benchmark_repetitions=1001"}) {
    EXPECT_THAT(run_refusal({flag}), HasSubstr("is out of range; it is 1 to 1000"));
  }
}

TEST(Refusal, OfAMinimumTimeSaysItsForms) {
  for (const char* time : {"0", "-1", "0s", "0x", "-3x", "1.5x", "s", "x", "10 x", "1m", "soon",
                           "nan", "inf", "1e10", "5ss"}) {
    EXPECT_EQ(run_refusal({(std::string("--benchmark_min_time=") + time).c_str()}),
              std::string("--benchmark_min_time '") + time +
                  "' is neither seconds (0.5 or 0.5s) nor samples (10x)");
  }
}

TEST(Refusal, OfContextSaysItsForm) {
  for (const char* pair : {"nightly", "=nightly"}) {
    EXPECT_EQ(run_refusal({(std::string("--benchmark_context=") + pair).c_str()}),
              std::string("--benchmark_context '") + pair + "' is not of the form key=value,...");
  }
}

TEST(Refusal, OfAFormatNamesTheFormats) {
  for (const char* flag : {"--benchmark_format=xml", "--benchmark_out_format=xml"}) {
    EXPECT_THAT(run_refusal({flag}),
                AllOf(HasSubstr("xml"), HasSubstr("console"), HasSubstr("json"), HasSubstr("csv")));
  }
}

TEST(Refusal, OfAnUnknownFlagNamesItAndTheHelp) {
  for (const char* flag : {"--benchmark_minimum_time=2", "--benchmark_filters=fib", "--thread=2"}) {
    EXPECT_THAT(run_refusal({flag}),
                AllOf(HasSubstr(flag), HasSubstr("; see `gilscale run --help`")));
  }
}

TEST(Refusal, OfAFlagWithoutItsValueNamesIt) {
  EXPECT_THAT(run_refusal({"--json"}), HasSubstr("--json"));
}

TEST(Refusal, OfNoCommandOrAnUnknownOneNamesTheHelp) {
  EXPECT_THAT(refusal({}), HasSubstr("; see `gilscale --help`"));
  EXPECT_THAT(refusal({"measure"}), AllOf(HasSubstr("measure"), HasSubstr("gilscale --help")));
  EXPECT_THAT(refusal({"list", "everything"}), HasSubstr("; see `gilscale list --help`"));
}

TEST(Refusal, IsOneLine) {
  for (const auto& words : {std::vector<const char*>{}, {"run", "--nonsense"}, {"measure"}})
    EXPECT_THAT(refusal(words), Not(HasSubstr("\n")));
}

// ---- the other commands ----

TEST(Help, IsAnAnswerThatShowsCommandsAndExitCodes) {
  const auto answer = std::get<Answer>(parsed({"--help"}));
  EXPECT_THAT(answer.text, AllOf(HasSubstr("run"), HasSubstr("list"), HasSubstr("Exit codes"),
                                 Not(HasSubstr("worker"))));
}

TEST(Help, OfRunShowsEveryFlagAndTheExecutors) {
  const auto answer = std::get<Answer>(parsed({"run", "--help"}));
  for (const char* flag : {"--args", "--kwargs", "--fib", "--threads", "--executor", "--calls",
                           "--budget", "--precision", "--timeout", "--json", "--benchmark_format",
                           "--benchmark_out", "--benchmark_out_format", "--benchmark_filter",
                           "--benchmark_repetitions", "--benchmark_min_time", "--benchmark_context",
                           "--benchmark_list_tests", "threads, pool, native"}) {
    EXPECT_THAT(answer.text, HasSubstr(flag));
  }
}

TEST(Version, IsAnAnswer) {
  EXPECT_EQ(std::get<Answer>(parsed({"--version"})).text,
            "gilscale " + std::string(version) + "\n");
}

TEST(ListCommand, HasNoOptions) {
  EXPECT_TRUE(std::holds_alternative<ListOptions>(parsed({"list"})));
}

TEST(WorkerCommand, IsSupervisedOnRequest) {
  EXPECT_FALSE(std::get<WorkerOptions>(parsed({"worker"})).supervised);
  EXPECT_TRUE(std::get<WorkerOptions>(parsed({"worker", "--supervised"})).supervised);
}

}  // namespace
}  // namespace gilscale
