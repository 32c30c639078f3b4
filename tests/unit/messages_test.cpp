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

// ---- questions and answers ----

TEST_F(Messages, OfAQuestionAreTakenOnce) {
  Point point = steady_point(2, {.single_s = 0.25}, 7);
  point.calls = 12;
  take(message::question({point, 1.5, StopReason::budget}));
  EXPECT_FALSE(result.failure);
  EXPECT_TRUE(result.points.empty()) << "the point is not finished";
  const auto question = reader.take_question();
  ASSERT_TRUE(question);
  EXPECT_EQ(json(question->point), json(point));
  EXPECT_DOUBLE_EQ(question->spent_s, 1.5);
  EXPECT_EQ(question->stop, StopReason::budget);
  EXPECT_FALSE(reader.take_question());
}

TEST_F(Messages, OfAQuestionMaySeeNoReasonToStop) {
  take(message::question({steady_point(1, {}, 1), 0.5, std::nullopt}));
  const auto question = reader.take_question();
  ASSERT_TRUE(question);
  EXPECT_FALSE(question->stop);
}

TEST_F(Messages, OfAQuestionWithAReasonOfAnotherVersionStopAllTheSame) {
  json question = message::question({steady_point(1, {}, 1), 0.5, StopReason::budget});
  for (const json& reason : {json("boredom"), json(3)}) {
    question["stop"] = reason;
    take(question);
    const auto asked = reader.take_question();
    ASSERT_TRUE(asked);
    EXPECT_EQ(asked->stop, StopReason::unanswered) << reason;
  }
}

TEST_F(Messages, OfAQuestionWithoutItsPartsBecomeTheFailure) {
  for (const char* key : {"point", "spent_s", "stop"}) {
    json question = message::question({steady_point(1, {}, 1), 0.5, StopReason::budget});
    question.erase(key);
    CaseResult broken;
    MessageReader broken_reader(broken);
    broken_reader.take(question.dump());
    EXPECT_TRUE(broken.failure) << key;
    EXPECT_FALSE(broken_reader.take_question()) << key;
  }
}

TEST(Answers, AreReadAsTheyWereGiven) {
  EXPECT_EQ(read_answer(message::answer(StopReason::max_budget).dump()), StopReason::max_budget);
  EXPECT_EQ(read_answer(message::answer(std::nullopt).dump()), std::nullopt);
}

TEST(Answers, ThatAreNoneStopTheSampling) {
  for (const char* line : {"", "hello", "{", "[]", "null", "3", "{}", "{\"stop\": 3}",
                           "{\"stop\": []}", "{\"go\": null}", "\xff"})
    EXPECT_EQ(read_answer(line), StopReason::unanswered) << line;
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
