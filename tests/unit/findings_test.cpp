#include "gilscale/judge/findings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "gilscale/commands/doctor.hpp"
#include "gilscale/judge/judged_case.hpp"
#include "steady_point.hpp"

namespace gilscale {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Machine quiet(int cpus) {
  Machine machine;
  machine.budget.topology = flat_topology(cpus);
  machine.load = 0.1;
  return machine;
}

auto is(const std::string& id, int from_threads, bool serious = false) {
  return AllOf(Field(&Finding::id, id), Field(&Finding::from_threads, from_threads),
               Field(&Finding::serious, serious), Field(&Finding::what, Not(IsEmpty())),
               Field(&Finding::remedy, Not(IsEmpty())));
}

TEST(Findings, OfAQuietMachineAreNone) { EXPECT_THAT(findings_of(quiet(4)), IsEmpty()); }

TEST(Findings, OfAQuotaMatterToMoreThreadsThanItAllows) {
  Machine machine = quiet(8);
  machine.budget.quota = CpuQuota{1.5};
  EXPECT_THAT(findings_of(machine), ElementsAre(is("quota", 2)));
  machine.budget.quota = CpuQuota{8};
  EXPECT_THAT(findings_of(machine), IsEmpty());
}

TEST(Findings, OfThrottlingWantSomePeriods) {
  Machine machine = quiet(2);
  machine.throttling = {10, 10};
  EXPECT_THAT(findings_of(machine), IsEmpty());
  machine.throttling = {100, 4};
  EXPECT_THAT(findings_of(machine), IsEmpty());
  machine.throttling = {100, 5};
  EXPECT_THAT(findings_of(machine), ElementsAre(is("throttled", 1)));
}

TEST(Findings, OfLoadTouchNoRunBecauseItsRatiosCancelIt) {
  Machine machine = quiet(4);
  machine.load = 2;
  EXPECT_THAT(findings_of(machine), ElementsAre(is("load", 0)));
}

TEST(Findings, OfSiblingsMatterToMoreThreadsThanCores) {
  Machine machine = quiet(0);
  machine.budget.topology.cores = {{{0, 2}}, {{1, 3}}};
  EXPECT_THAT(findings_of(machine), ElementsAre(is("smt", 3)));
}

TEST(Findings, OfSlowCoresMatterToMoreThreadsThanFastOnes) {
  Machine machine = quiet(4);
  machine.budget.topology.cores[2].efficiency = 1;
  EXPECT_THAT(findings_of(machine), ElementsAre(is("mixed-cores", 2)));
}

TEST(Findings, OfMemoryNodesMatterToTwoThreads) {
  Machine machine = quiet(4);
  machine.budget.topology.cores[3].numa_node = 1;
  EXPECT_THAT(findings_of(machine), ElementsAre(is("numa", 2)));
}

TEST(Findings, OfClockRatesTouchNoRun) {
  Machine machine = quiet(4);
  machine.governor = "powersave";
  machine.turbo = true;
  EXPECT_THAT(findings_of(machine), ElementsAre(is("governor", 0), is("turbo", 0)));
  machine.governor = "performance";
  machine.turbo = false;
  EXPECT_THAT(findings_of(machine), IsEmpty());
}

TEST(Findings, OfFewerCoresThanShownAreSerious) {
  const MeasuredCapacity measured{2, {1.2, 1.1, 1.3}};
  EXPECT_THAT(findings_of(measured, quiet(2)), ElementsAre(is("few-cores", 2, true)));
}

TEST(Findings, OfFewerCoresNeedAnIntervalThatSaysSo) {
  EXPECT_THAT(findings_of(MeasuredCapacity{2, {1.2, 1.1, 1.6}}, quiet(2)), IsEmpty());
  EXPECT_THAT(findings_of(MeasuredCapacity{2, {1.9, 1.8, 2.0}}, quiet(2)), IsEmpty());
}

TEST(Findings, OfOneCpuCannotMissAny) {
  EXPECT_THAT(findings_of(MeasuredCapacity{1, {1, 1, 1}}, quiet(1)), IsEmpty());
}

TEST(Findings, DoNotCountSiblingsAsMissingCores) {
  Machine machine = quiet(0);
  machine.budget.topology.cores = {{{0, 2}}, {{1, 3}}};
  EXPECT_THAT(findings_of(MeasuredCapacity{4, {2.1, 2.0, 2.2}}, machine), IsEmpty());
}

TEST(Findings, DoNotCountAQuotaAsMissingCores) {
  Machine machine = quiet(4);
  machine.budget.quota = CpuQuota{1.5};
  EXPECT_THAT(findings_of(MeasuredCapacity{2, {1.45, 1.4, 1.5}}, machine), IsEmpty());
}

TEST(Findings, OfPythonAreItsDebugBuildAndItsHooks) {
  PythonInfo python{"3.13.1", "default", "python3"};
  EXPECT_THAT(findings_of(python), IsEmpty());
  python.debug = true;
  python.hooks = {"a trace function is set (sys.settrace)"};
  EXPECT_THAT(findings_of(python), ElementsAre(is("debug-python", 1, true), is("hook", 1, true)));
}

// ---- the doctor's text ----

TEST(Diagnosis, ShowsTheBudgetWhatThereIsNowAndPython) {
  Machine machine = quiet(2);
  machine.budget.quota = CpuQuota{1.5};
  CaseResult python;
  python.python = PythonInfo{"3.13.1", "default", "/usr/bin/python3"};
  const std::string text = diagnosis(machine, {2, {1.4, 1.3, 1.5}}, {&python, 1}, {});
  EXPECT_EQ(text,
            "this process may use\n"
            "  CPUs        2 CPUs on 2 cores, 1 memory node, a quota of 1.5 CPUs\n"
            "  auto        --threads 1,2\n"
            "  --pin       threads are bound to CPUs 0 1, in this order\n"
            "  now         2 threads of plain arithmetic got 1.40 cores, 95 % interval [1.30, "
            "1.50]\n"
            "  Python      CPython 3.13.1 (default build), GIL on: /usr/bin/python3\n"
            "\n"
            "nothing was found that distorts measurements\n");
}

TEST(Diagnosis, SaysWhatModulesDoToTheGil) {
  const std::vector<std::string> modules{"a", "b.c"};
  const auto said = [&](const CaseResult& python) {
    return diagnosis(quiet(2), {2, {1.4, 1.3, 1.5}}, {&python, 1}, {}, modules);
  };
  CaseResult python;
  python.python = PythonInfo{"3.14.1", "default", "/usr/bin/python3"};
  EXPECT_THAT(said(python), HasSubstr("/usr/bin/python3\n"
                                      "              a, b.c: can be imported; only a free-threaded "
                                      "Python tells whether the GIL stays off (--python 3.14t)\n"));
  python.python->build = "free-threaded";
  EXPECT_THAT(said(python), HasSubstr("\n              a, b.c: would leave the GIL off\n"));
  python.gil.at_start = python.gil.after_run = false;
  EXPECT_THAT(said(python), HasSubstr("\n              a, b.c: the GIL stays off\n"));
  python.gil.modules = {{"a", "/x/a.so", ""}};
  EXPECT_THAT(said(python), HasSubstr("\n              a, b.c: see the findings\n"));
  python.failure = Failure{FailureKind::exception, "no", ""};
  EXPECT_THAT(said(python), Not(HasSubstr("b.c")));
}

TEST(Diagnosis, TellsThatAnIntervalTakesMoreTime) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  EXPECT_THAT(diagnosis(quiet(2), {2, {1.4, -infinity, infinity}}, {}, {}),
              HasSubstr("got 1.40 cores, in too little time for an interval\n"));
}

TEST(Diagnosis, ShowsEachFindingWithItsRemedy) {
  const std::vector<Finding> findings{{"a", true, 1, "it rains", "take an umbrella"},
                                      {"b", false, 0, "it is dark", "wait"}};
  EXPECT_THAT(diagnosis(quiet(1), {1, {}}, {}, findings), HasSubstr("findings\n"
                                                                    "  serious: it rains\n"
                                                                    "           take an umbrella\n"
                                                                    "  note   : it is dark\n"
                                                                    "           wait\n"));
}

// ---- of a case ----

CaseResult one_case(const Rounds& rounds = {}) {
  CaseResult result;
  result.planned.workload.name = "m:f";
  result.python = PythonInfo{"3.13.1", "default", "python"};
  result.points = {steady_point(1, rounds)};
  result.points[0].calls = 1000000;
  return result;
}

std::vector<std::string> ids_of(const std::vector<Finding>& findings) {
  std::vector<std::string> ids;
  for (const Finding& finding : findings) ids.push_back(finding.id);
  return ids;
}

TEST(CaseFindings, AreNoneOfAnOrdinaryWorkload) {
  EXPECT_TRUE(JudgedCase(one_case()).findings.empty());
  EXPECT_TRUE(JudgedCase(CaseResult{}).findings.empty());
}

TEST(CaseFindings, TellOfCallsThatAreShortAgainstTheHarness) {
  CaseResult result = one_case({.single_s = 0.125, .parallel_s = 0.125});  // 125 ns a call
  result.python->empty_call_s = 25e-9;
  const auto findings = JudgedCase(result).findings;
  ASSERT_THAT(ids_of(findings), testing::ElementsAre("short-call"));
  EXPECT_EQ(findings[0].what,
            "m:f: a call takes 125 ns, of which gilscale's own loop is about 25 ns; this is not "
            "subtracted");
  result.python->empty_call_s = 10e-9;
  EXPECT_TRUE(JudgedCase(result).findings.empty());
}

TEST(CaseFindings, TellOfAChangingCost) {
  CaseResult result = one_case();
  add_sample(result.points[0], {.single_s = 100, .parallel_s = 100});
  EXPECT_TRUE(JudgedCase(result).findings.empty()) << "one round may be the machine's";
  add_sample(result.points[0], {.single_s = 90, .parallel_s = 90});
  EXPECT_THAT(ids_of(JudgedCase(result).findings), testing::ElementsAre("changing-cost"));
}

TEST(CaseFindings, DoNotTakeAMachineThatChangesForTheWorkload) {
  CaseResult waited = one_case();
  for (int i = 0; i < 2; ++i)
    add_sample(waited.points[0], {.single_s = 100, .parallel_s = 100, .runnable_s = 99});
  EXPECT_TRUE(JudgedCase(waited).findings.empty()) << "for a CPU";
  CaseResult too_much = one_case();
  for (int i = 0; i < 2; ++i)
    add_sample(too_much.points[0], {.single_s = 1, .parallel_s = 1, .runnable_s = 0.98});
  EXPECT_TRUE(JudgedCase(too_much).findings.empty())
      << "as the clocks have it, but the round was short";
  CaseResult result = one_case();
  for (int i = 0; i < 2; ++i)
    add_sample(result.points[0], {.single_s = 100, .parallel_s = 100, .control_single_s = 50});
  EXPECT_TRUE(JudgedCase(result).findings.empty());
}

TEST(CaseFindings, TellOfThreadsThatTheWorkloadStarts) {
  CaseResult result = one_case();
  result.points[0].other_cpus = 0.2;
  EXPECT_TRUE(JudgedCase(result).findings.empty());
  result.points[0].other_cpus = 1.5;
  EXPECT_THAT(ids_of(JudgedCase(result).findings), testing::ElementsAre("own-threads"));
}

TEST(CaseFindings, NameModulesThatNeedTheGil) {
  CaseResult result = one_case();
  result.gil = {false, true, true, true, {{"a", "/x/a.so", "A 1.2"}, {"b", "/x/b.so", ""}}};
  const std::vector<Finding> on = JudgedCase(result).findings;
  ASSERT_THAT(ids_of(on), testing::ElementsAre("gil-modules"));
  EXPECT_TRUE(on.front().serious);
  EXPECT_THAT(on.front().what,
              testing::EndsWith("the GIL was switched on for a (/x/a.so, of A 1.2), b (/x/b.so)"));
  result.gil.after_import = result.gil.after_run = false;
  const std::vector<Finding> off = JudgedCase(result).findings;
  ASSERT_THAT(ids_of(off), testing::ElementsAre("gil-modules"));
  EXPECT_FALSE(off.front().serious);
  EXPECT_THAT(off.front().what, testing::HasSubstr("would be switched on"));
}

TEST(CaseFindings, TellOfThreadsThatSpinAfterTheCalls) {
  CaseResult result = one_case();
  result.points.back().control_other_cpus = 0.2;
  EXPECT_TRUE(JudgedCase(result).findings.empty());
  result.points.back().control_other_cpus = 1.5;
  EXPECT_THAT(ids_of(JudgedCase(result).findings), testing::ElementsAre("spinning-threads"));
}

}  // namespace
}  // namespace gilscale
