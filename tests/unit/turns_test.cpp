#include "gilscale/supervise/turns.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <thread>

#include "child_processes.hpp"
#include "gilscale/model/codec.hpp"
#include "gilscale/supervise/interrupt.hpp"
#include "gilscale/supervise/messages.hpp"
#include "gilscale/text/error.hpp"
#include "steady_point.hpp"
#include "temp_folder.hpp"

namespace gilscale {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::string say(const json& message) { return "printf '%s\\n' '" + message.dump() + "'"; }

/// Notes what it hears; goes on until each point has so many samples.
class Listening : public Conductor {
 public:
  void on_progress(const std::string&) override {}
  void on_output(std::string_view) override {}
  void on_turn(std::size_t party) override { turns.push_back(party); }
  std::optional<StopReason> stop_reason(std::size_t party,
                                        std::span<const AskingWorker> workers) override {
    if (look) look(party, workers);
    const std::size_t samples = workers.front().question.point.samples.size();
    return samples < enough ? std::nullopt : std::optional(StopReason::max_budget);
  }
  void on_finished(std::size_t party, std::vector<CaseResult> results) override {
    finished[party] = std::move(results);
  }

  std::size_t enough = 3;
  std::function<void(std::size_t, std::span<const AskingWorker>)> look;
  std::vector<std::size_t> turns;
  std::map<std::size_t, std::vector<CaseResult>> finished;
};

struct Heard {
  std::string who;
  json command;
};

/// Scripted workers that do as they are told, and note it in one file.
class InTurns : public testing::Test {
 protected:
  static void SetUpTestSuite() { std::signal(SIGPIPE, SIG_IGN); }

  /// What one says to each command it can get; `special` is shell code for some of them.
  [[nodiscard]] Launch worker(const std::string& name, const std::vector<int>& threads,
                              const std::string& special = "",
                              std::optional<StopReason> own_rule = {}) const {
    std::string cases = special;
    for (const int count : threads) {
      Point point = steady_point(count, {}, 1);
      point.calls = 12;
      point.memory_bytes = 1000;
      cases += fmt::format("*'\"take\":{}}}'*) {};; ", count,
                           say(message::sample({point, 0.5, own_rule})));
      cases += fmt::format("*'\"stop\":{}}}'*) {};; ", count,
                           say(message::point(steady_point(count, {}, 3), json::array(), {})));
    }
    Launch launch;
    launch.planned.workload.name = name;
    launch.planned.threads = threads;
    launch.command = shell(fmt::format(
        "read -r planned; printf '%s\\n' \"$planned\" >'{0}-case'; echo $$ >'{0}-pid'; "
        "while read -r command; do echo \"{1} $command\" >>'{2}'; "
        "case \"$command\" in {3} *end*) {4};; esac; done",
        folder_.file(name), name, folder_.file("notes"), cases, say(message::finished({}))));
    return launch;
  }
  void run(const std::vector<Party>& parties, TurnSettings settings = {}) {
    settings.timeout_s = 60;
    run_in_turns(parties, settings, conductor);
  }
  [[nodiscard]] std::vector<Heard> heard() const {
    std::vector<Heard> all;
    std::istringstream lines(text_of(folder_.file("notes")));
    for (std::string who, command; lines >> who && std::getline(lines, command);)
      all.push_back({who, json::parse(command)});
    return all;
  }
  /// Who took which count in each block: "A2".
  [[nodiscard]] std::map<int, std::vector<std::string>> blocks() const {
    std::map<int, std::vector<std::string>> taken;
    for (const auto& [who, command] : heard())
      if (command.contains("take"))
        taken[command.at("block").get<int>()].push_back(
            who + std::to_string(command.at("take").get<int>()));
    return taken;
  }
  [[nodiscard]] int pid_of(const std::string& name) const {
    return std::stoi(text_of(folder_.file(name + "-pid")));
  }

  TempFolder folder_;
  Listening conductor;
};

TEST_F(InTurns, EveryOpenPointHasASampleInEveryBlock) {
  run({{worker("A", {1, 2})}, {worker("B", {1, 4})}});
  const auto taken = blocks();
  ASSERT_THAT(taken, SizeIs(3));
  EXPECT_THAT(taken.at(0), ElementsAre("A1", "A2", "B1", "B4")) << "it starts them";
  for (const auto& [block, who] : taken)
    EXPECT_THAT(who, testing::UnorderedElementsAre("A1", "A2", "B1", "B4"));
  ASSERT_THAT(conductor.finished, SizeIs(2));
  for (const auto& [party, results] : conductor.finished) {
    ASSERT_THAT(results, SizeIs(1));
    EXPECT_FALSE(results[0].failure);
    EXPECT_THAT(results[0].points, SizeIs(2));
  }
  EXPECT_EQ(conductor.finished[1][0].planned.workload.name, "B");
}

TEST_F(InTurns, TheOrderWithinABlockIsRandomButACasesCountsComeTogether) {
  conductor.enough = 40;
  run({{worker("A", {1, 2})}, {worker("B", {1, 2})}}, {.seed = 7});
  std::set<std::vector<std::string>> orders;
  for (const auto& [block, who] : blocks()) {
    EXPECT_EQ(who[0][0], who[1][0]);
    EXPECT_EQ(who[2][0], who[3][0]);
    orders.insert(who);
  }
  EXPECT_THAT(orders, SizeIs(8)) << "2 of the cases times 2 of each one's counts";
}

TEST_F(InTurns, TheOrderIsThatOfTheSeed) {
  conductor.enough = 12;
  run({{worker("A", {1, 2})}, {worker("B", {1, 2})}}, {.seed = 7});
  run({{worker("A", {1, 2})}, {worker("B", {1, 2})}}, {.seed = 7});
  const auto both = heard();
  ASSERT_EQ(both.size() % 2, 0U);
  for (std::size_t i = 0; i < both.size() / 2; ++i) {
    EXPECT_EQ(both[i].who, both[i + both.size() / 2].who);
    EXPECT_EQ(both[i].command, both[i + both.size() / 2].command);
  }
}

TEST_F(InTurns, APointThatHasEnoughIsToldWhyAndLeftOutFromThen) {
  conductor.enough = 2;
  conductor.look = [&](std::size_t, std::span<const AskingWorker> workers) {
    conductor.enough = workers.front().question.point.threads == 1 ? 1 : 3;
  };
  run({{worker("A", {1, 2})}});
  EXPECT_THAT(blocks().at(1), ElementsAre("A2"));
  EXPECT_THAT(blocks().at(2), ElementsAre("A2"));
  EXPECT_EQ(heard()[1].command, json({{"stop", 1}, {"reason", "max-budget"}}));
}

TEST_F(InTurns, APointIsOpenUntilItsLastRepetition) {
  const std::string once =
      fmt::format("*'\"stop\":2}}'*) if [ -e '{0}' ]; then {1}; else touch '{0}'; {2}; fi;; ",
                  folder_.file("repeated"),
                  say(message::point(steady_point(2, {}, 3), json::array(), json::object())),
                  say(message::repeat(2)));
  run({{worker("A", {2}, once)}});
  EXPECT_THAT(blocks(), SizeIs(4)) << "the stop after three samples, and that after the fourth";
  EXPECT_THAT(conductor.finished[0][0].points, SizeIs(1));
}

#ifdef __linux__
TEST_F(InTurns, WorkersStandStillUnlessItIsTheirTurn) {
  conductor.look = [&](std::size_t party, std::span<const AskingWorker>) {
    EXPECT_TRUE(stands_still(pid_of("A")));
    if (party == 1) {
      EXPECT_TRUE(stands_still(pid_of("B")));
    }
  };
  run({{worker("A", {2})}, {worker("B", {2})}});
  EXPECT_THAT(conductor.finished, SizeIs(2));
}

TEST_F(InTurns, AWorkerThatIsAloneIsNeverStopped) {
  conductor.look = [&](std::size_t, std::span<const AskingWorker>) {
    EXPECT_NE(state_of(pid_of("A")), 'T');
  };
  run({{worker("A", {2})}});
  EXPECT_THAT(conductor.finished, SizeIs(1));
}
#endif

// ---- failures ----

TEST_F(InTurns, AFailureCostsOneCase) {
  run({{worker("A", {2})}, {worker("B", {2}, "*'\"block\":1'*) exit 3;; ")}});
  EXPECT_FALSE(conductor.finished[0][0].failure);
  ASSERT_TRUE(conductor.finished[1][0].failure);
  EXPECT_EQ(conductor.finished[1][0].failure->kind, FailureKind::exit);
  EXPECT_THAT(conductor.finished[1][0].points, SizeIs(1)) << "the sample before";
}

TEST_F(InTurns, ACommandLineThatIsWrongEndsEverything) {
  const std::string wrong =
      "*take*) " + say(message::failed({FailureKind::usage, "no such module", ""})) + ";; ";
  run({{worker("A", {2})}, {worker("B", {2}, wrong)}, {worker("C", {2})}});
  ASSERT_THAT(conductor.finished, SizeIs(1));
  EXPECT_EQ(conductor.finished[1][0].failure->message, "no such module");
  EXPECT_FALSE(std::ifstream(folder_.file("C-pid")).good()) << "it was not started";
}

// ---- memory ----

TEST_F(InTurns, CasesForWhichMemoryIsShortWaitForTheNextGroup) {
  TurnSettings settings;
  // Each needs 1000 bytes, and has room where more than 1500 are left.
  settings.free_memory = [calls = 0]() mutable -> std::optional<std::int64_t> {
    return ++calls % 2 == 1 ? 1501 : 1500;
  };
  run({{worker("A", {2})}, {worker("B", {2})}, {worker("C", {2})}}, settings);
  EXPECT_THAT(conductor.finished, SizeIs(3));
  EXPECT_EQ(conductor.finished[0][0].planned.group, 1);
  EXPECT_EQ(conductor.finished[1][0].planned.group, 1);
  EXPECT_EQ(conductor.finished[2][0].planned.group, 2);
  const auto taken = blocks();
  EXPECT_THAT(taken.at(0), ElementsAre("A2", "B2"));
  EXPECT_THAT(taken.rbegin()->second, ElementsAre("C2")) << "blocks of a group are its own";
}

TEST_F(InTurns, ThereIsRoomForOneCaseAndWhereNobodyKnowsForAll) {
  TurnSettings settings;
  settings.free_memory = [] { return 0; };
  run({{worker("A", {2})}, {worker("B", {2})}}, settings);
  EXPECT_THAT(conductor.finished, SizeIs(2));
  EXPECT_EQ(conductor.finished[1][0].planned.group, 2);
  settings.free_memory = [] { return std::nullopt; };
  run({{worker("A", {2})}, {worker("B", {2})}}, settings);
  EXPECT_EQ(conductor.finished[1][0].planned.group, 1);
}

TEST_F(InTurns, ThereAreNoMoreThan64WorkersAtOnce) {
  conductor.enough = 1;
  Party many;
  for (int i = 0; i < 40; ++i) many.push_back(worker("A", {2}));
  TurnSettings settings;
  settings.free_memory = [] { return std::nullopt; };
  run({many, many, {worker("B", {2})}}, settings);
  EXPECT_EQ(conductor.finished[0].front().planned.group, 1);
  EXPECT_EQ(conductor.finished[1].front().planned.group, 1) << "the first were finished at once";
  conductor.enough = 2;
  run({many, many, {worker("B", {2})}}, settings);
  EXPECT_EQ(conductor.finished[0].front().planned.group, 1);
  EXPECT_EQ(conductor.finished[1].front().planned.group, 2);
  EXPECT_EQ(conductor.finished[2].front().planned.group, 2);
}

// ---- parties of several ----

TEST_F(InTurns, VersionsOfACaseTakeEachSampleOneAfterTheOtherInRandomOrder) {
  conductor.enough = 30;
  conductor.look = [&](std::size_t, std::span<const AskingWorker> workers) {
    ASSERT_THAT(workers, SizeIs(2));
    EXPECT_EQ(workers[0].so_far.planned.workload.name, "old");
    EXPECT_EQ(workers[1].so_far.planned.workload.name, "new");
    EXPECT_EQ(workers[0].question.point.samples.size(), workers[1].question.point.samples.size());
  };
  run({{worker("old", {2}), worker("new", {2})}});
  std::set<std::vector<std::string>> orders;
  for (const auto& [block, who] : blocks()) orders.insert(who);
  EXPECT_THAT(orders, SizeIs(2));
  EXPECT_THAT(conductor.finished[0], SizeIs(2));
}

TEST_F(InTurns, VersionsOfACaseHaveRoundsLikeThoseOfTheFirst) {
  run({{worker("old", {2, 4}), worker("new", {2, 4})}});
  int others = 0;
  std::set<int> seen;
  for (const auto& [who, command] : heard()) {
    if (!command.contains("take") || command.at("block") != 0) continue;
    const bool is_first = seen.insert(command.at("take").get<int>()).second;
    EXPECT_EQ(command.contains("like"), !is_first);
    if (is_first) continue;
    EXPECT_EQ(command.at("like"), json({12, 0, 0, 1, 0}));
    ++others;
  }
  EXPECT_EQ(others, 2);
}

TEST_F(InTurns, AWrongCommandLineOfTheLastVersionIsTold) {
  const std::string wrong =
      "*take*) " + say(message::failed({FailureKind::usage, "no such module", ""})) + ";; ";
  run({{worker("old", {2, 4}), worker("new", {2, 4}, wrong)}, {worker("C", {2})}});
  ASSERT_THAT(conductor.finished, SizeIs(1));
  ASSERT_THAT(conductor.finished[0], SizeIs(2));
  EXPECT_EQ(conductor.finished[0][1].failure->message, "no such module");
}

TEST_F(InTurns, AWorkerThatDoesNotDoAsItIsToldHasFailed) {
  run({{worker("A", {2}, "*'\"block\":1'*) " + say(message::finished({})) + ";; ")},
       {worker("B", {2}, "*'\"block\":1'*) " + say(message::repeat(2)) + ";; ")}});
  for (const std::size_t party : {0U, 1U}) {
    ASSERT_THAT(conductor.finished[party], SizeIs(1));
    ASSERT_TRUE(conductor.finished[party][0].failure);
    EXPECT_THAT(conductor.finished[party][0].failure->message,
                testing::HasSubstr("did not do as it was told"));
    EXPECT_THAT(conductor.finished[party][0].points, SizeIs(1)) << "what it said before";
  }
}

TEST_F(InTurns, WorkersThatCannotBeStartedAreAnErrorWhereNoneCan) {
  Launch none = worker("B", {2});
  none.command = {"no-such-command-of-gilscale"};
  EXPECT_THROW(run({{worker("A", {2})}, {none}}), Error);
  EXPECT_THAT(conductor.finished, SizeIs(1)) << "the others come first";
}

TEST_F(InTurns, WhereAVersionFailsTheOtherIsMeasuredByItsOwnRule) {
  conductor.enough = 1000;
  run({{worker("old", {2}, "*'\"block\":1'*) exit 3;; "),
        worker("new", {2},
               "*'\"block\":3'*) " +
                   say(message::sample({steady_point(2, {}, 1), 0.5, StopReason::budget})) +
                   ";; ")}});
  ASSERT_THAT(conductor.finished[0], SizeIs(2));
  EXPECT_TRUE(conductor.finished[0][0].failure);
  EXPECT_FALSE(conductor.finished[0][1].failure);
  EXPECT_THAT(conductor.finished[0][1].points, SizeIs(1));
  EXPECT_THAT(blocks().at(3), ElementsAre("new2"));
  EXPECT_FALSE(blocks().contains(4));
}

TEST_F(InTurns, WhereTheOldVersionCannotStartTheNewOneFindsItsCalls) {
  const std::string wrong =
      "*take*) " + say(message::failed({FailureKind::usage, "no such module", ""})) + ";; ";
  run({{worker("old", {2}, wrong), worker("new", {2}, "", StopReason::budget)}});
  for (const auto& [who, command] : heard()) EXPECT_FALSE(command.contains("like"));
  ASSERT_THAT(conductor.finished, SizeIs(1));
  EXPECT_EQ(conductor.finished[0][0].failure->message, "no such module");
  EXPECT_FALSE(conductor.finished[0][1].failure);
}

// ---- one case ----

TEST_F(InTurns, OneCaseIsMeasuredByItsOwnRule) {
  const CaseResult result = run_case(worker("A", {1, 2}, "", StopReason::budget), 60, conductor);
  EXPECT_FALSE(result.failure);
  EXPECT_THAT(result.points, SizeIs(2));
  EXPECT_THAT(blocks(), SizeIs(1));
}

TEST_F(InTurns, ACaseWithoutThreadCountsIsOnlyAsked) {
  const CaseResult result = run_case(worker("A", {}), 60, conductor);
  EXPECT_FALSE(result.failure);
  EXPECT_THAT(heard(), SizeIs(1));
}

// ---- interrupts: in a process of their own ----

using InTurnsDeathTest = InTurns;

TEST_F(InTurnsDeathTest, AnInterruptKeepsWhatWasMeasuredOfEveryCase) {
  const auto interrupted_run = [&] {
    watch_for_interrupts();
    conductor.enough = 1000;
    conductor.look = [&](std::size_t party, std::span<const AskingWorker> workers) {
      if (party == 1 && workers.front().question.point.samples.size() == 2) std::raise(SIGINT);
    };
    run({{worker("A", {1, 2})}, {worker("B", {2})}});
    bool right = conductor.finished.size() == 2;
    for (const auto& [party, results] : conductor.finished)
      right = right && results[0].failure && results[0].failure->kind == FailureKind::interrupted &&
              results[0].points.size() == results[0].planned.threads.size();
    std::exit(right ? 42 : 1);
  };
  EXPECT_EXIT(interrupted_run(), testing::ExitedWithCode(42), "");
}

}  // namespace
}  // namespace gilscale
