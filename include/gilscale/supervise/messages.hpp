#pragma once

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

/// What a worker asks about the point that it is at (see StopPolicy).
struct Question {
  Point point;  ///< with all samples so far
  double spent_s = 0;
  std::optional<StopReason> stop;  ///< why the worker's own rule would stop now
};

/// What a worker says to its front end: one JSON object in a line, on its original standard output.
///   started   python, gil          the interpreter is up and the workload is loaded
///   progress  threads, samples     a sample is finished; also the sign of life
///   point     point, benchmarks, context
///   question  point, spent_s, stop a sample is finished; is to be answered before the next one
///   found     workloads            what a file holds, when that was the question
///   finished  gil                  nothing comes after it
///   failed    failure              nor after this
namespace message {

nlohmann::json started(const std::optional<PythonInfo>& python, const GilState& gil);
nlohmann::json progress(int threads, std::size_t samples);
nlohmann::json point(const Point& point, nlohmann::json benchmarks, nlohmann::json context);
nlohmann::json question(const Question& question);
nlohmann::json found(const std::vector<FoundWorkload>& workloads);
nlohmann::json finished(const GilState& gil);
nlohmann::json failed(const Failure& failure);

/// What the front end says to a question: why to stop, or null to go on.
nlohmann::json answer(std::optional<StopReason> stop);

}  // namespace message

/// The answer in a line; StopReason::unanswered if it is none.
std::optional<StopReason> read_answer(const std::string& line);

/// Puts the messages of one worker together.
class MessageReader {
 public:
  explicit MessageReader(CaseResult& result) : result_(result) {}

  /// Takes one line. A line that is not a message becomes the case's failure.
  void take(const std::string& line);
  /// The worker has said how it ended.
  [[nodiscard]] bool complete() const { return complete_; }
  /// What the worker asks, once; nothing if it does not.
  std::optional<Question> take_question() { return std::exchange(question_, std::nullopt); }
  /// What the case is at: "2 threads, 12 samples".
  [[nodiscard]] const std::string& progress() const { return progress_; }

 private:
  void apply(const nlohmann::json& message);

  CaseResult& result_;
  bool complete_ = false;
  std::optional<Question> question_;
  std::string progress_;
};

}  // namespace gilscale
