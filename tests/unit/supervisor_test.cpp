#include "gilscale/supervise/supervisor.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "child_processes.hpp"
#include "gilscale/model/codec.hpp"
#include "gilscale/supervise/interrupt.hpp"
#include "gilscale/supervise/messages.hpp"
#include "gilscale/text/error.hpp"
#include "steady_point.hpp"
#include "temp_folder.hpp"
#include "thrown.hpp"

namespace gilscale {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class Recorder : public WorkerListener {
 public:
  void on_progress(const std::string& text) override { progress.push_back(text); }
  void on_output(std::string_view text) override { output += text; }

  std::vector<std::string> progress;
  std::string output;
};

/// Shell code that says a message.
std::string say(const json& message) { return "printf '%s\\n' '" + message.dump() + "'; "; }

const std::string start = say(message::started(PythonInfo{"3.13.1", "default", "python"}, {}));
const std::string finish = say(message::finished({}));
std::string point_of(int threads) {
  return say(message::point(steady_point(threads, {}, 6), json::array(), json::object()));
}

class Supervised : public testing::Test {
 protected:
  // As watch_for_interrupts() does.
  static void SetUpTestSuite() { std::signal(SIGPIPE, SIG_IGN); }

  static constexpr double patient_s = 60;

  /// Only waits for its end: it says what it wants.
  CaseResult run(const std::string& script, double timeout_s = patient_s) {
    Worker worker({planned, shell(script)}, timeout_s, listener);
    worker.finish();
    return worker.take_result();
  }
  /// The failure that must come of it.
  Failure failure_of(const std::string& script, double timeout_s = patient_s) {
    const CaseResult result = run(script, timeout_s);
    EXPECT_TRUE(result.failure) << script;
    return result.failure.value_or(Failure{});
  }
  /// The process whose id a script has written to the file "pid".
  pid_t noted_pid() { return std::stoi(text_of(folder.file("pid"))); }

  Case planned;
  Recorder listener;
  TempFolder folder;
};

// ---- workers that answer ----

TEST_F(Supervised, WorkerIsToldItsCaseInALine) {
  planned.workload.name = "cpp_fib";
  planned.workload.args = "('a\\nb', \"c\")";
  planned.threads = {1, 2};
  run("read -r line; printf '%s' \"$line\" >&2; " + finish);
  EXPECT_EQ(json::parse(listener.output), json(planned));
}

TEST_F(Supervised, WorkersAnswerBecomesTheResult) {
  planned.workload.name = "cpp_fib";
  const CaseResult result = run(start + point_of(1) + point_of(2) + finish);
  EXPECT_FALSE(result.failure);
  EXPECT_EQ(result.planned.workload.name, "cpp_fib");
  ASSERT_TRUE(result.python);
  EXPECT_EQ(result.python->version, "3.13.1");
  ASSERT_EQ(result.points.size(), 2U);
  EXPECT_EQ(result.points[1].threads, 2);
}

TEST_F(Supervised, WorkersOwnFailureIsTheResults) {
  const Failure failure =
      failure_of(start + say(message::failed({FailureKind::exception, "it raised", "Trace"})));
  EXPECT_EQ(failure.kind, FailureKind::exception);
  EXPECT_EQ(failure.message, "it raised");
  EXPECT_EQ(failure.details, "Trace");
}

TEST_F(Supervised, WorkersProgressIsToldOn) {
  run(say(message::progress(1, 3)) + "sleep 0.1; " + say(message::progress(2, 5)) + finish);
  EXPECT_THAT(listener.progress, testing::Contains("2 threads, 5 samples"));
}

TEST_F(Supervised, WorkersErrorOutputIsToldOn) {
  run("echo hello >&2; " + finish);
  EXPECT_EQ(listener.output, "hello\n");
}

TEST_F(Supervised, WorkersLinesMayComeInPieces) {
  const std::string line = message::progress(3, 1).dump();
  const CaseResult result = run(fmt::format("printf '%s' '{}'; sleep 0.1; printf '%s\\n' '{}'; {}",
                                            line.substr(0, 9), line.substr(9), finish));
  EXPECT_FALSE(result.failure);
  EXPECT_THAT(listener.progress, testing::Contains("3 threads, 1 sample"));
}

TEST_F(Supervised, WorkerMayFloodItsErrorOutput) {
  const CaseResult result =
      run("head -c 5000000 /dev/zero | tr '\\000' 'x' >&2; " + point_of(1) + finish);
  EXPECT_FALSE(result.failure);
  EXPECT_EQ(result.points.size(), 1U);
  EXPECT_EQ(listener.output, std::string(5000000, 'x'));
}

TEST_F(Supervised, WorkersLinesMayBeLong) {
  Point point = steady_point(2, {1.0 / 3, 1.0 / 7, 1.0 / 9, 1.0 / 11}, 3000);
  const std::string file =
      folder.write("line", message::point(point, json::array(), json::object()).dump() + "\n");
  const CaseResult result = run("cat '" + file + "'; " + finish);
  EXPECT_FALSE(result.failure);
  ASSERT_EQ(result.points.size(), 1U);
  EXPECT_EQ(result.points[0].samples.single_s, point.samples.single_s);
}

TEST_F(Supervised, WorkerThatDiesInTheMiddleOfALineIsNotSaidToBeUnreadable) {
  const CaseResult result =
      run(start + point_of(1) + "printf '{\"message\": \"fini'; kill -SEGV $$");
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->kind, FailureKind::signal);
  EXPECT_EQ(result.points.size(), 1U);
}

TEST_F(Supervised, WorkerThatFloodsWithWhatCannotBeReadIsNotWaitedFor) {
  const Failure failure = failure_of("echo 'not gilscale'; exec yes");
  EXPECT_EQ(failure.kind, FailureKind::exception);
  EXPECT_EQ(failure.details, "not gilscale");
}

TEST_F(Supervised, WorkerThatHasSaidItsLastWordIsNotWaitedFor) {
  const auto began = std::chrono::steady_clock::now();
  const CaseResult result = run("echo $$ >'" + folder.file("pid") + "'; " + finish + "sleep 1000");
  EXPECT_FALSE(result.failure);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(100));
  EXPECT_TRUE(is_gone(noted_pid()));
}

// ---- workers that are told what to do ----

const std::string hear_case = "read -r planned; ";

/// Reads a command, writes it to standard error and answers.
std::string answer(const json& message) {
  return "read -r command; printf '%s\\n' \"$command\" >&2; " + say(message);
}

json sample_of(int threads, std::optional<StopReason> stop = {}) {
  return message::sample({steady_point(threads, {}, 1), 0.5, stop});
}

TEST_F(Supervised, WorkerIsToldWhatToTakeAndWhenToStop) {
  Worker worker(
      {planned,
       shell(hear_case + answer(sample_of(2)) + answer(sample_of(2, StopReason::budget)) +
             answer(message::repeat(2)) + answer(sample_of(2)) +
             answer(message::point(steady_point(2, {}, 3), json::array(), json::object())) +
             answer(message::finished({})))},
      patient_s, listener);
  auto question = worker.take(2, 0);
  ASSERT_TRUE(question);
  EXPECT_EQ(question->point.samples.size(), 1U);
  EXPECT_FALSE(question->stop);
  question = worker.take(2, 1);
  ASSERT_TRUE(question);
  EXPECT_EQ(question->point.samples.size(), 2U);
  EXPECT_EQ(question->stop, StopReason::budget);
  EXPECT_TRUE(worker.stop(2, StopReason::max_budget)) << "another repetition";
  EXPECT_TRUE(worker.take(2, 2));
  EXPECT_TRUE(worker.result().points.empty());
  EXPECT_FALSE(worker.stop(2, StopReason::budget));
  EXPECT_EQ(worker.result().points.size(), 1U);
  worker.finish();
  EXPECT_FALSE(worker.failed());
  EXPECT_EQ(listener.output,
            "{\"block\":0,\"take\":2}\n{\"block\":1,\"take\":2}\n"
            "{\"reason\":\"max-budget\",\"stop\":2}\n{\"block\":2,\"take\":2}\n"
            "{\"reason\":\"budget\",\"stop\":2}\n{\"end\":true}\n");
}

TEST_F(Supervised, WorkerThatHasNothingToDoIsNotGivenUp) {
  constexpr double timeout_s = 3;  // a shell takes a thousandth of that to start
  Worker worker({planned, shell(hear_case + answer(sample_of(2)) + answer(sample_of(2)) + finish)},
                timeout_s, listener);
  ASSERT_TRUE(worker.take(2, 0));
  std::this_thread::sleep_for(std::chrono::duration<double>(1.1 * timeout_s));
  EXPECT_TRUE(worker.take(2, 1));
  worker.finish();
  EXPECT_FALSE(worker.failed());
}

TEST_F(Supervised, WorkerThatDiesBetweenTwoSamplesHasFailedAndItsSamplesStay) {
  Worker worker({planned, shell(hear_case + answer(sample_of(2)) + "exit 7")}, patient_s, listener);
  ASSERT_TRUE(worker.take(2, 0));
  EXPECT_FALSE(worker.take(2, 1));
  EXPECT_FALSE(worker.take(4, 1)) << "still so";
  EXPECT_FALSE(worker.stop(2, StopReason::budget));
  worker.finish();
  const CaseResult result = worker.take_result();
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->kind, FailureKind::exit);
  ASSERT_EQ(result.points.size(), 1U);
  EXPECT_EQ(result.points[0].samples.size(), 1U);
}

TEST_F(Supervised, WorkerThatIsNoLongerWatchedIsGone) {
  {
    Worker worker({planned, shell("echo $$ >'" + folder.file("pid") + "'; " + hear_case +
                                  answer(sample_of(2)) + "sleep 1000")},
                  patient_s, listener);
    ASSERT_TRUE(worker.take(2, 0));
    worker.pause();
  }
  EXPECT_TRUE(is_gone(noted_pid()));
}

TEST_F(Supervised, WorkerStandsStillWhileItIsPaused) {
  Worker worker(
      {planned, shell("(while :; do echo x >>'" + folder.file("ticks") + "'; sleep 0.01; done) & " +
                      hear_case + answer(sample_of(2)) + answer(sample_of(2)) + finish)},
      patient_s, listener);
  const auto ticks = [&] { return text_of(folder.file("ticks")).size(); };
  const auto later = [] { std::this_thread::sleep_for(std::chrono::milliseconds(200)); };
  ASSERT_TRUE(worker.take(2, 0));
  worker.pause();
  later();
  const std::size_t before = ticks();
  later();
  EXPECT_EQ(ticks(), before) << "its children, too";
  worker.resume();
  EXPECT_TRUE(worker.take(2, 1));
  while (ticks() == before) later();
}

// ---- workers that do not ----

TEST_F(Supervised, WorkerThatExitsWithoutAResultHasFailed) {
  const Failure failure = failure_of(start + "exit 7");
  EXPECT_EQ(failure.kind, FailureKind::exit);
  EXPECT_EQ(failure.message,
            "the worker ended with exit code 7 before its first round was finished, without a "
            "result; does something call exit() or os._exit()?");
}

TEST_F(Supervised, WorkerThatExitsWithoutAResultHasFailedEvenWithCodeZero) {
  const Failure failure = failure_of(start + say(message::progress(2, 12)) + "exit 0");
  EXPECT_EQ(failure.kind, FailureKind::exit);
  EXPECT_THAT(failure.message, HasSubstr("exit code 0 after 2 threads, 12 samples"));
}

TEST_F(Supervised, WorkerThatStopsInTheMiddleOfALineHasFailed) {
  const CaseResult result = run(start + point_of(1) + "printf '{\"message\": \"fini'; exit 0");
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->kind, FailureKind::exit);
  EXPECT_EQ(result.points.size(), 1U);
}

TEST_F(Supervised, PointsThatWereFinishedStayWhenTheWorkerDies) {
  const CaseResult result = run(start + point_of(1) + point_of(2) + "kill -SEGV $$");
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->kind, FailureKind::signal);
  EXPECT_EQ(result.points.size(), 2U);
  EXPECT_TRUE(result.python);
}

TEST_F(Supervised, SignalThatEndedTheWorkerIsNamed) {
  const Failure failure = failure_of("kill -SEGV $$");
  EXPECT_EQ(failure.kind, FailureKind::signal);
  EXPECT_THAT(failure.message,
              AllOf(HasSubstr("Segmentation fault"), HasSubstr("run it with --threads 1")));
#ifdef __GLIBC__
  EXPECT_THAT(failure.message, StartsWith("the worker was ended by SIGSEGV (Segmentation fault)"));
#endif
}

TEST_F(Supervised, KillIsExplainedByMemory) {
  EXPECT_THAT(failure_of("kill -KILL $$").message, HasSubstr("was memory short?"));
}

TEST_F(Supervised, CrashReportIsKeptAsDetails) {
  const Failure failure = failure_of(
      "echo before >&2; printf 'Fatal Python error: Segmentation fault\\n\\nThread 1:\\n' >&2; "
      "kill -SEGV $$");
  EXPECT_EQ(failure.details, "Fatal Python error: Segmentation fault\n\nThread 1:\n");
}

TEST_F(Supervised, CrashReportIsKeptAfterAFlood) {
  const Failure failure = failure_of(
      "head -c 100000 /dev/zero | tr '\\000' 'x' >&2; printf '\\nFatal Python error: Aborted\\n' "
      ">&2; "
      "kill -ABRT $$");
  EXPECT_EQ(failure.details, "Fatal Python error: Aborted\n");
}

TEST_F(Supervised, WorkerThatTalksNonsenseHasFailed) {
  const Failure failure = failure_of(start + "echo 'Hello, world'; sleep 1000");
  EXPECT_EQ(failure.kind, FailureKind::exception);
  EXPECT_THAT(failure.message, HasSubstr("the worker's answer cannot be read"));
  EXPECT_EQ(failure.details, "Hello, world");
}

TEST_F(Supervised, WorkerMayCloseItsOutputsBeforeItEnds) {
  const Failure failure = failure_of("exec >&- 2>&-; sleep 0.2; exit 9");
  EXPECT_EQ(failure.kind, FailureKind::exit);
  EXPECT_THAT(failure.message, HasSubstr("exit code 9"));
}

TEST_F(Supervised, MissingWorkerIsAnError) {
  const auto error = thrown<Error>(
      [&] { Worker({planned, {"no-such-command-of-gilscale"}}, patient_s, listener); });
  ASSERT_TRUE(error);
  EXPECT_THAT(error->what(), HasSubstr("cannot start 'no-such-command-of-gilscale'"));
}

// ---- time ----

TEST_F(Supervised, WorkerThatIsSilentForTooLongIsGivenUp) {
  const auto began = std::chrono::steady_clock::now();
  const CaseResult result = run("echo $$ >'" + folder.file("pid") + "'; " + start + point_of(1) +
                                    say(message::progress(2, 4)) + "sleep 1000",
                                3);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(100));
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->kind, FailureKind::timeout);
  EXPECT_EQ(result.failure->message,
            "no round was finished for 3 s (after 2 threads, 4 samples): a deadlock, or calls "
            "that need a longer --timeout");
  EXPECT_EQ(result.points.size(), 1U);
  EXPECT_TRUE(is_gone(noted_pid()));
}

TEST_F(Supervised, WorkerThatIsGivenUpIsAskedForATraceback) {
  const Failure failure = failure_of(
      "trap 'echo Fatal Python error: Aborted >&2; exit 1' ABRT; while :; do sleep 0.05; done", 3);
  EXPECT_EQ(failure.kind, FailureKind::timeout);
  EXPECT_THAT(failure.details, StartsWith("Fatal Python error: Aborted\n"));
}

TEST_F(Supervised, WorkerThatDoesNotListenIsGivenUpAllTheSame) {
  const Failure failure = failure_of("trap '' ABRT TERM INT; while :; do sleep 0.05; done", 3);
  EXPECT_EQ(failure.kind, FailureKind::timeout);
}

TEST_F(Supervised, WorkerThatShowsSignsOfLifeMayTakeItsTime) {
  // 3.6 s in all, of which no silence comes near to 3.
  const CaseResult result = run(
      "for i in 1 2 3 4 5 6; do " + say(message::progress(1, 1)) + "sleep 0.6; done; " + finish, 3);
  EXPECT_FALSE(result.failure);
}

// ---- nothing is left behind ----

TEST_F(Supervised, BackgroundChildOfAFinishedWorkerIsGone) {
  run("sleep 1000 & echo $! >'" + folder.file("pid") + "'; " + finish);
  EXPECT_TRUE(is_gone(noted_pid()));
}

TEST_F(Supervised, BackgroundChildOfADeadWorkerIsGone) {
  const Failure failure = failure_of("sleep 1000 & echo $! >'" + folder.file("pid") + "'; exit 3");
  EXPECT_EQ(failure.kind, FailureKind::exit) << "the child holds the worker's pipes open";
  EXPECT_TRUE(is_gone(noted_pid()));
}

TEST_F(Supervised, BackgroundChildThatGoesOnWritingIsNotWaitedFor) {
  const Failure failure = failure_of("(while :; do echo chatter >&2; done) & echo $! >'" +
                                     folder.file("pid") + "'; exit 3");
  EXPECT_EQ(failure.kind, FailureKind::exit);
  EXPECT_TRUE(is_gone(noted_pid()));
}

// ---- interrupts: in a process of their own, since they change how the process takes signals ----

using InterruptedDeathTest = Supervised;

TEST_F(InterruptedDeathTest, CaseIsFailedAndItsWorkerGone) {
  const auto interrupted_run = [&] {
    watch_for_interrupts();
    std::raise(SIGINT);
    const CaseResult result =
        run("echo $$ >'" + folder.file("pid") + "'; " + point_of(1) + "sleep 1000");
    std::exit(result.failure && result.failure->kind == FailureKind::interrupted ? 42 : 1);
  };
  EXPECT_EXIT(interrupted_run(), testing::ExitedWithCode(42), "");
}

TEST_F(InterruptedDeathTest, InterruptInTheMiddleKeepsWhatWasMeasured) {
  // The worker itself interrupts its front end, which has answered and so has seen all before.
  const auto result_of_two_samples = [&] {
    Worker worker({planned, shell(hear_case + answer(sample_of(2)) +
                                  "read -r command; kill -INT $PPID; sleep 1000")},
                  patient_s, listener);
    EXPECT_TRUE(worker.take(2, 0));
    EXPECT_FALSE(worker.take(2, 1));
    worker.finish();
    return worker.take_result();
  };
  const auto interrupted_run = [&] {
    watch_for_interrupts();
    const CaseResult result = result_of_two_samples();
    const bool right = result.failure && result.failure->kind == FailureKind::interrupted &&
                       result.points.size() == 1 && interrupted();
    std::exit(right && !HasFailure() ? 42 : 1);
  };
  EXPECT_EXIT(interrupted_run(), testing::ExitedWithCode(42), "");
}

}  // namespace
}  // namespace gilscale
