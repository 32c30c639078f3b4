#include "gilscale/supervise/interleaved.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "child_processes.hpp"
#include "gilscale/model/codec.hpp"
#include "gilscale/supervise/messages.hpp"
#include "steady_point.hpp"
#include "temp_folder.hpp"

namespace gilscale {
namespace {

using nlohmann::json;
using testing::ElementsAre;

class Deaf : public WorkerListener {
 public:
  void on_progress(const std::string&) override {}
  void on_output(std::string_view) override {}
};

std::string say(const json& message) { return "printf '%s\\n' '" + message.dump() + "'; "; }

const std::string finish = say(message::finished({}));

Point point_of(std::size_t samples) {
  Point point = steady_point(2, {}, samples);
  point.calls = 12;
  return point;
}

/// Two scripted workers; both note in one file what they do.
class InTurnsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { std::signal(SIGPIPE, SIG_IGN); }

  [[nodiscard]] std::string note(const std::string& what) const {
    return "echo " + what + " >>'" + folder_.file("notes") + "'; ";
  }
  /// Keeps the case that it is given under its name.
  [[nodiscard]] std::string hear(const std::string& name) const {
    return "read -r planned; printf '%s\\n' \"$planned\" >'" + folder_.file(name) + "'; ";
  }
  /// Takes a sample, asks whether to go on and reads the answer.
  [[nodiscard]] std::string sample(const std::string& name, std::size_t samples,
                                   std::optional<StopReason> stop = {}) const {
    return note(name) + say(message::question({point_of(samples), 0.5, stop})) +
           "read -r answer; printf '%s' \"$answer\" >'" + folder_.file(name + "-answer") + "'; ";
  }
  static std::string give(std::size_t samples) {
    return say(message::point(point_of(samples), json::array(), json::object()));
  }
  [[nodiscard]] Case told(const std::string& name) const {
    return json::parse(text_of(folder_.file(name))).get<Case>();
  }
  [[nodiscard]] std::string notes() const { return text_of(folder_.file("notes")); }
  [[nodiscard]] std::string answered(const std::string& name) const {
    return text_of(folder_.file(name + "-answer"));
  }

  InterleavedResults run(const std::string& before, const std::string& after,
                         const PairDecider& answers) {
    Case old_case;
    old_case.workload.name = "f";
    old_case.folder = "old";
    Case new_case = old_case;
    new_case.folder = "new";
    return run_interleaved({old_case, shell(before)}, {new_case, shell(after)}, 60, deaf_, answers);
  }

  static std::optional<StopReason> go_on(const AskingWorker&, const AskingWorker&) {
    return std::nullopt;
  }

 private:
  TempFolder folder_;
  Deaf deaf_;
};

TEST_F(InTurnsTest, ChangesWhoComesFirstFromSampleToSample) {
  const auto script = [&](const std::string& name) {
    return hear(name + "-case") + sample(name, 1) + sample(name, 2) + sample(name, 3) +
           sample(name, 4) + give(4) + finish;
  };
  std::vector<std::size_t> counts;
  const InterleavedResults both =
      run(script("A"), script("B"), [&](const AskingWorker& before, const AskingWorker& after) {
        EXPECT_EQ(before.so_far.planned.folder, "old");
        EXPECT_EQ(after.so_far.planned.folder, "new");
        EXPECT_EQ(before.question.point.samples.size(), after.question.point.samples.size());
        counts.push_back(before.question.point.samples.size());
        return go_on(before, after);
      });
  EXPECT_EQ(notes(), "A\nB\nB\nA\nA\nB\nB\nA\n");
  EXPECT_THAT(counts, ElementsAre(1, 2, 3, 4));
  EXPECT_FALSE(both.before.failure);
  EXPECT_FALSE(both.after.failure);
  EXPECT_EQ(both.before.points.size(), 1U);
  EXPECT_EQ(both.after.points.size(), 1U);
}

TEST_F(InTurnsTest, GivesBothTheSameAnswer) {
  run(hear("a") + sample("A", 1, StopReason::budget) + finish, hear("b") + sample("B", 1) + finish,
      [](const AskingWorker&, const AskingWorker&) { return StopReason::max_budget; });
  EXPECT_EQ(answered("A"), "{\"stop\":\"max-budget\"}");
  EXPECT_EQ(answered("B"), "{\"stop\":\"max-budget\"}");
}

TEST_F(InTurnsTest, GivesBothTheCallsOfTheOldVersion) {
  run(hear("a") + sample("A", 1) + finish, hear("b") + sample("B", 1) + finish, go_on);
  EXPECT_FALSE(told("a").calls);
  EXPECT_EQ(told("b").calls, 12);
}

TEST_F(InTurnsTest, MakesBothAskAfterEachSample) {
  run(hear("a") + finish, hear("b") + finish, go_on);
  EXPECT_EQ(told("a").stop_policy, StopPolicy::ask_after_each_sample);
  EXPECT_EQ(told("b").stop_policy, StopPolicy::ask_after_each_sample);
}

TEST_F(InTurnsTest, MeasuresTheOtherToItsEndByItsOwnRuleWhereOneEndsEarly) {
  const InterleavedResults both = run(hear("a") + sample("A", 1) + "exit 3",
                                      hear("b") + sample("B", 1) + sample("B", 2) +
                                          sample("B", 3, StopReason::budget) + give(3) + finish,
                                      go_on);
  ASSERT_TRUE(both.before.failure);
  EXPECT_EQ(both.before.failure->kind, FailureKind::exit);
  EXPECT_FALSE(both.after.failure);
  EXPECT_EQ(both.after.points.size(), 1U);
  EXPECT_EQ(answered("B"), "{\"stop\":\"budget\"}");
}

TEST_F(InTurnsTest, MeasuresTheNewVersionWhereTheOldOneCannotStart) {
  const InterleavedResults both =
      run(hear("a") + say(message::failed({FailureKind::usage, "no such module", ""})),
          hear("b") + sample("B", 1, StopReason::budget) + give(1) + finish,
          [](const AskingWorker&, const AskingWorker&) {
            ADD_FAILURE() << "nothing to compare";
            return std::nullopt;
          });
  ASSERT_TRUE(both.before.failure);
  EXPECT_EQ(both.before.failure->message, "no such module");
  EXPECT_EQ(both.after.points.size(), 1U);
  EXPECT_FALSE(told("b").calls);
}

}  // namespace
}  // namespace gilscale
