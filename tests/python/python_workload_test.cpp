#include "python/python_workload.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pybind11/eval.h>

#include <filesystem>

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
    return thrown<WorkloadError>([&] { const PythonWorkload workload(spec); })
        .value_or(WorkloadError(""));
  }
  static std::string refusal(const WorkloadSpec& spec) {
    return usage_error([&] { const PythonWorkload workload(spec); });
  }
  static WorkloadSpec module_spec(const std::string& module, const std::string& attribute) {
    WorkloadSpec spec;
    spec.name = module + ":" + attribute;
    spec.module = module;
    spec.attribute = attribute;
    return spec;
  }
};

// ---- what works ----

TEST_F(Workload, OfAFileIsCalledWithItsArguments) {
  WorkloadSpec spec = own("seen = []\ndef work(*args, **kwargs): seen.append((args, kwargs))",
                          "work", "(1, 'a b')");
  spec.kwargs = "{'level': 9}";
  PythonWorkload workload(spec);
  EXPECT_EQ(workload.prepare(2), 0);
  EXPECT_TRUE(workload.call(0).repeat(1, switch_interval));
  EXPECT_TRUE(workload.call(1).repeat(1, switch_interval));
  EXPECT_EQ(py::str(global("seen")).cast<std::string>(),
            "[((1, 'a b'), {'level': 9}), ((1, 'a b'), {'level': 9})]");
}

TEST_F(Workload, OfAModuleMayBeDeepInIt) {
  PythonWorkload workload(module_spec("os.path", "join.__class__.__call__.__name__.upper"));
  workload.prepare(1);
  EXPECT_TRUE(workload.call(0).repeat(1, switch_interval));
}

TEST_F(Workload, MayBeAClassOrAnInstanceOrABuiltin) {
  const char* source = "class C:\n  def __call__(self): pass\ninstance = C()\nbuiltin = dict";
  for (const char* name : {"C", "instance", "builtin"}) {
    PythonWorkload workload(own(source, name));
    workload.prepare(1);
    EXPECT_TRUE(workload.call(0).repeat(1, switch_interval)) << name;
  }
}

TEST_F(Workload, OfAFileFindsTheModulesBesideIt) {
  folder_.write("gilscale_test_sibling.py", "value = 7");
  EXPECT_NO_THROW(
      PythonWorkload(own("from gilscale_test_sibling import value\ndef work(): pass", "work")));
}

TEST_F(Workload, OfAFileIsRegisteredAsAModule) {
  // dataclasses and pickle look the module of a class up.
  EXPECT_NO_THROW(
      PythonWorkload(own("import dataclasses, pickle\n"
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
  EXPECT_NO_THROW(PythonWorkload(module_spec("gilscale_test_here", "work")));
  std::filesystem::current_path(before);
}

TEST_F(Workload, OfASharedInstanceBuildsItOnceForAllThreads) {
  PythonWorkload workload(own_shared(R"(
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
  for (const char* args : {"30", "[1]", "{}", "'x'", "(", "(x,)", "(1 +)", "__import__('os')", "",
                           "(__import__('os').getpid(),)", "(lambda: 1,)"}) {
    EXPECT_EQ(refusal(own("def work(*a): pass", "work", args)),
              std::string("--args '") + args +
                  "' is not a Python literal of the right kind; write it as a tuple: \"(30,)\"");
  }
}

TEST_F(Workload, RefusesKeywordsThatAreNoDictionary) {
  for (const char* kwargs : {"9", "(1,)", "level=9", "{'level': x}", "dict(level=9)", "{1, 2}"}) {
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

TEST_F(Workload, OfAMissingModuleSaysSo) {
  EXPECT_STREQ(
      failure(module_spec("gilscale_no_such", "work")).what(),
      "workload 'gilscale_no_such:work' cannot be imported: ModuleNotFoundError: No module "
      "named 'gilscale_no_such'; try the import in Python itself");
}

TEST_F(Workload, WhoseImportRaisesComesWithTheTraceback) {
  const WorkloadError error =
      failure(own("def helper():\n    raise OSError('no data')\nhelper()", "work"));
  EXPECT_STREQ(error.what(),
               "workload 'own.py:work' cannot be imported: OSError: no data; try the "
               "import in Python itself");
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
  EXPECT_THAT(failure(own("def compress(): pass", "comprss")).what(),
              AllOf(StartsWith("workload 'own.py:comprss': <module 'own_"),
                    EndsWith(" has no 'comprss', did you mean 'compress'?")));
}

TEST_F(Workload, OfAnUnknownNameThatIsNearNothingGetsNoSuggestion) {
  EXPECT_THAT(failure(own("def compress(): pass", "xyzzy")).what(), EndsWith(" has no 'xyzzy'"));
}

TEST_F(Workload, OfAnUnknownMethodNamesTheClass) {
  EXPECT_THAT(failure(own("class C:\n  def method(self): pass", "C.methd")).what(),
              AllOf(HasSubstr(".C'> has no 'methd', did you mean 'method'?")));
}

TEST_F(Workload, ThatIsNotCallableIsNamedByItsType) {
  EXPECT_STREQ(failure(own("number = 3", "number")).what(),
               "workload 'own.py:number' is not callable: it is <class 'int'>");
}

TEST_F(Workload, WhoseSharedInstanceCannotBeBuiltSaysSo) {
  PythonWorkload workload(
      own_shared("class Holder:\n  def __init__(self, numbers): raise ValueError('too many')\n  "
                 "def do(self, i): pass",
                 "Holder.do"));
  const auto error = thrown<WorkloadError>([&] { workload.prepare(2); });
  ASSERT_TRUE(error);
  EXPECT_THAT(error->what(),
              AllOf(HasSubstr("own.py:Holder.do"), HasSubstr("ValueError: too many")));
  EXPECT_THAT(error->details(), HasSubstr("in __init__"));
}

}  // namespace
}  // namespace gilscale
