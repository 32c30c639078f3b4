#include "gilscale/command_line/options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>

#include "gilscale/model/executors.hpp"
#include "gilscale/report/reporters.hpp"
#include "gilscale/text/version.hpp"
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

/// Configuration files by their path, in place of the file system.
using Files = std::map<std::string, std::string>;

Options parsed(std::vector<const char*> words, const Files& files = {}) {
  words.insert(words.begin(), "gilscale");
  const auto read_file = [&](const std::string& path) -> std::optional<std::string> {
    const auto file = files.find(path);
    return file == files.end() ? std::nullopt : std::optional(file->second);
  };
  return parse_options(
      static_cast<int>(words.size()), words.data(), [] { return std::vector{1, 2, 4}; }, read_file);
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

/// In the order of the table.
std::vector<std::string> executor_names(const std::function<bool(const ExecutorKind&)>& is_meant) {
  std::vector<std::string> names;
  for (const ExecutorKind& kind : executor_kinds())
    if (is_meant(kind)) names.emplace_back(kind.name);
  return names;
}

std::string all_executors() {
  return fmt::format("{}", fmt::join(executor_names([](const auto&) { return true; }), ", "));
}

TEST(RunOptions, HaveDefaults) {
  const RunOptions options = run();
  EXPECT_THAT(options.plan.workloads.names, IsEmpty());
  EXPECT_EQ(options.plan.workloads.fib, 30);
  EXPECT_EQ(options.plan.workloads.args, "");
  EXPECT_EQ(options.plan.workloads.kwargs, "");
  EXPECT_THAT(options.plan.common.threads, ElementsAre(1, 2, 4));
  EXPECT_THAT(options.plan.executors, ElementsAre("threads"));
  EXPECT_EQ(options.plan.common.calls, std::nullopt);
  EXPECT_TRUE(options.plan.common.may_grow);
  EXPECT_EQ(options.policy.stop, StopRule{});
  EXPECT_EQ(options.policy.timeout_s, 600);
  EXPECT_THAT(options.outputs.files, IsEmpty());
  EXPECT_EQ(options.outputs.format, "");
  EXPECT_EQ(options.plan.filter, "");
  EXPECT_EQ(options.plan.common.repetitions, 1);
  EXPECT_FALSE(options.list_tests);
  EXPECT_THAT(options.outputs.context, IsEmpty());
}

TEST(RunOptions, TakeWorkloadsAndTheirArguments) {
  const RunOptions options =
      run({"py_fib", "m:f", "-n", "20", "--args", "(1, 2)", "--kwargs", "{'level': 9}"});
  EXPECT_THAT(options.plan.workloads.names, ElementsAre("py_fib", "m:f"));
  EXPECT_EQ(options.plan.workloads.fib, 20);
  EXPECT_EQ(options.plan.workloads.args, "(1, 2)");
  EXPECT_EQ(options.plan.workloads.kwargs, "{'level': 9}");
  EXPECT_EQ(run({"--fib", "25"}).plan.workloads.fib, 25);
  EXPECT_EQ(run({"--fib=-3"}).plan.workloads.fib, -3) << "judged where workloads are resolved";
}

TEST(RunOptions, TakeThreadsAsAList) {
  EXPECT_THAT(run({"-t", "1,8"}).plan.common.threads, ElementsAre(1, 8));
  EXPECT_THAT(run({"--threads=1-3"}).plan.common.threads, ElementsAre(1, 2, 3));
  EXPECT_THAT(run({"-t", "auto"}).plan.common.threads, ElementsAre(1, 2, 4));
}

TEST(RunOptions, TakeExecutorsAsAList) {
  EXPECT_THAT(run({"-x", "pool"}).plan.executors, ElementsAre("pool"));
  EXPECT_THAT(run({"--executor=threads,pool,native"}).plan.executors,
              ElementsAre("threads", "pool", "native"));
  EXPECT_THAT(run({"-x", "pool", "-x", "threads"}).plan.executors, ElementsAre("pool", "threads"));
}

TEST(RunOptions, TakeAllForTheExecutorsThatAreInIt) {
  std::vector<std::string> names = executor_names([](const auto& kind) { return kind.in_all; });
  EXPECT_THAT(names, testing::IsSupersetOf({"threads", "pool", "interpreters", "processes"}));
  EXPECT_EQ(run({"-x", "all"}).plan.executors, names);
  names.insert(names.begin(), "native");
  EXPECT_EQ(run({"-x", "native,all"}).plan.executors, names);
}

TEST(RunOptions, DoNotTakeTheWorkloadAfterAListForAPartOfIt) {
  const RunOptions with_executor = run({"-x", "pool", "py_fib"});
  EXPECT_THAT(with_executor.plan.executors, ElementsAre("pool"));
  EXPECT_THAT(with_executor.plan.workloads.names, ElementsAre("py_fib"));
  const RunOptions with_context = run({"--benchmark_context", "a=1", "py_fib"});
  EXPECT_THAT(with_context.outputs.context, ElementsAre(Pair("a", "1")));
  EXPECT_THAT(with_context.plan.workloads.names, ElementsAre("py_fib"));
}

TEST(RunOptions, TakeHowToMeasure) {
  const RunOptions options = run({"--calls", "12", "--budget", "0.5", "--precision", "5",
                                  "--timeout", "3.5", "--json", "out.json"});
  EXPECT_EQ(options.plan.common.calls, 12);
  EXPECT_FALSE(options.plan.common.may_grow) << "as many as were asked for";
  EXPECT_EQ(options.policy.stop.budget_s, 0.5);
  EXPECT_DOUBLE_EQ(options.policy.stop.precision, 0.05);
  EXPECT_EQ(options.policy.timeout_s, 3.5);
  EXPECT_THAT(options.outputs.files, ElementsAre(OutputRequest{"out.json", "json"}));
  EXPECT_EQ(run({"--calls", "auto"}).plan.common.calls, std::nullopt);
}

TEST(RunOptions, SayWhetherToAskWhy) {
  EXPECT_EQ(run({}).plan.common.why, Why::automatic);
  EXPECT_EQ(run({"--why"}).plan.common.why, Why::always);
  EXPECT_EQ(run({"--no-why"}).plan.common.why, Why::never);
}

TEST(RunOptions, AskWhyWhereAnExpectationIsAboutIt) {
  EXPECT_EQ(run({"--expect", "py_fib@2 lock_wait <= 0.1"}).plan.common.why, Why::always);
  EXPECT_EQ(run({"--expect", "py_fib@2 gil_demand <= 0.1"}).plan.common.why, Why::automatic);
  EXPECT_THAT(refusal({"run", "--no-why", "--expect", "py_fib@2 gil_wait <= 0.1"}),
              HasSubstr("leave out --no-why"));
}

TEST(RunOptions, TakeAFileForEachReporterThatHasAnOption) {
  for (const Reporter& row : reporters()) {
    if (row.option.empty()) continue;
    const std::string option = "--" + std::string(row.option);
    EXPECT_THAT(run({option.c_str(), "out"}).outputs.files,
                ElementsAre(OutputRequest{"out", std::string(row.name)}));
  }
  EXPECT_THAT(run({"--csv", "a", "--junit=b", "py_fib"}).outputs.files,
              ElementsAre(OutputRequest{"a", "csv"}, OutputRequest{"b", "junit"}));
}

TEST(RunOptions, TakeGoogleBenchmarksFlags) {
  const RunOptions options =
      run({"--benchmark_format=csv", "--benchmark_out=out.txt", "--benchmark_out_format=console",
           "--benchmark_filter=-fib", "--benchmark_repetitions=5", "--benchmark_list_tests"});
  EXPECT_EQ(options.outputs.format, "csv");
  EXPECT_THAT(options.outputs.files, ElementsAre(OutputRequest{"out.txt", "console"}));
  EXPECT_EQ(options.plan.filter, "-fib");
  EXPECT_EQ(options.plan.common.repetitions, 5);
  EXPECT_TRUE(options.list_tests);
}

TEST(RunOptions, TakeTheFileOfGoogleBenchmarkAsOneMore) {
  EXPECT_THAT(run({"--benchmark_out=b", "--csv", "a"}).outputs.files,
              ElementsAre(OutputRequest{"a", "csv"}, OutputRequest{"b", "json"}));
  EXPECT_THAT(run({"--benchmark_out=b", "--benchmark_out_format=csv"}).outputs.files,
              ElementsAre(OutputRequest{"b", "benchmark_csv"}));
}

TEST(RunOptions, TakeTheValuesThatGoogleBenchmarkGivesItsSwitches) {
  EXPECT_TRUE(run({"--benchmark_list_tests=true"}).list_tests);
  EXPECT_FALSE(run({"--benchmark_list_tests=false"}).list_tests);
}

TEST(RunOptions, TakeAMinimumTimeInSeconds) {
  for (const char* flag : {"--benchmark_min_time=0.5", "--benchmark_min_time=0.5s"}) {
    EXPECT_EQ(run({flag}).policy.stop.at_least_s, 0.5) << flag;
    EXPECT_EQ(run({flag}).policy.stop.exactly, std::nullopt) << flag;
  }
}

TEST(RunOptions, TakeAMinimumTimeAsANumberOfSamples) {
  EXPECT_EQ(run({"--benchmark_min_time=10x"}).policy.stop.exactly, 10);
  EXPECT_EQ(run({"--benchmark_min_time=10x"}).policy.stop.at_least_s, 0);
}

TEST(RunOptions, TakeContextAsPairs) {
  EXPECT_THAT(run({"--benchmark_context=build=nightly,commit=abc"}).outputs.context,
              ElementsAre(Pair("build", "nightly"), Pair("commit", "abc")));
  EXPECT_THAT(run({"--benchmark_context=flags=-O2 a=b,empty="}).outputs.context,
              ElementsAre(Pair("empty", ""), Pair("flags", "-O2 a=b")));
  EXPECT_THAT(run({"--benchmark_context=a=1", "--benchmark_context=b=2"}).outputs.context,
              ElementsAre(Pair("a", "1"), Pair("b", "2")));
}

// ---- what is refused ----

TEST(Refusal, OfThreadsSaysHowToWriteThem) {
  EXPECT_THAT(run_refusal({"--threads", "0"}), StartsWith("--threads '0' is not a list"));
}

TEST(Refusal, OfAWordInAListNamesTheOneThatIsMeant) {
  EXPECT_EQ(run_refusal({"-x", "pool,thread"}),
            "--executor 'thread' is not known, did you mean 'threads'?");
  EXPECT_EQ(run_refusal({"--allow-different", "machin"}),
            "--allow-different 'machin' is not known, did you mean 'machine'?");
}

TEST(Refusal, OfAnExecutorNamesTheChoices) {
  EXPECT_EQ(run_refusal({"-x", "threads,fork"}),
            "--executor 'fork' is not known; choose from " + all_executors() + " or all");
}

TEST(Refusal, OfCallsSaysWhatTheyAre) {
  for (const char* calls : {"0", "-1", "1.5", "many", "1e13", "nan", "inf", "3 "}) {
    EXPECT_EQ(run_refusal({(std::string("--calls=") + calls).c_str()}),
              std::string("--calls '") + calls + "' is neither a positive whole number nor auto");
  }
}

TEST(Refusal, OfSecondsAndPercentSaysTheirRange) {
  EXPECT_EQ(run_refusal({"--budget", "0"}),
            "--budget 0 is out of range; choose a number above 0 and at most 86400");
  EXPECT_EQ(run_refusal({"--budget=-1"}),
            "--budget -1 is out of range; choose a number above 0 and at most 86400");
  EXPECT_THAT(run_refusal({"--budget", "86401"}), HasSubstr("is out of range"));
  EXPECT_THAT(run_refusal({"--budget", "nan"}), HasSubstr("--budget"));
  EXPECT_EQ(run_refusal({"--precision", "101"}),
            "--precision 101 is out of range; choose a number above 0 and at most 100");
  EXPECT_EQ(run_refusal({"--timeout", "0"}),
            "--timeout 0 is out of range; choose a number above 0 and at most 864000");
}

TEST(Refusal, OfANumberThatIsNoneNamesTheFlag) {
  EXPECT_THAT(run_refusal({"--fib", "many"}), AllOf(HasSubstr("--fib"), HasSubstr("many")));
  EXPECT_THAT(run_refusal({"--budget", "long"}), AllOf(HasSubstr("--budget"), HasSubstr("long")));
  EXPECT_THAT(run_refusal({"--benchmark_repetitions=x"}), HasSubstr("--benchmark_repetitions"));
}

TEST(Refusal, OfRepetitionsSaysTheirRange) {
  for (const char* flag : {"--benchmark_repetitions=0", "--benchmark_repetitions=1001"}) {
    EXPECT_THAT(run_refusal({flag}), HasSubstr("is out of range; choose 1 to 1000"));
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
  for (const char* flag : {"--frobnicate=2", "--quietly", "-q"}) {
    EXPECT_THAT(run_refusal({flag}),
                AllOf(HasSubstr(flag), HasSubstr("; see `gilscale run --help`")));
  }
}

TEST(Refusal, OfAFlagThatIsLikeOneNamesThatOne) {
  EXPECT_EQ(run_refusal({"--thread=2"}),
            "gilscale run has no option --thread, did you mean '--threads'?");
  EXPECT_EQ(run_refusal({"--why", "--benchmark_filters", "fib"}),
            "gilscale run has no option --benchmark_filters, did you mean '--benchmark_filter'?");
  EXPECT_EQ(refusal({"doctor", "--pyhton", "3.12"}),
            "gilscale doctor has no option --pyhton, did you mean '--python'?");
}

TEST(Refusal, OfAMissingArgumentShowsHowTheCommandIsCalled) {
  EXPECT_EQ(refusal({"compare", "old.json"}),
            "an argument is missing: gilscale compare OLD.json NEW.json; see `gilscale compare "
            "--help`");
  EXPECT_EQ(refusal({"report", "a.json"}),
            "an argument is missing: gilscale report RESULTS.json --out FILE; see `gilscale report "
            "--help`");
}

TEST(Refusal, OfAWorkloadWithoutACommandNamesTheCommand) {
  EXPECT_EQ(refusal({"work.py"}),
            "there is no command 'work.py'; to measure it: gilscale run work.py");
  EXPECT_EQ(refusal({"json:dumps", "--threads", "2"}),
            "there is no command 'json:dumps'; to measure it: gilscale run json:dumps");
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

// ---- the configuration file ----

/// `gilscale run` with a file gilscale.toml and these words.
RunOptions configured(const std::string& file, std::vector<const char*> words = {}) {
  words.insert(words.begin(), "run");
  return std::get<RunOptions>(parsed(words, {{"gilscale.toml", file}}));
}

std::string config_refusal(const std::string& file, const std::vector<const char*>& words = {}) {
  return usage_error([&] { configured(file, words); });
}

TEST(Config, GivesOptionsByTheirLongNames) {
  const RunOptions options = configured(
      "args = '(1, 2)'\nkwargs = \"{'level': 9}\"\nfib = 20\nthreads = '1-3'\nscaling = 'strong'\n"
      "calls = 12\nbudget = 0.5\nprecision = 5\ntimeout = 3.5\njson = 'out.json'\npin = true\n"
      "share = 'none'\nvenv = 'env'\nbenchmark_min_time = '10x'\nbenchmark_repetitions = 3");
  EXPECT_EQ(options.plan.workloads.args, "(1, 2)");
  EXPECT_EQ(options.plan.workloads.kwargs, "{'level': 9}");
  EXPECT_EQ(options.plan.workloads.fib, 20);
  EXPECT_THAT(options.plan.common.threads, ElementsAre(1, 2, 3));
  EXPECT_EQ(options.plan.common.scaling, Scaling::strong);
  EXPECT_EQ(options.plan.common.calls, 12);
  EXPECT_EQ(options.policy.stop.budget_s, 0.5);
  EXPECT_DOUBLE_EQ(options.policy.stop.precision, 0.05);
  EXPECT_EQ(options.policy.timeout_s, 3.5);
  EXPECT_THAT(options.outputs.files, ElementsAre(OutputRequest{"out.json", "json"}));
  EXPECT_TRUE(options.plan.common.pin);
  EXPECT_THAT(options.plan.shares, testing::ElementsAre(Sharing::none));
  EXPECT_EQ(options.plan.venv, "env");
  EXPECT_EQ(options.policy.stop.exactly, 10);
  EXPECT_EQ(options.plan.common.repetitions, 3);
}

TEST(RunOptions, MayAskForTheGilBothWays) {
  const auto gils = [](std::vector<const char*> words) { return run(std::move(words)).plan.gils; };
  EXPECT_THAT(gils({}), ElementsAre(GilMode::standard));
  EXPECT_THAT(gils({"--gil", "off"}), ElementsAre(GilMode::off));
  EXPECT_THAT(gils({"--gil=both"}), ElementsAre(GilMode::on, GilMode::off));
}

TEST(Config, GivesListsAsArraysOrAsTheCommandLineWritesThem) {
  EXPECT_THAT(configured("threads = [1, 2]").plan.common.threads, ElementsAre(1, 2));
  EXPECT_THAT(configured("threads = ['1-2', 8]").plan.common.threads, ElementsAre(1, 2, 8));
  EXPECT_THAT(configured("threads = 2").plan.common.threads, ElementsAre(2));
  EXPECT_THAT(configured("threads = 'auto'").plan.common.threads, ElementsAre(1, 2, 4));
  EXPECT_THAT(configured("executor = ['threads', 'pool']").plan.executors,
              ElementsAre("threads", "pool"));
  EXPECT_THAT(configured("executor = 'pool,native'").plan.executors, ElementsAre("pool", "native"));
  EXPECT_THAT(configured("executor = []").plan.executors, ElementsAre("threads"));
  EXPECT_THAT(configured("benchmark_context = ['a=1', 'b=2']").outputs.context,
              ElementsAre(Pair("a", "1"), Pair("b", "2")));
  EXPECT_THAT(configured("json = ['out.json']").outputs.files,
              ElementsAre(OutputRequest{"out.json", "json"}));
}

TEST(Config, GivesAStatementAndItsSetUpLineByLine) {
  const RunOptions options = configured("setup = ['import zlib', 'x = 1']\nstmt = 'f(x)'");
  EXPECT_THAT(options.plan.workloads.setup, ElementsAre("import zlib", "x = 1"));
  EXPECT_THAT(options.plan.workloads.statement, ElementsAre("f(x)"));
}

TEST(Config, GivesParametersInTheOrderOfTheFile) {
  const RunOptions options = configured("[param]\nsize = [1024, 65536]\nlevel = [1, 9]");
  EXPECT_THAT(options.plan.workloads.params,
              ElementsAre(Axis{"size", {"1024", "65536"}}, Axis{"level", {"1", "9"}}));
  EXPECT_THAT(configured("param = ['n=1,2', 'm=3']").plan.workloads.params,
              ElementsAre(Axis{"n", {"1", "2"}}, Axis{"m", {"3"}}));
}

TEST(Config, LeavesAFlagOffThatIsFalse) {
  EXPECT_FALSE(configured("pin = false").plan.common.pin);
  EXPECT_TRUE(configured("pin = false", {"--pin"}).plan.common.pin);
}

TEST(Config, YieldsToTheCommandLineKeyByKey) {
  const RunOptions options =
      configured("threads = [1, 2]\nexecutor = 'pool'\nbudget = 3\n[param]\nsize = 1",
                 {"-t", "4", "-x", "native", "--param", "n=5"});
  EXPECT_THAT(options.plan.common.threads, ElementsAre(4));
  EXPECT_THAT(options.plan.executors, ElementsAre("native"));
  EXPECT_EQ(options.policy.stop.budget_s, 3);
  EXPECT_THAT(options.plan.workloads.params, ElementsAre(Axis{"n", {"5"}}));
}

TEST(Config, IsNotJudgedWhereTheCommandLineTakesItsPlace) {
  EXPECT_EQ(configured("budget = -1", {"--budget", "2"}).policy.stop.budget_s, 2);
}

TEST(Config, NamesWhatToMeasureOnlyIfTheCommandLineDoesNot) {
  const std::string file = "workloads = ['m:f', 'm:g']\nsetup = 'import m'\nstmt = 'm.h()'";
  const WorkloadOptions of_file = configured(file).plan.workloads;
  EXPECT_THAT(of_file.names, ElementsAre("m:f", "m:g"));
  EXPECT_THAT(of_file.statement, ElementsAre("m.h()"));
  const WorkloadOptions named = configured(file, {"py_fib"}).plan.workloads;
  EXPECT_THAT(named.names, ElementsAre("py_fib"));
  EXPECT_THAT(named.statement, IsEmpty());
  EXPECT_THAT(named.setup, IsEmpty());
  const WorkloadOptions stated = configured(file, {"--stmt", "m.i()"}).plan.workloads;
  EXPECT_THAT(stated.names, IsEmpty());
  EXPECT_THAT(stated.statement, ElementsAre("m.i()"));
  EXPECT_THAT(stated.setup, ElementsAre("import m"));
}

TEST(Config, MayExpectOfWhatTheCommandLineDoesNotChoose) {
  const std::string file = "expect = ['m:f@2 speedup > 1']";
  const auto excused = [](const RunOptions& options) {
    return std::pair(options.policy.gate.may_name_others, options.policy.gate.may_be_unmatched);
  };
  EXPECT_EQ(excused(configured(file)), std::pair(false, false));
  EXPECT_EQ(excused(configured(file, {"m:g"})), std::pair(true, true));
  EXPECT_EQ(excused(configured(file, {"-t1"})), std::pair(false, true));
  EXPECT_EQ(excused(configured("budget = 1", {"m:g", "-t1"})), std::pair(false, false));
}

TEST(Config, IsTheFileThatIsNamedOrNone) {
  const Files files{{"gilscale.toml", "fib = 1"}, {"ci/other.toml", "fib = 2"}};
  const auto with = [&](std::vector<const char*> words) {
    words.insert(words.begin(), "run");
    return std::get<RunOptions>(parsed(words, files));
  };
  EXPECT_EQ(with({}).plan.workloads.fib, 1);
  EXPECT_EQ(with({"--config", "ci/other.toml"}).plan.workloads.fib, 2);
  EXPECT_EQ(with({"--no-config"}).plan.workloads.fib, 30);
  EXPECT_EQ(usage_error([&] { with({"--config", "missing.toml"}); }),
            "--config 'missing.toml' does not exist; check the path");
  EXPECT_THAT(usage_error([&] { with({"--config", ""}); }), StartsWith("--config"));
  EXPECT_THAT(usage_error([&] { with({"--config", "ci/other.toml", "--no-config"}); }),
              AllOf(HasSubstr("--config"), HasSubstr("--no-config")));
}

TEST(SelftestCommand, TakesTheSameThreadListsAsRun) {
  EXPECT_EQ(std::get<SelftestOptions>(parsed({"selftest", "--threads", "auto"})).threads,
            std::get<RunOptions>(parsed({"run", "--threads", "auto"})).plan.common.threads);
  EXPECT_THAT(std::get<SelftestOptions>(parsed({"selftest", "-t", "1-3"})).threads,
              testing::ElementsAre(1, 2, 3));
}

TEST(Config, IsForRunAlone) {
  const Files files{{"gilscale.toml", "this is no TOML"}};
  EXPECT_TRUE(std::holds_alternative<ListOptions>(parsed({"list"}, files)));
  EXPECT_TRUE(std::holds_alternative<Answer>(parsed({"run", "--help"}, files)));
  EXPECT_TRUE(std::holds_alternative<SelftestOptions>(parsed({"selftest"}, files)));
}

TEST(ConfigRefusal, OfAnUnknownKeyNamesTheNearest) {
  EXPECT_EQ(config_refusal("pin = true\n\nthread = 2"),
            "gilscale.toml:3: there is no key 'thread', did you mean 'threads'?");
  EXPECT_THAT(config_refusal("workload = 'm:f'"), HasSubstr("did you mean 'workloads'?"));
  EXPECT_EQ(config_refusal("frobnicate = 2"),
            "gilscale.toml:1: there is no key 'frobnicate'; the keys are `workloads` and the "
            "options of `gilscale run --help`");
}

TEST(ConfigRefusal, IsOfOptionsThatMakeNoSenseInAFile) {
  for (const char* key : {"config", "no-config", "help", "benchmark_list_tests", "version", "t",
                          "-threads", "--threads", "''", "supervised"})
    EXPECT_THAT(
        config_refusal(std::string(*key == '-' ? "'" + std::string(key) + "'" : key) + " = true"),
        StartsWith("gilscale.toml:1: there is no key '"))
        << key;
}

TEST(ConfigRefusal, OfAnUnknownKeyComesBeforeTheCommandLineTakesItsPlace) {
  EXPECT_THAT(config_refusal("thread = 2", {"--threads", "1"}), HasSubstr("no key 'thread'"));
}

TEST(ConfigRefusal, OfAWrongTypeSaysWhatTheKeyTakes) {
  EXPECT_EQ(config_refusal("\nbudget = 'long'"),
            "gilscale.toml:2: 'budget' takes SECONDS, not 'long'; see `gilscale run --help`");
  EXPECT_EQ(config_refusal("fib = 1.5"),
            "gilscale.toml:1: 'fib' takes N, not '1.5'; see `gilscale run --help`");
  EXPECT_EQ(config_refusal("pin = 'yes'"), "gilscale.toml:1: 'pin' takes true or false");
  EXPECT_EQ(config_refusal("json = true"), "gilscale.toml:1: 'json' takes FILE, not true or false");
  EXPECT_EQ(config_refusal("json = ['a', 'b']"),
            "gilscale.toml:1: 'json' takes one FILE, not an array");
}

TEST(ConfigRefusal, OfWhatIsNoChoiceNamesTheChoices) {
  EXPECT_THAT(config_refusal("\nscaling = 'sideways'"),
              AllOf(StartsWith("gilscale.toml:2: --scaling"), HasSubstr("sideways"),
                    HasSubstr("weak"), HasSubstr("; see `gilscale run --help`")));
  EXPECT_EQ(config_refusal("executor = [\n'pool',\n'fork']"),
            "gilscale.toml:3: --executor 'fork' is not known; choose from " + all_executors() +
                " or all");
}

TEST(ConfigRefusal, OfAValueOutOfRangeNamesFileAndLine) {
  EXPECT_EQ(
      config_refusal("pin = true\nbudget = -1"),
      "gilscale.toml:2: --budget -1 is out of range; choose a number above 0 and at most 86400");
  EXPECT_THAT(config_refusal("\n\nthreads = [1, 0]"),
              StartsWith("gilscale.toml:3: --threads '1,0' is not a list"));
  EXPECT_THAT(config_refusal("benchmark_min_time = '1h'"),
              StartsWith("gilscale.toml:1: --benchmark_min_time '1h'"));
  EXPECT_THAT(config_refusal("[param]\na = 1\nb = []"),
              StartsWith("gilscale.toml:3: --param 'b='"));
  EXPECT_THAT(config_refusal("setup = 'x = 1'"), StartsWith("gilscale.toml:1: --setup is for"));
  EXPECT_THAT(config_refusal("param = 'a\\n'"), Not(HasSubstr("\n")));
}

TEST(ConfigRefusal, LeavesFaultsOfTheCommandLineAsTheyAre) {
  EXPECT_THAT(config_refusal("budget = 1", {"--timeout", "0"}), StartsWith("--timeout 0 is"));
  EXPECT_THAT(config_refusal("budget = -1\ntimeout = 1", {"--budget", "0"}),
              StartsWith("--budget 0 is"));
  EXPECT_THAT(config_refusal("stmt = 'f()'", {"m:f", "--setup", "x"}), StartsWith("--setup is"));
}

// ---- the other commands ----

TEST(Help, IsAnAnswerThatShowsCommandsAndExitCodes) {
  const auto answer = std::get<Answer>(parsed({"--help"}));
  EXPECT_THAT(answer.text, AllOf(HasSubstr("run"), HasSubstr("list"), HasSubstr("Exit codes"),
                                 Not(HasSubstr("worker"))));
}

TEST(Help, OfRunShowsEveryFlagAndTheExecutors) {
  const auto answer = std::get<Answer>(parsed({"run", "--help"}));
  for (const char* flag :
       {"--args", "--kwargs", "--fib", "--threads", "--executor", "--calls", "--budget",
        "--precision", "--timeout", "--json", "--benchmark_format", "--benchmark_out",
        "--benchmark_out_format", "--benchmark_filter", "--benchmark_repetitions",
        "--benchmark_min_time", "--benchmark_context", "--benchmark_list_tests"}) {
    EXPECT_THAT(answer.text, HasSubstr(flag));
  }
  for (const std::string& name : executor_names([](const auto&) { return true; }))
    EXPECT_THAT(answer.text, testing::ContainsRegex("a list of:[^;]*" + name));
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
