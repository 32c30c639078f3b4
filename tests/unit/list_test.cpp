#include "gilscale/commands/list.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gilscale/judge/metric.hpp"
#include "gilscale/model/executors.hpp"
#include "gilscale/model/workloads.hpp"
#include "gilscale/report/reporters.hpp"

namespace gilscale {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(Listing, ShowsAllThatCanBeChosen) {
  const std::string text = listing(
      std::vector<ListedInterpreter>{{"3.13t", {"3.13.1", "free-threaded", "bin/python3"}, ""}});
  for (const BuiltinWorkload& row : builtin_workloads()) {
    EXPECT_THAT(text, HasSubstr("  " + std::string(row.name)));
    EXPECT_THAT(text, HasSubstr(std::string(row.summary)));
  }
  for (const ExecutorKind& kind : executor_kinds())
    EXPECT_THAT(text, HasSubstr(std::string(kind.summary)));
  for (const Reporter& row : reporters()) EXPECT_THAT(text, HasSubstr(std::string(row.summary)));
  for (const Metric& metric : point_metrics())
    EXPECT_THAT(text, HasSubstr("  " + std::string(metric.name)));
  for (const CaseMetric& metric : case_metrics())
    EXPECT_THAT(text, HasSubstr("  " + std::string(metric.name)));
  EXPECT_THAT(text, HasSubstr("  3.13t  CPython 3.13.1, free-threaded"));
  EXPECT_THAT(text, HasSubstr("bin/python3"));
  EXPECT_THAT(text, HasSubstr("hold_release(hold_us, release_us)"));
}

TEST(Listing, LinesItsColumnsUp) {
  const std::string text = listing({});
  for (const char* row :
       {"  module:callable, file.py:name             your own callable\n",
        "  file.py                                   every function bench_",
        "  threads                                   a persistent team", "  none "})
    EXPECT_THAT(text, HasSubstr(row));
}

TEST(Listing, SeparatesEvenALongNameFromItsSummary) {
  const std::string version(40, '9');
  const std::vector<ListedInterpreter> found{{"9.9", {version, "default", "bin/python9"}, ""}};
  EXPECT_THAT(listing(found), HasSubstr("CPython " + version + "  bin/python9\n"));
}

TEST(Listing, SaysWhatAnInterpreterLacks) {
  const std::vector<ListedInterpreter> found{
      {"3.12", {"3.12.1", "default", "bin/python3.12"}, "a plug-in"}};
  EXPECT_THAT(listing(found), AllOf(HasSubstr("  bin/python3.12 lacks a plug-in\n"),
                                    HasSubstr("scripts/add_python.sh INTERPRETER")));
}

}  // namespace
}  // namespace gilscale
