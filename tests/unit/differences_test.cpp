#include "gilscale/judge/differences.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "steady_point.hpp"
#include "thrown.hpp"

namespace gilscale {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

CaseResult measured(const std::string& name = "f") {
  CaseResult result;
  result.planned.workload.name = name;
  result.python = PythonInfo{"3.13.1", "default", "python"};
  result.points = {steady_point(2, {}, 12)};
  result.points[0].calls = 100;
  return result;
}

struct Side {
  json context = json::object();
  std::vector<CaseResult> cases{measured()};
};

std::vector<Difference> between(const Side& before, const Side& after) {
  return differences_between({before.context, before.cases}, {after.context, after.cases});
}

/// The one difference that there is.
Difference only(const Side& before, const Side& after) {
  const auto found = between(before, after);
  EXPECT_EQ(found.size(), 1U);
  return found.empty() ? Difference{"", ""} : found.front();
}

TEST(Differences, OfTheSameAreNone) {
  const Side side{{{"host_name", "a"}, {"num_cpus", 2}}};
  EXPECT_THAT(between(side, side), IsEmpty());
}

TEST(Differences, OfMachinesAreNamed) {
  const Side before{{{"host_name", "a"}, {"num_cpus", 2}, {"usable_cpus", 2}}};
  const Side after{{{"host_name", "b"}, {"num_cpus", 4}, {"usable_cpus", 1}}};
  const auto found = between(before, after);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].kind, "machine");
  EXPECT_EQ(found[0].what, "different machine: a before, b now");
  EXPECT_EQ(found[1].what, "different number of CPUs: 2 before, 4 now");
  EXPECT_EQ(found[2].what, "different number of usable CPUs: 2 before, 1 now");
}

TEST(Differences, AreNoneWhereOnlyOneTells) {
  const Side told{{{"host_name", "a"}}};
  EXPECT_THAT(between(told, {}), IsEmpty());
  Side without_python;
  without_python.cases[0].python.reset();
  EXPECT_THAT(between({}, without_python), IsEmpty());
}

TEST(Differences, OfInterpretersAreNamed) {
  Side after;
  after.cases[0].python = PythonInfo{"3.14.0", "free-threaded", "python", true};
  const Difference found = only({}, after);
  EXPECT_EQ(found.kind, "python");
  EXPECT_EQ(found.what,
            "different interpreter: CPython 3.13.1 before, CPython 3.14.0 free-threaded (debug "
            "build) now");
}

TEST(Differences, OfTheMethodAreNamed) {
  const Side first{{{"gilscale_version", "0.1.0"}}};
  const Side second{{{"gilscale_version", "0.1.0"}, {"method", 2}}};
  const Difference found = only(first, second);
  EXPECT_EQ(found.kind, "method");
  EXPECT_EQ(found.what, "measured by another version of the method: 1 before, 2 now");
  EXPECT_THAT(between(first, first), IsEmpty());
  EXPECT_THAT(between(second, second), IsEmpty());
  EXPECT_THAT(between({}, second), IsEmpty()) << "of another program";
}

TEST(Differences, OfTheGilAreNamed) {
  Side after;
  after.cases[0].gil.after_run = false;
  const Difference found = only({}, after);
  EXPECT_EQ(found.kind, "gil");
  EXPECT_EQ(found.what, "the GIL was on before and is off now");
}

TEST(Differences, OfSettingsAreNamed) {
  Side after;
  after.cases[0].planned.scaling = Scaling::strong;
  EXPECT_EQ(only({}, after).what, "f: weak scaling before, strong now");
  Side pinned;
  pinned.cases[0].planned.pin = true;
  EXPECT_EQ(only({}, pinned).what, "f: threads were not pinned before and are pinned now");
  EXPECT_EQ(only({}, pinned).kind, "scaling");
}

TEST(Differences, OfCallsForbidFromTwiceAsManyOn) {
  const auto with_calls = [](std::int64_t calls) {
    Side side;
    side.cases[0].points[0].calls = calls;
    return side;
  };
  EXPECT_THAT(between(with_calls(100), with_calls(100)), IsEmpty());
  EXPECT_FALSE(only(with_calls(100), with_calls(200)).forbids);
  EXPECT_FALSE(only(with_calls(200), with_calls(100)).forbids);
  EXPECT_TRUE(only(with_calls(100), with_calls(201)).forbids);
  EXPECT_EQ(only(with_calls(100), with_calls(201)).what,
            "f@2: 100 calls in a round before, 201 now");
  EXPECT_EQ(only(with_calls(100), with_calls(201)).kind, "calls");
}

TEST(Differences, AreSaidOnce) {
  Side before{{}, {measured("f"), measured("g")}};
  Side after = before;
  for (CaseResult& result : after.cases) result.python->version = "3.14.0";
  EXPECT_EQ(between(before, after).size(), 1U);
}

TEST(Differences, OfCasesThatOnlyOneHasAreNone) {
  Side after{{}, {measured("g")}};
  after.cases[0].python->version = "3.14.0";
  EXPECT_THAT(between({}, after), IsEmpty());
}

TEST(RefusedDifferences, AreThoseThatForbid) {
  EXPECT_NO_THROW(refuse_differences({}, {}, "old.json"));
  EXPECT_NO_THROW(refuse_differences({{"calls", "few", false}}, {}, "old.json"));
  EXPECT_EQ(usage_error([] {
              refuse_differences({{"machine", "another"}, {"gil", "off"}, {"calls", "few", false}},
                                 {}, "old.json");
            }),
            "'old.json' cannot be compared: another; off; use --allow-different gil,machine to "
            "compare anyway");
}

TEST(RefusedDifferences, MayBeAllowedByTheirKind) {
  const std::vector<Difference> found{{"machine", "another"}, {"gil", "off"}};
  EXPECT_NO_THROW(refuse_differences(found, {"machine", "gil"}, "old.json"));
  EXPECT_THAT(usage_error([&] { refuse_differences(found, {"machine"}, "old.json"); }),
              AllOf(HasSubstr("off; use --allow-different gil to"), Not(HasSubstr("another"))));
}

TEST(RefusedDifferences, AreNotAllToldWhereThereAreMany) {
  std::vector<Difference> found;
  for (const char* what : {"a1", "a2", "a3", "a4", "a5", "a6"}) found.push_back({"calls", what});
  EXPECT_THAT(usage_error([&] { refuse_differences(found, {}, "old.json"); }),
              HasSubstr("a1; a2; a3; a4; and 2 more; use --allow-different calls to"));
}

TEST(DifferenceKinds, AreThoseOfTheOption) {
  EXPECT_THAT(difference_kinds(),
              ElementsAre("machine", "python", "gil", "calls", "scaling", "method"));
}

}  // namespace
}  // namespace gilscale
