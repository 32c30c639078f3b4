#include <gtest/gtest.h>

#include <set>

#include "gilscale/model/executors.hpp"
#include "thrown.hpp"

namespace gilscale {
namespace {

TEST(ExecutorKinds, BeginWithTheDefault) { EXPECT_EQ(executor_kinds().front().name, "threads"); }

TEST(ExecutorKinds, HaveNamesOfTheirOwnAndASummary) {
  std::set<std::string_view> names;
  for (const ExecutorKind& kind : executor_kinds()) {
    EXPECT_TRUE(names.insert(kind.name).second) << kind.name;
    EXPECT_FALSE(kind.summary.empty()) << kind.name;
    EXPECT_EQ(&executor_kind(kind.name), &kind);
  }
}

TEST(ExecutorKinds, ThatShareObjectsShareTheGil) {
  for (const ExecutorKind& kind : executor_kinds())
    EXPECT_TRUE(!kind.shares_objects || kind.shares_gil) << kind.name;
}

TEST(ExecutorKinds, RefuseOtherNames) {
  EXPECT_EQ(usage_error([] { executor_kind("fork"); }), "there is no executor 'fork'");
}

}  // namespace
}  // namespace gilscale
