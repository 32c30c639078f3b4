#include "commands/pythons.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gilscale {
namespace {

using testing::ElementsAre;

NamedInterpreter python(const std::string& executable, const std::string& version,
                        bool free_threaded = false) {
  InterpreterFacts facts;
  facts.version = version;
  facts.free_threaded = free_threaded;
  return {executable, facts};
}

TEST(PythonsOfARun, AreToldApartByAsLittleAsWillDo) {
  EXPECT_THAT(distinct_names(std::vector{python("/usr/bin/python3", "3.12.1"),
                                         python("/opt/bin/python3", "3.13.0"),
                                         python("/ft/bin/python3", "3.13.0", true)}),
              ElementsAre("3.12", "3.13", "3.13t"));
  EXPECT_THAT(distinct_names(std::vector{python("/a/bin/python", "3.12.1"),
                                         python("/b/bin/python", "3.12.4"),
                                         python("/c/bin/python", "3.13.0")}),
              ElementsAre("3.12.1", "3.12.4", "3.13"));
}

TEST(PythonsOfARun, OfOneVersionBearTheNameOfTheirEnvironment) {
  EXPECT_THAT(distinct_names(std::vector{python("/x/old/bin/python", "3.12.1"),
                                         python("/x/new/bin/python", "3.12.1"),
                                         python("/x/bin/python", "3.12.4")}),
              ElementsAre("3.12.1 old", "3.12.1 new", "3.12.4"));
  EXPECT_THAT(distinct_names(std::vector{python("/a/env/bin/python", "3.12.1"),
                                         python("/b/env/bin/python", "3.12.1")}),
              ElementsAre("3.12.1 /a/env/bin/python", "3.12.1 /b/env/bin/python"));
}

}  // namespace
}  // namespace gilscale
