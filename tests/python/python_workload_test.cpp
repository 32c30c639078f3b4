#include "python/python_workload.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pybind11/eval.h>

#include <filesystem>

#include "python/python_error.hpp"
#include "python_test.hpp"

namespace gilscale {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::chrono::milliseconds switch_interval{5};

class Workload : public PythonTest {
 protected:
  static WorkloadError failure(const WorkloadSpec& spec) {
    return thrown<WorkloadError>([&] { const Loaded workload(spec); }).value_or(WorkloadError(""));
  }
  static std::string refusal(const WorkloadSpec& spec) {
    return usage_error([&] { const Loaded workload(spec); });
  }
  static WorkloadSpec module_spec(const std::string& module, const std::string& attribute) {
    WorkloadSpec spec;
    spec.name = module + ":" + attribute;
    spec.module = module;
    spec.attribute = attribute;
    return spec;
  }
};

using BenchFile = Workload;

// ---- what works ----

TEST_F(Workload, OfAFileIsCalledWithItsArguments) {
  WorkloadSpec spec = own("seen = []\ndef work(*args, **kwargs): seen.append((args, kwargs))",
                          "work", "(1, 'a b')");
  spec.kwargs = "{'level': 9}";
  Loaded workload(spec);
  EXPECT_EQ(workload.prepare(2), 0);
  EXPECT_TRUE(workload.call(0).repeat(1, switch_interval));
  EXPECT_TRUE(workload.call(1).repeat(1, switch_interval));
  EXPECT_EQ(py::str(global("seen")).cast<std::string>(),
            "[((1, 'a b'), {'level': 9}), ((1, 'a b'), {'level': 9})]");
}

TEST_F(Workload, OfAModuleMayBeDeepInIt) {
  Loaded workload(module_spec("os.path", "join.__class__.__call__.__name__.upper"));
  workload.prepare(1);
  EXPECT_TRUE(workload.call(0).repeat(1, switch_interval));
}

TEST_F(Workload, MayBeAClassOrAnInstanceOrABuiltin) {
  const char* source = "class C:\n  def __call__(self): pass\ninstance = C()\nbuiltin = dict";
  for (const char* name : {"C", "instance", "builtin"}) {
    Loaded workload(own(source, name));
    workload.prepare(1);
    EXPECT_TRUE(workload.call(0).repeat(1, switch_interval)) << name;
  }
}

TEST_F(Workload, OfAFileFindsTheModulesBesideIt) {
  folder_.write("gilscale_test_sibling.py", "value = 7");
  EXPECT_NO_THROW(Loaded(own("from gilscale_test_sibling import value\ndef work(): pass", "work")));
}

TEST_F(Workload, OfAFileIsRegisteredAsAModule) {
  // dataclasses and pickle look the module of a class up.
  EXPECT_NO_THROW(
      Loaded(own("import dataclasses, pickle\n"
                 "@dataclasses.dataclass\n"
                 "class C:\n  x: 'int' = 0\n"
                 "pickle.dumps(C())\n"
                 "def work(): pass",
                 "work")));
}

TEST_F(Workload, OfAModuleIsLookedForInTheCurrentFolder) {
  const auto before = std::filesystem::current_path();
  folder_.write("gilscale_test_here.py", "def work(): pass");
  std::filesystem::current_path(folder_.path());
  EXPECT_NO_THROW(Loaded(module_spec("gilscale_test_here", "work")));
  std::filesystem::current_path(before);
}

TEST_F(Workload, OfASharedInstanceBuildsItOnceForAllThreads) {
  Loaded workload(own_shared(R"(
import time
built, seen = [], []
class Holder:
    def __init__(self, numbers):
        built.append(numbers)
        time.sleep(0.01)
    def do(self, i):
        seen.append((id(self), i))
)",
                             "Holder.do"));
  EXPECT_GE(workload.prepare(3), 0.01);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(workload.call(i).repeat(1, switch_interval));
  EXPECT_TRUE(global("built").equal(py::eval("[[30] * 3]")));
  EXPECT_EQ(py::len(py::set(py::eval("lambda seen: [a for a, _ in seen]")(global("seen")))), 1U);
  EXPECT_TRUE(
      py::eval("lambda seen: [i for _, i in seen]")(global("seen")).equal(py::eval("[0, 1, 2]")));
}

// ---- --args and --kwargs ----

TEST_F(Workload, RefusesArgumentsThatAreNoTuple) {
  for (const char* args :
       {"30", "[1]", "1+2j", "{}", "'x'", "(", "(x,)", "(1 +)", "", "(lambda: 1,)"}) {
    EXPECT_EQ(refusal(own("def work(*a): pass", "work", args)),
              std::string("--args '") + args +
                  "' is not a Python literal of the right kind; write it as a tuple: \"(30,)\"");
  }
}

TEST_F(Workload, RefusesArgumentsThatAreComputedAndSaysWhereTheyCanBe) {
  for (const char* args : {"__import__('os')", "(__import__('os').getpid(),)", "('x' * 1000,)",
                           "(list(range(9)),)", "([i for i in (1, 2)],)"}) {
    EXPECT_EQ(refusal(own("def work(*a): pass", "work", args)),
              std::string("--args '") + args +
                  "' is an expression, but no code is run here: make the value in a set-up "
                  "(--setup, or setup() of a file)");
  }
  WorkloadSpec spec = own("def work(**k): pass", "work");
  spec.kwargs = "dict(level=9)";
  EXPECT_THAT(refusal(spec), HasSubstr("is an expression, but no code is run here"));
}

TEST_F(Workload, RefusesKeywordsThatAreNoDictionary) {
  for (const char* kwargs : {"9", "(1,)", "level=9", "{'level': x}", "{1, 2}"}) {
    WorkloadSpec spec = own("def work(**k): pass", "work");
    spec.kwargs = kwargs;
    EXPECT_EQ(refusal(spec),
              std::string("--kwargs '") + kwargs +
                  "' is not a Python literal of the right kind; write it as \"{'level': 9}\"");
  }
}

TEST_F(Workload, RefusesKeywordsThatAreNotNames) {
  WorkloadSpec spec = own("def work(**k): pass", "work");
  spec.kwargs = "{1: 2}";
  EXPECT_EQ(refusal(spec), "--kwargs '{1: 2}' has a key that is not a string");
}

TEST_F(Workload, RefusesArgumentsBeforeItImportsAnything) {
  EXPECT_THAT(refusal(own("raise RuntimeError('imported')", "work", "30")), HasSubstr("--args"));
}

// ---- what cannot be imported ----

TEST_F(Workload, OfAMissingFileSaysSo) {
  WorkloadSpec spec = own("", "work");
  spec.file = folder_.file("none.py");
  EXPECT_EQ(failure(spec).what(),
            "workload 'own.py:work': there is no file '" + spec.file + "'; check the path");
}

/// The Python that is embedded here.
std::string own_executable() {
  return py::module_::import("sys").attr("executable").cast<std::string>();
}

TEST_F(Workload, OfAMissingModuleSaysSo) {
  EXPECT_EQ(failure(module_spec("gilscale_no_such", "work")).what(),
            "workload 'gilscale_no_such:work' cannot be imported: ModuleNotFoundError: No module "
            "named 'gilscale_no_such'; try the import with " +
                own_executable());
}

TEST_F(Workload, WhoseImportRaisesComesWithTheTraceback) {
  const WorkloadError error =
      failure(own("def helper():\n    raise OSError('no data')\nhelper()", "work"));
  EXPECT_EQ(error.what(),
            "workload 'own.py:work' cannot be imported: OSError: no data; try the import with " +
                own_executable());
  EXPECT_THAT(error.details(),
              AllOf(StartsWith("Traceback (most recent call last):\n"), HasSubstr(module_ + ".py"),
                    HasSubstr("line 2, in helper"), EndsWith("OSError: no data\n")));
}

TEST_F(Workload, WithASyntaxErrorShowsTheLine) {
  const WorkloadError error = failure(own("def work(:\n  pass", "work"));
  EXPECT_THAT(error.what(), HasSubstr("SyntaxError"));
  EXPECT_THAT(error.details(), HasSubstr("def work(:"));
}

TEST_F(Workload, WhoseImportExitsHasFailed) {
  EXPECT_THAT(failure(own("import sys\nsys.exit(3)", "work")).what(),
              HasSubstr("cannot be imported: SystemExit: 3;"));
  EXPECT_THAT(failure(own("raise KeyboardInterrupt", "work")).what(),
              HasSubstr("cannot be imported: KeyboardInterrupt;"));
}

// ---- what is not there ----

TEST_F(Workload, OfAnUnknownNameIsAnsweredWithTheNearest) {
  EXPECT_THAT(refusal(own("def compress(): pass", "comprss")),
              AllOf(StartsWith("workload 'own.py:comprss': <module 'own_"),
                    EndsWith(" has no 'comprss', did you mean 'compress'?")));
}

TEST_F(Workload, OfAnUnknownNameThatIsNearNothingGetsNoSuggestion) {
  EXPECT_THAT(refusal(own("def compress(): pass", "xyzzy")), EndsWith(" has no 'xyzzy'"));
}

TEST_F(Workload, OfAnUnknownMethodNamesTheClass) {
  EXPECT_THAT(refusal(own("class C:\n  def method(self): pass", "C.methd")),
              AllOf(HasSubstr(".C'> has no 'methd', did you mean 'method'?")));
}

TEST_F(Workload, ThatIsNotCallableIsNamedByItsType) {
  EXPECT_STREQ(failure(own("number = 3", "number")).what(),
               "workload 'own.py:number' is not callable: it is <class 'int'>");
}

TEST_F(Workload, WhoseSharedInstanceCannotBeBuiltSaysSo) {
  Loaded workload(
      own_shared("class Holder:\n  def __init__(self, numbers): raise ValueError('too many')\n  "
                 "def do(self, i): pass",
                 "Holder.do"));
  const auto error = thrown<WorkloadError>([&] { workload.prepare(2); });
  ASSERT_TRUE(error);
  EXPECT_THAT(error->what(),
              AllOf(HasSubstr("own.py:Holder.do"), HasSubstr("ValueError: too many")));
  EXPECT_THAT(error->details(), HasSubstr("in __init__"));
}

// ---- sets of arguments ----

/// Calls thread 0 and thread 1 once each.
void call_both(PythonWorkload& workload) {
  workload.prepare(2);
  for (const int thread : {0, 1}) ASSERT_TRUE(workload.call(thread).repeat(1, switch_interval));
}

TEST_F(Workload, SharesItsArgumentsUnlessToldNotTo) {
  const char* source = "seen = []\ndef work(x): x.append(1); seen.append(list(x))";
  WorkloadSpec spec = own(source, "work", "([],)");
  Loaded shared(spec);
  call_both(shared);
  EXPECT_TRUE(global("seen").equal(py::eval("[[1], [1, 1]]")));
  spec = own(source, "work", "([],)");
  spec.share = Sharing::none;
  Loaded apart(spec);
  call_both(apart);
  EXPECT_TRUE(global("seen").equal(py::eval("[[1], [1]]")));
}

TEST_F(Workload, OfAMethodMakesTheInstanceAsSetUp) {
  const char* source =
      "made, seen = [], []\n"
      "class C:\n"
      "  def __init__(self): made.append(self)\n"
      "  def work(self, n): seen.append((made.index(self), n))\n";
  WorkloadSpec spec = own(source, "C.work", "(7,)");
  Loaded shared(spec);
  call_both(shared);
  EXPECT_TRUE(global("seen").equal(py::eval("[(0, 7), (0, 7)]")));
  spec = own(source, "C.work", "(7,)");
  spec.share = Sharing::none;
  Loaded apart(spec);
  call_both(apart);
  EXPECT_TRUE(global("seen").equal(py::eval("[(0, 7), (1, 7)]")));
}

TEST_F(Workload, OfAStaticOrClassMethodNeedsNoInstance) {
  const char* source =
      "class C:\n"
      "  def __init__(self): raise RuntimeError\n"
      "  @staticmethod\n"
      "  def still(): pass\n"
      "  @classmethod\n"
      "  def of_class(cls): assert cls is C\n";
  for (const char* name : {"C.still", "C.of_class"}) {
    Loaded workload(own(source, name));
    call_both(workload);
  }
  Loaded builtin(module_spec("builtins", "dict.fromkeys.__call__"));
}

TEST_F(Workload, OfAMethodWhoseClassNeedsArgumentsSaysWhatToDo) {
  Loaded workload(own("class C:\n  def __init__(self, n): pass\n  def work(self): pass", "C.work"));
  const auto error = thrown<WorkloadError>([&] { workload.prepare(1); });
  ASSERT_TRUE(error);
  EXPECT_THAT(error->what(),
              AllOf(HasSubstr("C() cannot be created without arguments"), HasSubstr("--setup")));
}

TEST_F(Workload, WithWrongArgumentsShowsTheSignature) {
  Loaded workload(own("def work(a, b=2): pass", "work"));
  EXPECT_THAT(
      usage_error([&] { workload.prepare(1); }),
      AllOf(HasSubstr("missing a required argument: 'a'"), HasSubstr("its signature is (a, b=2)")));
}

TEST_F(Workload, ThatIsACoroutineFunctionIsRefused) {
  EXPECT_THAT(failure(own("async def work(): pass", "work")).what(), HasSubstr("asyncio.run"));
}

TEST_F(Workload, ThatReturnsAnAwaitableFails) {
  Loaded workload(
      own("async def inner(): pass\n"
          "def work():\n"
          "  c = inner()\n"
          "  c.close()\n"
          "  return c",
          "work"));
  workload.prepare(1);
  EXPECT_FALSE(workload.call(0).repeat(2, switch_interval));
  EXPECT_THAT(summary_of(take_exception()), HasSubstr("TypeError: it returned an awaitable"));
}

// ---- parameters ----

TEST_F(Workload, TakesParametersByKeyword) {
  WorkloadSpec spec = own("seen = []\ndef work(a, size): seen.append((a, size))", "work", "(1,)");
  spec.params = {{"size", "[2, 3]"}};
  Loaded workload(spec);
  call_both(workload);
  EXPECT_TRUE(global("seen").equal(py::eval("[(1, [2, 3])] * 2")));
}

TEST_F(Workload, RefusesAParameterThatIsNoLiteral) {
  WorkloadSpec spec = own("def work(size): pass", "work");
  spec.params = {{"size", "big"}};
  EXPECT_THAT(refusal(spec), HasSubstr("--param size 'big' is not a Python literal"));
}

// ---- files with functions bench_... ----

constexpr const char* bench_file = R"(
log = []
params = {"size": [2, 3]}
def setup(size):
    log.append(("setup", size))
    return [0] * size
def bench_one(data): log.append(("one", len(data)))
def bench_two(data, size, word="x"): log.append(("two", size, word))
bench_two.params = {"size": (4,), "word": ["y"]}
def helper(): pass
def teardown(data): log.append(("teardown", len(data)))
)";

TEST_F(BenchFile, HoldsItsFunctionsWithTheirParameters) {
  WorkloadSpec spec = own(bench_file, "");
  const auto found = found_in(discover_workloads(text_for_plugin(spec)));
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].attribute, "bench_one");
  EXPECT_THAT(found[0].params, testing::ElementsAre(Axis{"size", {"2", "3"}}));
  EXPECT_EQ(found[1].attribute, "bench_two");
  EXPECT_THAT(found[1].params, testing::ElementsAre(Axis{"size", {"4"}}, Axis{"word", {"'y'"}}));
}

TEST_F(BenchFile, SetsUpOnceForAllThreadsAndTakesDown) {
  WorkloadSpec spec = own(bench_file, "bench_one");
  spec.params = {{"size", "5"}};
  Loaded workload(spec);
  call_both(workload);
  workload.prepare(3);  // what is set up already is kept
  workload.tear_down();
  EXPECT_TRUE(
      global("log").equal(py::eval("[('setup', 5), ('one', 5), ('one', 5), ('teardown', 5)]")));
}

TEST_F(BenchFile, SetsUpOnceForEachThreadThatSharesNothing) {
  WorkloadSpec spec = own(bench_file, "bench_two");
  spec.params = {{"size", "1"}, {"word", "'z'"}};
  spec.share = Sharing::none;
  Loaded workload(spec);
  call_both(workload);
  workload.tear_down();
  EXPECT_TRUE(global("log").equal(
      py::eval("[('setup', 1)] * 2 + [('two', 1, 'z')] * 2 + [('teardown', 1)] * 2")));
}

TEST_F(BenchFile, NeedsNoSetup) {
  Loaded workload(own("log = []\ndef bench_it(): log.append(1)", "bench_it"));
  EXPECT_EQ(workload.prepare(1), 0);
  EXPECT_TRUE(workload.call(0).repeat(2, switch_interval));
  workload.tear_down();
}

TEST_F(BenchFile, TellsHowLongItsSetupTook) {
  Loaded workload(
      own("import time\ndef setup(): time.sleep(0.01)\ndef bench_it(): pass", "bench_it"));
  EXPECT_GE(workload.prepare(2), 0.01);
}

TEST_F(BenchFile, RefusesAParameterThatNobodyTakes) {
  WorkloadSpec spec = own("def bench_it(n): pass", "bench_it");
  spec.params = {{"size", "5"}};
  EXPECT_THAT(refusal(spec), HasSubstr("has no parameter 'size'"));
}

TEST_F(BenchFile, WithoutAFunctionIsRefused) {
  WorkloadSpec spec = own("def work(): pass", "");
  EXPECT_THAT(usage_error([&] { discover_workloads(text_for_plugin(spec)); }),
              HasSubstr("has no function whose name begins with bench_"));
}

TEST_F(BenchFile, WithParametersThatAreNoListsOfLiteralsIsRefused) {
  for (const char* params : {"5", "{'n': 5}", "{'n': []}", "{'n': [object()]}"}) {
    WorkloadSpec spec = own(std::string("def bench_it(n): pass\nparams = ") + params, "");
    EXPECT_THAT(usage_error([&] { discover_workloads(text_for_plugin(spec)); }),
                HasSubstr("params of 'bench_it'"))
        << params;
  }
}

TEST_F(BenchFile, WhoseSetupOrTeardownRaisesSaysWhich) {
  Loaded set_up(own("def setup(): raise OSError('no data')\ndef bench_it(): pass", "bench_it"));
  const auto first = thrown<WorkloadError>([&] { set_up.prepare(1); });
  ASSERT_TRUE(first);
  EXPECT_THAT(first->what(), HasSubstr("cannot be set up: OSError: no data"));
  EXPECT_THAT(first->details(), AllOf(HasSubstr("in setup"), Not(HasSubstr("<gilscale>"))));
  Loaded taken_down(own("def teardown(): raise OSError('gone')\ndef bench_it(): pass", "bench_it"));
  taken_down.prepare(1);
  const auto second = thrown<WorkloadError>([&] { taken_down.tear_down(); });
  ASSERT_TRUE(second);
  EXPECT_THAT(second->what(), HasSubstr("cannot be torn down: OSError: gone"));
}

// ---- statements ----

WorkloadSpec statement(const std::string& setup, const std::string& code) {
  WorkloadSpec spec;
  spec.name = code;
  spec.setup = setup;
  spec.statement = code;
  return spec;
}

/// What `code` raises when it is called once; empty if nothing.
std::string raised_by(PythonWorkload& workload) {
  workload.prepare(1);
  if (workload.call(0).repeat(1, switch_interval)) return "";
  return summary_of(take_exception());
}

TEST_F(Workload, OfAStatementSeesAndChangesWhatTheSetupMade) {
  Loaded workload(statement("import math\nn = 0\nseen = []",
                            "n += 1\nroot = math.sqrt(n)\nseen.append(root)\n"
                            "if n == 4: raise ValueError(seen)"));
  workload.prepare(1);
  EXPECT_FALSE(workload.call(0).repeat(9, switch_interval));
  EXPECT_THAT(summary_of(take_exception()), HasSubstr("ValueError: [1.0, 1.41"));
}

TEST_F(Workload, OfAStatementSeesItsParameters) {
  WorkloadSpec spec = statement("half = n // 2", "raise ValueError(n, half)");
  spec.params = {{"n", "6"}};
  Loaded workload(spec);
  EXPECT_EQ(raised_by(workload), "ValueError: (6, 3)");
}

TEST_F(Workload, OfAStatementShowsItsLineInTracebacks) {
  Loaded workload(statement("a = 1\nb = 0", "c = 1\na / b"));
  workload.prepare(1);
  EXPECT_FALSE(workload.call(0).repeat(1, switch_interval));
  EXPECT_THAT(traceback_of(take_exception()), HasSubstr("line 4, in statement\n    a / b"));
}

TEST_F(Workload, OfAStatementThatIsNoPythonIsRefused) {
  EXPECT_THAT(refusal(statement("", "x +")), HasSubstr("--stmt is not valid Python: SyntaxError"));
  EXPECT_THAT(refusal(statement("if", "x")), HasSubstr("--setup is not valid Python: SyntaxError"));
  EXPECT_THAT(refusal(statement("", "return 1")), HasSubstr("'return' outside function"));
  EXPECT_THAT(refusal(statement("from os import *", "x")), HasSubstr("cannot be compiled"));
}

// ---- immortal objects ----

/// Notes the references to what a call uses, before and while many more are there.
constexpr const char* counting = R"(
import sys

class State:
    def __init__(self): self.inner = [object()]

state = State()
other = State()
log = []

def count():
    return [sys.getrefcount(each) for each in (state, state.inner, state.inner[0], other)]

def work():
    before = count()
    many = [state, state.inner, state.inner[0], other] * 1000
    log.append([after - each for each, after in zip(before, count())])
)";

TEST_F(Workload, CountsReferencesToNothingImmortal) {
  WorkloadSpec spec = own(counting, "work");
  spec.immortal = true;
  Loaded immortal(spec);
  immortal.prepare(2);
  EXPECT_TRUE(immortal.call(0).repeat(1, switch_interval));
#ifdef Py_GIL_DISABLED
  EXPECT_TRUE(global("log").equal(py::eval("[[0, 0, 0, 0]]")));
#else
  EXPECT_TRUE(global("log").equal(py::eval("[[1000, 1000, 1000, 1000]]")));
#endif
}

TEST_F(Workload, CountsReferencesAsEver) {
  Loaded mortal(own(counting, "work"));
  mortal.prepare(2);
  EXPECT_TRUE(mortal.call(0).repeat(1, switch_interval));
  EXPECT_TRUE(global("log").equal(py::eval("[[1000, 1000, 1000, 1000]]")));
}

// Those that a call names come before those in a large argument; no code of theirs is run.
TEST_F(Workload, CountsReferencesToNothingNear) {
  WorkloadSpec spec =
      own("import sys\n"
          "class Disguised:\n"
          "    @property\n"
          "    def __class__(self): raise RuntimeError('asked')\n"
          "near = Disguised()\n"
          "log = []\n"
          "def setup(): return [object() for _ in range(150_000)]\n"
          "def bench_it(crowd):\n"
          "    before = sys.getrefcount(near)\n"
          "    many = [near] * 1000\n"
          "    log.append(sys.getrefcount(near) - before)\n",
          "bench_it");
  spec.immortal = true;
  Loaded immortal(spec);
  immortal.prepare(1);
  EXPECT_TRUE(immortal.call(0).repeat(1, switch_interval));
#ifdef Py_GIL_DISABLED
  EXPECT_TRUE(global("log").equal(py::eval("[0]")));
#else
  EXPECT_TRUE(global("log").equal(py::eval("[1000]")));
#endif
}

TEST_F(Workload, LivesOnWithImmortalObjects) {
  WorkloadSpec spec =
      own("import gc\n"
          "class Node: pass\n"
          "def setup():\n"
          "    a, b = Node(), Node()\n"
          "    a.other, b.other, a.text = b, a, 'x' * 3\n"
          "    return a\n"
          "def bench_it(node):\n"
          "    node.fresh = [1.5, {node.other: node}]\n"
          "    gc.collect()\n"
          "    assert node.other.other.fresh == [1.5, {node.other: node}]\n",
          "bench_it");
  spec.immortal = true;
  Loaded immortal(spec);
  immortal.prepare(1);
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(immortal.call(0).repeat(1, switch_interval));
  immortal.tear_down();
}

}  // namespace
}  // namespace gilscale
