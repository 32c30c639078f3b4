#include "gilscale/supervise/messages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gilscale/model/codec.hpp"
#include "gilscale/text/error.hpp"
#include "steady_point.hpp"
#include "thrown.hpp"

namespace gilscale {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

class Messages : public testing::Test {
 protected:
  void take(const json& message) { reader.take(message.dump()); }

  CaseResult result;
  MessageReader reader{result};
};

TEST_F(Messages, OfAWholeCaseBuildItsResult) {
  take(message::started(PythonInfo{"3.13.1", "default", "python"}, {true, true, true}));
  EXPECT_EQ(reader.progress(), "");
  take(message::progress(1, 3));
  EXPECT_EQ(reader.progress(), "1 thread, 3 samples");
  take(message::point(steady_point(1, {}, 6), json::array({{{"name", "first"}}}),
                      {{"host_name", "here"}}));
  take(message::progress(2, 12));
  EXPECT_EQ(reader.progress(), "2 threads, 12 samples");
  take(message::point(steady_point(2, {}, 7),
                      json::array({{{"name", "second"}}, {{"name", "third"}}}),
                      {{"host_name", "here"}}));
  EXPECT_FALSE(reader.complete());
  take(message::finished({true, true, false}));

  EXPECT_TRUE(reader.complete());
  EXPECT_FALSE(result.failure);
  ASSERT_TRUE(result.python);
  EXPECT_EQ(result.python->version, "3.13.1");
  EXPECT_TRUE(result.gil.at_start);
  EXPECT_FALSE(result.gil.after_run);
  ASSERT_EQ(result.points.size(), 2U);
  EXPECT_EQ(result.points[0].threads, 1);
  EXPECT_EQ(result.points[1].threads, 2);
  EXPECT_EQ(result.points[1].samples.size(), 7U);
  ASSERT_EQ(result.benchmarks.size(), 3U);
  EXPECT_EQ(result.benchmarks[2].at("name"), "third");
  EXPECT_EQ(result.context.at("host_name"), "here");
}

TEST_F(Messages, OfAWorkerWithoutPythonLeaveItOut) {
  take(message::started(std::nullopt, {false, false, false}));
  EXPECT_FALSE(result.python);
  EXPECT_FALSE(result.gil.after_run);
}

TEST_F(Messages, OfFailureEndTheCaseAndKeepItsPoints) {
  take(message::point(steady_point(1, {}, 6), json::array(), json::object()));
  take(message::failed({FailureKind::exception, "it raised", "Traceback ..."}));
  EXPECT_TRUE(reader.complete());
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->kind, FailureKind::exception);
  EXPECT_EQ(result.failure->message, "it raised");
  EXPECT_EQ(result.failure->details, "Traceback ...");
  EXPECT_EQ(result.points.size(), 1U);
}

TEST_F(Messages, ThatAreNoneBecomeTheFailure) {
  for (const char* line :
       {"", "hello", "{", "[]", "null", "3", "{}", "{\"message\": 3}", "{\"message\": \"started\"}",
        "{\"message\": \"progress\", \"threads\": \"two\", \"samples\": 1}",
        "{\"message\": \"point\", \"point\": {}}", "{\"message\": \"failed\", \"failure\": null}",
        "\xff\xfe"}) {
    CaseResult broken;
    MessageReader(broken).take(line);
    ASSERT_TRUE(broken.failure) << line;
    EXPECT_EQ(broken.failure->kind, FailureKind::exception) << line;
    EXPECT_THAT(broken.failure->message, HasSubstr("the worker's answer cannot be read")) << line;
    EXPECT_THAT(broken.failure->message, HasSubstr("another version of gilscale?")) << line;
    EXPECT_EQ(broken.failure->details, line);
  }
}

TEST_F(Messages, ThatAreNoneAndLongAreShortenedInTheFailure) {
  reader.take(std::string(1000000, 'x'));
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->details, std::string(1000, 'x'));
  EXPECT_LT(result.failure->message.size(), 1000U);
}

TEST_F(Messages, ThatCannotBeReadLeaveWhatCameBefore) {
  take(message::point(steady_point(1, {}, 6), json::array(), json::object()));
  reader.take("Segmentation fault");
  EXPECT_TRUE(result.failure);
  EXPECT_EQ(result.points.size(), 1U);
}

TEST_F(Messages, OfAPointThatIsOnlyPartlyThereLeaveNothingOfIt) {
  json half = message::point(steady_point(1, {}, 6), json::array(), json::object());
  half.erase("benchmarks");
  take(half);
  EXPECT_TRUE(result.failure);
  EXPECT_TRUE(result.points.empty());
}

TEST_F(Messages, OfANewerWorkerThatAreNotKnownAreIgnored) {
  take({{"message", "weather"}, {"sunny", true}});
  EXPECT_FALSE(result.failure);
  EXPECT_FALSE(reader.complete());
}

// ---- samples ----

Question taken(const Point& point, double spent_s = 0.5, std::optional<StopReason> stop = {}) {
  return {point, spent_s, stop};
}

TEST_F(Messages, OfASampleAreAnsweredOnce) {
  Point point = steady_point(2, {.single_s = 0.25}, 1);
  point.calls = 12;
  take(message::sample(taken(point, 1.5, StopReason::budget)));
  EXPECT_FALSE(result.failure);
  EXPECT_TRUE(result.points.empty()) << "the point is not finished";
  EXPECT_EQ(reader.take_answer(), MessageReader::Answer::sample);
  EXPECT_FALSE(reader.take_answer());
  const Question question = reader.question();
  EXPECT_EQ(json(question.point), json(point));
  EXPECT_DOUBLE_EQ(question.spent_s, 1.5);
  EXPECT_EQ(question.stop, StopReason::budget);
  EXPECT_EQ(reader.progress(), "2 threads, 1 sample");
}

TEST_F(Messages, OfSamplesAddUpToPointsInWhicheverOrderTheyCome) {
  Point one = steady_point(1, {.single_s = 3}, 1);
  one.gil_demands = {0.25};
  Point two = steady_point(2, {.single_s = 4}, 1);
  take(message::sample(taken(two)));
  take(message::sample(taken(one)));
  two.samples.single_s = {5};
  take(message::sample(taken(two)));
  EXPECT_THAT(reader.question().point.samples.single_s, ElementsAre(4, 5));
  one.samples.single_s = {6};
  one.gil_demands = {0.75};
  one.memory_bytes = 77;
  take(message::sample(taken(one)));
  EXPECT_THAT(reader.question().point.samples.single_s, ElementsAre(3, 6));
  EXPECT_THAT(reader.question().point.gil_demands, ElementsAre(0.25, 0.75));
  EXPECT_EQ(reader.question().point.gil_demand, 0.5);
  EXPECT_EQ(reader.question().point.memory_bytes, 77) << "what is known by now";
}

TEST_F(Messages, OfPointsAreInTheOrderOfTheirThreads) {
  take(message::point(steady_point(4, {}, 6), json::array({"four"}), json::object()));
  take(message::point(steady_point(1, {}, 6), json::array({"one"}), json::object()));
  EXPECT_EQ(reader.take_answer(), MessageReader::Answer::point);
  ASSERT_EQ(result.points.size(), 2U);
  EXPECT_EQ(result.points[0].threads, 1);
  EXPECT_EQ(result.benchmarks, json::array({"one", "four"}));
}

TEST_F(Messages, OfAFinishedPointReplaceItsSamples) {
  take(message::sample(taken(steady_point(2, {}, 1))));
  take(message::point(steady_point(2, {}, 6), json::array(), json::object()));
  reader.keep_what_was_measured();
  ASSERT_EQ(result.points.size(), 1U);
  EXPECT_EQ(result.points[0].samples.size(), 6U);
}

TEST_F(Messages, OfPointsThatAreNotFinishedCanBeKept) {
  take(message::sample(taken(steady_point(2, {}, 1))));
  take(message::point(steady_point(4, {}, 6), json::array(), json::object()));
  take(message::sample(taken(steady_point(1, {}, 1))));
  EXPECT_EQ(result.points.size(), 1U);
  reader.keep_what_was_measured();
  ASSERT_EQ(result.points.size(), 3U);
  EXPECT_EQ(result.points[0].threads, 1);
  EXPECT_EQ(result.points[1].threads, 2);
  EXPECT_FALSE(result.points[1].stopped);
}

TEST_F(Messages, OfAnotherRepetitionAreAnswers) {
  take(message::repeat(2));
  EXPECT_EQ(reader.take_answer(), MessageReader::Answer::repeat);
}

TEST_F(Messages, OfASampleMaySeeNoReasonToStop) {
  take(message::sample(taken(steady_point(1, {}, 1))));
  EXPECT_FALSE(reader.question().stop);
}

TEST_F(Messages, OfASampleWithoutItsPartsBecomeTheFailure) {
  for (const char* key : {"point", "spent_s", "stop"}) {
    json sample = message::sample(taken(steady_point(1, {}, 1)));
    sample.erase(key);
    CaseResult broken;
    MessageReader broken_reader(broken);
    broken_reader.take(sample.dump());
    EXPECT_TRUE(broken.failure) << key;
    EXPECT_FALSE(broken_reader.take_answer()) << key;
  }
}

// ---- commands ----

TEST(WorkerCommands, AreReadAsTheyWereGiven) {
  using Kind = WorkerCommand::Kind;
  const auto there_and_back = [](const WorkerCommand& command) {
    return read_command(to_message(command).dump());
  };
  const WorkerCommand take = there_and_back({Kind::take, 4, 1234567890123});
  EXPECT_EQ(take.kind, Kind::take);
  EXPECT_EQ(take.threads, 4);
  EXPECT_EQ(take.block, 1234567890123);
  EXPECT_FALSE(take.like);
  const RoundCounts like{1, 2, 3, 4, 5};
  EXPECT_EQ(there_and_back({Kind::take, 4, 0, {}, like}).like, like);
  const WorkerCommand stop = there_and_back({Kind::stop, 8, 0, StopReason::max_budget});
  EXPECT_EQ(stop.kind, Kind::stop);
  EXPECT_EQ(stop.threads, 8);
  EXPECT_EQ(stop.reason, StopReason::max_budget);
  EXPECT_FALSE(there_and_back({Kind::stop, 8}).reason);
  EXPECT_EQ(there_and_back({}).kind, Kind::end);
}

TEST(WorkerCommands, ThatAreNoneAreRefused) {
  for (const char* line :
       {"", "hello", "{", "[]", "null", "3", "{}", "{\"stop\": 3}", "{\"take\": []}",
        "{\"take\": 3}", "{\"take\":3,\"block\":1,\"like\":[1,2]}", "{\"go\": null}", "\xff"})
    EXPECT_THAT(usage_error([&] { read_command(line); }), HasSubstr("no command")) << line;
}

// ---- failures ----

/// What becomes of an exception.
template <typename Error>
Failure failure_of(const Error& error) {
  try {
    throw error;
  } catch (...) {
    return caught_failure();
  }
}

TEST(CaughtFailure, HasTheKindOfTheException) {
  EXPECT_EQ(failure_of(UsageError("no")).kind, FailureKind::usage);
  EXPECT_EQ(failure_of(UnavailableError("no")).kind, FailureKind::unavailable);
  EXPECT_EQ(failure_of(WorkloadError("no")).kind, FailureKind::exception);
  EXPECT_EQ(failure_of(std::runtime_error("no")).kind, FailureKind::exception);
}

TEST(CaughtFailure, HasTheMessageAndItsDetails) {
  const Failure failure = failure_of(WorkloadError("it raised", "Traceback"));
  EXPECT_EQ(failure.message, "it raised");
  EXPECT_EQ(failure.details, "Traceback");
}

TEST(CaughtFailure, IsThrownAgainAsWhatItWas) {
  const auto again = [](const auto& error) { throw_failure(failure_of(error)); };
  EXPECT_EQ(usage_error([&] { again(UsageError("no")); }), "no");
  EXPECT_TRUE(thrown<UnavailableError>([&] { again(UnavailableError("no")); }));
  const auto error = thrown<WorkloadError>([&] { again(WorkloadError("no", "Traceback")); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->details(), "Traceback");
}

}  // namespace
}  // namespace gilscale
