#include "gilscale/model/workloads.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "thrown.hpp"

namespace gilscale {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

WorkloadSpec resolved(const WorkloadOptions& options) {
  const auto specs = resolve_workloads(options);
  EXPECT_EQ(specs.size(), 1U);
  return specs.front();
}

WorkloadSpec resolved(const std::string& name) {
  WorkloadOptions options;
  options.names = {name};
  return resolved(options);
}

std::string refusal(const WorkloadOptions& options) {
  return usage_error([&] { resolve_workloads(options); });
}

std::string refusal(const std::string& name) {
  WorkloadOptions options;
  options.names = {name};
  return refusal(options);
}

// ---- suites ----

TEST(Suites, AreReplacedByTheirMembers) {
  EXPECT_THAT(expand_suites({"fib"}), ElementsAre("py_fib", "cpp_fib", "cpp_fib_nogil",
                                                  "fib_holder_gil", "fib_holder_nogil"));
  EXPECT_THAT(expand_suites({"calibration"}),
              ElementsAre("hold", "release", "hold_release", "locked", "burn_hold", "burn_release",
                          "burn_hold_release", "counter"));
}

TEST(Suites, DefaultToFib) { EXPECT_EQ(expand_suites({}), expand_suites({"fib"})); }

TEST(Suites, LeaveOtherNamesInTheirPlaces) {
  EXPECT_THAT(expand_suites({"m:f", "hold", "nonsense"}), ElementsAre("m:f", "hold", "nonsense"));
  const auto around = expand_suites({"m:f", "fib", "hold"});
  EXPECT_EQ(around.size(), 7U);
  EXPECT_EQ(around.front(), "m:f");
  EXPECT_EQ(around.back(), "hold");
}

TEST(BuiltinWorkloads, AreFoundByName) {
  for (const BuiltinWorkload& row : builtin_workloads()) EXPECT_EQ(find_builtin(row.name), &row);
  EXPECT_EQ(find_builtin("fib"), nullptr);
  EXPECT_EQ(find_builtin(""), nullptr);
}

TEST(BuiltinWorkloads, HaveNamesOfTheirOwnAndASummary) {
  std::set<std::string_view> names;
  for (const BuiltinWorkload& row : builtin_workloads()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_FALSE(row.summary.empty()) << row.name;
    EXPECT_EQ(row.arguments.empty(), row.defaults.empty()) << row.name;
  }
}

// ---- the suite fib ----

TEST(FibWorkloads, TakeTheirNAsArgument) {
  WorkloadOptions options;
  options.names = {"cpp_fib_nogil"};
  options.fib = 25;
  WorkloadSpec expected;
  expected.name = "cpp_fib_nogil";
  expected.module = "gilscale_fib";
  expected.attribute = "cpp_fib_nogil";
  expected.args = "(25,)";
  expected.builtin = true;
  EXPECT_EQ(resolved(options), expected);
}

TEST(FibWorkloads, OfTheHolderShareOneInstance) {
  const WorkloadSpec spec = resolved("fib_holder_gil");
  EXPECT_EQ(spec.attribute, "FibHolder.do_fib");
  EXPECT_EQ(spec.shared_element, "30");
  EXPECT_EQ(spec.args, "()");
}

TEST(FibWorkloads, AreTheWholeSuiteWhenNothingIsNamed) {
  EXPECT_EQ(resolve_workloads({}).size(), 5U);
}

TEST(FibWorkloads, TakeAnyNFrom0To45) {
  for (const int n : {0, 45}) {
    WorkloadOptions options;
    options.names = {"py_fib"};
    options.fib = n;
    EXPECT_EQ(resolved(options).args, "(" + std::to_string(n) + ",)");
  }
}

TEST(FibWorkloads, RefuseAnAbsurdN) {
  for (const int n : {-1, 46, 1000}) {
    WorkloadOptions options;
    options.fib = n;
    EXPECT_THAT(refusal(options),
                HasSubstr("--fib " + std::to_string(n) + " is out of range; choose 0 to 45"));
  }
}

TEST(FibWorkloads, RefuseArgumentsThatAreNotFib) {
  WorkloadOptions options;
  options.names = {"cpp_fib"};
  options.args = "(20,)";
  EXPECT_EQ(refusal(options),
            "workload 'cpp_fib' takes its n from --fib, not from --args, --kwargs or --param");
  options.args = "";
  options.kwargs = "{'n': 20}";
  EXPECT_THAT(refusal(options), HasSubstr("takes its n from --fib"));
}

// ---- calibration ----

TEST(CalibrationWorkloads, HaveArgumentsOfTheirOwn) {
  EXPECT_EQ(resolved("hold").args, "(1000,)");
  EXPECT_EQ(resolved("hold_release").args, "(1000, 4000)");
  EXPECT_TRUE(resolved("hold").builtin);
}

TEST(CalibrationWorkloads, TakeOthers) {
  WorkloadOptions options;
  options.names = {"hold_release"};
  options.args = "(1, 2)";
  EXPECT_EQ(resolved(options).args, "(1, 2)");
  EXPECT_EQ(resolved(options).kwargs, "{}");
  options.kwargs = "{'us': 3}";
  EXPECT_EQ(resolved(options).kwargs, "{'us': 3}");
}

// ---- one's own ----

TEST(OwnWorkloads, OfAModuleAreNamedModuleColonCallable) {
  WorkloadSpec expected;
  expected.name = "zlib:compress";
  expected.module = "zlib";
  expected.attribute = "compress";
  EXPECT_EQ(resolved("zlib:compress"), expected);
}

TEST(OwnWorkloads, MayBeMethodsAndLieInPackages) {
  const WorkloadSpec spec = resolved("package.module:Class.method");
  EXPECT_EQ(spec.module, "package.module");
  EXPECT_EQ(spec.attribute, "Class.method");
  EXPECT_EQ(spec.shared_element, "");
}

TEST(OwnWorkloads, OfAFileAreNamedFileColonName) {
  const WorkloadSpec spec = resolved("some/folder/file.py:work");
  EXPECT_EQ(spec.file, "some/folder/file.py");
  EXPECT_EQ(spec.module, "");
  EXPECT_EQ(spec.attribute, "work");
  EXPECT_FALSE(spec.builtin);
}

TEST(OwnWorkloads, SplitAtTheLastColon) {
  EXPECT_EQ(resolved("a:b/file.py:work").file, "a:b/file.py");
}

TEST(OwnWorkloads, TakeArgumentsAndKeywords) {
  WorkloadOptions options;
  options.names = {"zlib:compress"};
  options.args = "(b'x',)";
  options.kwargs = "{'level': 9}";
  EXPECT_EQ(resolved(options).args, "(b'x',)");
  EXPECT_EQ(resolved(options).kwargs, "{'level': 9}");
}

TEST(OwnWorkloads, LackingOneSideAreRefused) {
  for (const char* name : {":work", "module:", ":"}) {
    EXPECT_EQ(refusal(name), std::string("workload '") + name +
                                 "' lacks a name on one side of the colon; "
                                 "write module:callable or file.py:name");
  }
}

// ---- unknown names ----

TEST(UnknownWorkloads, AreAnsweredWithTheNearestName) {
  EXPECT_EQ(
      refusal("cpp_fib_nogl"),
      "no workload is called 'cpp_fib_nogl', did you mean 'cpp_fib_nogil'?; "
      "`gilscale list` shows the built-in ones, your own are module:callable or file.py:name");
  EXPECT_THAT(refusal("calibraton"), HasSubstr("did you mean 'calibration'?"));
}

TEST(UnknownWorkloads, ThatAreCallsAreToldWhereArgumentsAreGiven) {
  const std::string begin =
      " is written as a call; name what is called, and give arguments apart from it: ";
  EXPECT_EQ(refusal("release(2000)"),
            "workload 'release(2000)'" + begin + "release --args '(2000,)'");
  EXPECT_EQ(refusal("json:dumps(['a'])"),
            "workload 'json:dumps(['a'])'" + begin + "json:dumps with --args and --kwargs");
  EXPECT_EQ(refusal("own.py:work()"), "workload 'own.py:work()'" + begin + "own.py:work");
}

TEST(UnknownWorkloads, ThatAreNearNothingGetNoSuggestion) {
  EXPECT_THAT(refusal("matrix"), AllOf(HasSubstr("no workload is called 'matrix'; `gilscale list`"),
                                       Not(HasSubstr("did you mean"))));
}

TEST(UnknownWorkloads, ThatAreFilesNeedTheNameInThem) {
  EXPECT_THAT(refusal("work.py"), EndsWith("your own are module:callable or file.py:name"));
}

// ---- labels ----

TEST(Label, IsTheNameWithItsBareArguments) {
  WorkloadSpec spec;
  spec.name = "work";
  EXPECT_EQ(label_of(spec), "work");
  spec.args = "(30,)";
  EXPECT_EQ(label_of(spec), "work/30");
  spec.args = "(1000, 4000)";
  EXPECT_EQ(label_of(spec), "work/1000,4000");
  spec.args = "( (1, 2), 'x' )";
  EXPECT_EQ(label_of(spec), "work/(1,2),'x'");
}

TEST(Label, ShowsKeywordArguments) {
  WorkloadSpec spec;
  spec.name = "zlib:compress";
  spec.kwargs = "{'level': 9}";
  EXPECT_EQ(label_of(spec), "zlib:compress/{'level':9}");
  spec.args = "(b'x',)";
  EXPECT_EQ(label_of(spec), "zlib:compress/b'x'/{'level':9}");
}

TEST(Label, OfASharedInstanceShowsItsElement) {
  EXPECT_EQ(label_of(resolved("fib_holder_nogil")), "fib_holder_nogil/30");
  EXPECT_EQ(label_of(resolved("cpp_fib")), "cpp_fib/30");
}

// ---- parameters, statements, files ----

std::vector<std::string> labels_of(const std::vector<WorkloadSpec>& specs) {
  std::vector<std::string> labels;
  for (const WorkloadSpec& spec : specs) labels.push_back(label_of(spec));
  return labels;
}

TEST(Parameters, MakeAWorkloadOfEachCombination) {
  WorkloadOptions options;
  options.names = {"m:f"};
  options.params = {{"size", {"1", "2"}}, {"mode", {"'a'", "'b c'"}}};
  EXPECT_THAT(labels_of(resolve_workloads(options)),
              ElementsAre("m:f/size=1/mode='a'", "m:f/size=1/mode='bc'", "m:f/size=2/mode='a'",
                          "m:f/size=2/mode='bc'"));
}

TEST(Parameters, TakeThePlaceOfABuiltinsDefaultArguments) {
  WorkloadOptions options;
  options.names = {"hold"};
  options.params = {{"us", {"100"}}};
  EXPECT_EQ(resolved(options).args, "()");
  EXPECT_EQ(label_of(resolved(options)), "hold/us=100");
}

TEST(Statements, AreOneWorkloadWithTheirSetup) {
  WorkloadOptions options;
  options.setup = {"import m", "x = m.y"};
  options.statement = {"a = m.f(x)", "m.g(a)"};
  const WorkloadSpec spec = resolved(options);
  EXPECT_EQ(spec.setup, "import m\nx = m.y");
  EXPECT_EQ(spec.statement, "a = m.f(x)\nm.g(a)");
  EXPECT_EQ(spec.name, "a = m.f(x); m.g(a)");
}

TEST(Statements, ComeAfterTheWorkloadsThatAreNamed) {
  WorkloadOptions options;
  options.names = {"hold"};
  options.statement = {"x"};
  EXPECT_THAT(labels_of(resolve_workloads(options)), ElementsAre("hold/1000", "x"));
}

TEST(Files, GiveTheWorkloadsThatTheyHold) {
  WorkloadOptions options;
  options.names = {"b.py", "hold"};
  options.path = {"/folder"};
  const FoundWorkloads found{{"b.py", {{"bench_a", {{"n", {"1", "2"}}}}, {"bench_b", {}}}}};
  const auto specs = resolve_workloads(options, found);
  EXPECT_THAT(labels_of(specs),
              ElementsAre("b.py:bench_a/n=1", "b.py:bench_a/n=2", "b.py:bench_b", "hold/1000"));
  EXPECT_EQ(specs[0].file, "b.py");
  EXPECT_EQ(specs[0].attribute, "bench_a");
  EXPECT_THAT(specs[0].path, ElementsAre("/folder"));
}

TEST(Files, GiveOneWorkloadByItsNameWithItsParameters) {
  WorkloadOptions options;
  options.names = {"b.py:bench_b"};
  const FoundWorkloads found{{"b.py", {{"bench_a", {}}, {"bench_b", {{"n", {"1", "2"}}}}}}};
  EXPECT_THAT(labels_of(resolve_workloads(options, found)),
              ElementsAre("b.py:bench_b/n=1", "b.py:bench_b/n=2"));
}

TEST(Files, LeaveANameThatTheyDoNotHoldToTheWorkerToRefuse) {
  WorkloadOptions options;
  options.names = {"b.py:bench_c"};
  const FoundWorkloads found{{"b.py", {{"bench_a", {}}}}};
  EXPECT_EQ(resolve_workloads(options, found).at(0).attribute, "bench_c");
}

TEST(Files, HaveTheirParametersOverridden) {
  WorkloadOptions options;
  options.names = {"b.py"};
  options.params = {{"n", {"7"}}};
  const FoundWorkloads found{{"b.py", {{"bench_a", {{"n", {"1", "2"}}}}}}};
  EXPECT_THAT(labels_of(resolve_workloads(options, found)), ElementsAre("b.py:bench_a/n=7"));
}

TEST(Files, AreAskedForByASpecificationWithoutACallable) {
  EXPECT_EQ(bench_file_of("deep/b.py"), "deep/b.py");
  EXPECT_EQ(bench_file_of("deep/b.py:bench_f"), "deep/b.py");
  for (const char* other : {"b.py:f", "b:bench_f", "b", "hold", ".py:f"})
    EXPECT_EQ(bench_file_of(other), std::nullopt) << other;
  const WorkloadSpec spec = discovery_spec("deep/b.py", {});
  EXPECT_EQ(spec.file, "deep/b.py");
  EXPECT_EQ(spec.attribute, "");
}

}  // namespace
}  // namespace gilscale
