#include "gilscale/commands/list.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gilscale/judge/metric.hpp"
#include "gilscale/model/executors.hpp"
#include "gilscale/model/workloads.hpp"
#include "gilscale/report/reporters.hpp"

namespace gilscale {
namespace {

using testing::HasSubstr;

TEST(Listing, ShowsAllThatCanBeChosen) {
  const std::string text =
      listing({{"", "cpython-313t", "", {"3.13.1", "free-threaded", "bin/python3"}}});
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
  EXPECT_THAT(text, HasSubstr("CPython 3.13.1 (free-threaded build)"));
  EXPECT_THAT(text, HasSubstr("bin/python3"));
  EXPECT_THAT(text, HasSubstr("hold_release(hold_us, release_us)"));
}

TEST(Listing, LinesItsColumnsUp) {
  const std::string text = listing({});
  for (const char* row : {"  module:callable, file.py:name             your own callable\n",
                          "  file.py                                   every function bench_",
                          "  threads                                   a persistent team",
                          "  none                                      make a plug-in"})
    EXPECT_THAT(text, HasSubstr(row));
}

TEST(Listing, SeparatesEvenALongNameFromItsSummary) {
  const std::string version(40, '9');
  EXPECT_THAT(listing({{"", "cpython-999", "", {version, "default", "bin/python9"}}}),
              HasSubstr("CPython " + version + " (default build)  bin/python9\n"));
}

}  // namespace
}  // namespace gilscale
