/// The border between executable and plug-in, from the executable's side: here the plug-in's
/// functions lie in the same program.

#include "gilscale/python/plugin.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <utility>

#include "gilscale/measure/team.hpp"
#include "gilscale/text/version.hpp"
#include "python_test.hpp"

extern "C" const gilscale::border::Plugin* gilscale_plugin();

namespace gilscale {
namespace {

using border::FaultKind;
using border::string_of;
using border::Text;
using border::text_of;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

/// What a function of the plug-in told of its failure.
struct Told {
  border::FailureSink sink() { return {this, take}; }
  static void take(void* to, FaultKind kind, Text message, Text details) {
    *static_cast<Told*>(to) = {1, kind, string_of(message), string_of(details)};
  }

  int times = 0;
  FaultKind kind = FaultKind::unavailable;
  std::string message = {};
  std::string details = {};
};

/// The plug-in, as the executable calls it: detached.
class Border : public PythonTest {
 protected:
  bool load(const WorkloadSpec& spec) {
    const std::string text = text_for_plugin(spec);
    return plugin_.load(text_of(text), told_.sink());
  }
  border::Executor* executor(const std::string& kind) {
    return plugin_.make_executor(text_of(kind), told_.sink());
  }

  const border::Plugin& plugin_ = *gilscale_plugin();
  Told told_;
  py::gil_scoped_release detached_;
};

TEST_F(Border, HasItsVersions) {
  EXPECT_EQ(plugin_.interface_version, border::interface_version);
  EXPECT_EQ(plugin_.gilscale_version, version);
}

TEST_F(Border, TellsOfTheInterpreter) {
  std::pair<int, std::string> told;
  plugin_.info({&told, [](void* to, const border::Info* info) {
                  *static_cast<std::pair<int, std::string>*>(to) = {1, string_of(info->version)};
                }});
  EXPECT_EQ(told.first, 1);
  EXPECT_THAT(told.second, StartsWith("3."));
  EXPECT_EQ(plugin_.switch_interval_s(), 5e-3);
}

TEST_F(Border, PassesFailuresOfLoadingWithTheirKind) {
  WorkloadSpec spec = own("def work(): pass", "work");
  spec.args = "(";
  EXPECT_FALSE(load(spec));
  EXPECT_EQ(told_.times, 1);
  EXPECT_EQ(told_.kind, FaultKind::usage);
  EXPECT_THAT(told_.message, StartsWith("--args '('"));
  EXPECT_FALSE(load(own("import none_such", "work")));
  EXPECT_EQ(told_.kind, FaultKind::exception);
  EXPECT_THAT(told_.details, HasSubstr("ModuleNotFoundError"));
}

TEST_F(Border, TakesEveryTextOfAWorkload) {
  // JSON on one side and a literal on the other: they must mean the same by every character.
  std::string text = "'\"\\/\b\f\n\r\t\x01\x7f ü \u2028 \U0001F40D {}";
  WorkloadSpec spec = own("seen = None\ndef work(text):\n    global seen\n    seen = text", "work");
  spec.args = "(" + std::string("\"\"\"x") + "\\u00fc" + "\"\"\",)";
  spec.name = text;
  ASSERT_TRUE(load(spec)) << told_.message;
  border::Executor* const threads = executor("threads");
  double setup_s = 0;
  ASSERT_TRUE(plugin_.prepare(threads, 1, &setup_s, told_.sink()));
  RoundTimes times;
  ASSERT_TRUE(plugin_.round(threads, 1, 1, &times, told_.sink()));
  plugin_.delete_executor(threads);
  {
    const py::gil_scoped_acquire attached;
    EXPECT_EQ(global("seen").cast<std::string>(), "xü");
  }
  // The name comes back in messages.
  WorkloadSpec missing = spec;
  missing.attribute = "nothing";
  EXPECT_FALSE(load(missing));
  EXPECT_THAT(told_.message, HasSubstr(text));
}

TEST_F(Border, RunsRoundsAndTellsOfWhatTheyRaise) {
  ASSERT_TRUE(load(own("def work(): raise ValueError('no')", "work")));
  border::Executor* const threads = executor("threads");
  ASSERT_TRUE(threads);
  double setup_s = -1;
  ASSERT_TRUE(plugin_.prepare(threads, 2, &setup_s, told_.sink()));
  EXPECT_EQ(setup_s, 0);
  RoundTimes times;
  EXPECT_FALSE(plugin_.round(threads, 2, 1, &times, told_.sink()));
  EXPECT_EQ(told_.kind, FaultKind::exception);
  EXPECT_THAT(told_.message, AllOf(HasSubstr("in round 1 on thread 0"), HasSubstr("ValueError")));
  EXPECT_THAT(told_.details, StartsWith("Traceback"));
  plugin_.delete_executor(threads);
}

TEST_F(Border, TellsWhetherThreadsShareAGil) {
  ASSERT_TRUE(load(calibration("release", "(2000,)")));
  border::Executor* const threads = executor("threads");
  EXPECT_EQ(plugin_.shares_gil(threads), plugin_.gil_enabled());
  plugin_.delete_executor(threads);
}

TEST_F(Border, PlaysAMemberOfATeamOfTheExecutables) {
  ASSERT_TRUE(load(own("def work(): raise KeyError('k')", "work")));
  double setup_s = -1;
  ASSERT_TRUE(plugin_.prepare_member(&setup_s, told_.sink()));
  EXPECT_EQ(setup_s, 0);
  Team team(1);
  Team::Member& me = team.add_member();
  std::string raised;
  std::thread player([&] {
    plugin_.play(for_plugin(team), for_plugin(me), {&raised, [](void* to, Text summary, Text) {
                                                      *static_cast<std::string*>(to) =
                                                          string_of(summary);
                                                    }});
  });
  team.round(1, 1);
  EXPECT_EQ(raised, "KeyError: 'k'");
  team.dismiss();
  player.join();
}

}  // namespace
}  // namespace gilscale
