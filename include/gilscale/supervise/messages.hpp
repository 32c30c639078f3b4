#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "gilscale/model/result.hpp"

namespace gilscale {

/// The exception that is being handled, as what it means for a case. Call it in a catch block.
Failure caught_failure();

/// The exception that caught_failure() made a failure of.
[[noreturn]] void throw_failure(const Failure& failure);

/// A point of which a worker has taken a sample: does it need more of them?
struct Question {
  Point point;                     ///< with all samples so far
  double spent_s = 0;              ///< on its present repetition
  std::optional<StopReason> stop;  ///< why the stop rule would end it now
};

/// How many calls the rounds of a point have, and how many threads its control.
struct RoundCounts {
  std::int64_t calls = 1;
  std::int64_t single_calls = 0;
  int extra_calls = 0;
  std::int64_t control_calls = 1;
  int control_threads = 0;

  friend bool operator==(const RoundCounts&, const RoundCounts&) = default;
};

RoundCounts round_counts_of(const Point& point);

/// What a front end says to its worker: one JSON object in a line. The case comes first.
///   take   threads, block   one sample more of the point with so many threads; like: RoundCounts
///   of
///                           another worker, where it is the point's first one
///   stop   threads, reason  the point needs no more of them
///   end                     nothing more is asked
struct WorkerCommand {
  enum class Kind { take, stop, end };

  Kind kind = Kind::end;
  int threads = 0;
  std::int64_t block = 0;
  std::optional<StopReason> reason = {};
  std::optional<RoundCounts> like = {};
};

nlohmann::json to_message(const WorkerCommand& command);
/// Throws UsageError for a line that is none.
WorkerCommand read_command(const std::string& line);

/// What a worker says to its front end: one JSON object in a line, on its original standard output.
///   started   python, gil          the interpreter is up and the workload is loaded
///   progress  threads, samples     a round is finished: a sign of life
///   sample    point, spent_s, stop what was taken; of the point's samples, only the new one
///   repeat    threads              the point is to be measured once more: another repetition
///   point     point, benchmarks, context   the point is finished
///   found     workloads            what a file holds, when that was the question
///   finished  gil                  nothing comes after it
///   failed    failure              nor after this
///   paused                         of a worker elsewhere: it stands still from now on
///   ended     status               of a worker elsewhere: its process ended, as waitpid(2) has it
namespace message {

nlohmann::json started(const std::optional<PythonInfo>& python, const GilState& gil);
nlohmann::json progress(int threads, std::size_t samples);
nlohmann::json point(const Point& point, nlohmann::json benchmarks, nlohmann::json context);
nlohmann::json sample(const Question& question);
nlohmann::json repeat(int threads);
nlohmann::json found(const std::vector<FoundWorkload>& workloads);
nlohmann::json finished(const GilState& gil);
nlohmann::json failed(const Failure& failure);
nlohmann::json paused();
nlohmann::json ended(int status);

}  // namespace message

/// Puts the messages of one worker together. The result's points are those that are finished, until
/// keep_what_was_measured().
class MessageReader {
 public:
  explicit MessageReader(CaseResult& result) : result_(result) {}

  /// Takes one line. A line that is not a message becomes the case's failure.
  void take(const std::string& line);
  /// The worker has said how it ended.
  [[nodiscard]] bool complete() const { return complete_; }
  /// It was made to stand still, once.
  bool take_paused() { return std::exchange(paused_, false); }
  /// How the process of a worker elsewhere ended, if it did.
  [[nodiscard]] std::optional<int> ended() const { return ended_; }
  /// What the worker has answered to a command, once.
  enum class Answer { sample, repeat, point };
  std::optional<Answer> take_answer() { return std::exchange(answer_, std::nullopt); }
  /// About the point of the last sample.
  [[nodiscard]] Question question() const;
  /// Makes points of those that were not finished, too.
  void keep_what_was_measured();
  /// What the case is at: "2 threads, 12 samples".
  [[nodiscard]] const std::string& progress() const { return progress_; }

 private:
  void apply(const nlohmann::json& message);
  void add_sample(const nlohmann::json& message);
  void finish_point(const nlohmann::json& message);
  void insert(Point point);

  CaseResult& result_;
  bool complete_ = false;
  bool paused_ = false;
  std::optional<int> ended_;
  std::optional<Answer> answer_;
  std::map<int, Point> open_;  ///< by threads
  std::map<int, nlohmann::json> benchmarks_;
  int last_ = 0;  ///< threads of the last sample
  double spent_s_ = 0;
  std::optional<StopReason> stop_;
  std::string progress_;
};

}  // namespace gilscale
