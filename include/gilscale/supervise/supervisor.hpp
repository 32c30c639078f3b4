#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gilscale/model/result.hpp"
#include "gilscale/supervise/messages.hpp"

namespace gilscale {

/// Who hears of a worker while it runs.
class WorkerListener {
 public:
  virtual ~WorkerListener() = default;
  /// "2 threads, 12 samples"
  virtual void on_progress(const std::string& text) = 0;
  /// What the measured code (or a crash handler) wrote to standard error or output.
  virtual void on_output(std::string_view text) = 0;
};

/// A worker process that measures one case. Whatever happens to it (exception, signal, exit,
/// silence for longer than `timeout_s`, interrupt) becomes the result's failure; points measured
/// before stay. No process of its group is left behind; should this process be killed, the worker
/// notices the end of its standard input and goes too.
///
/// Create one, then watch() it and answer() until it asks no more; take_result() ends it.
class Worker {
 public:
  /// `command` starts it.
  Worker(const Case& planned, const std::vector<std::string>& command, double timeout_s,
         WorkerListener& listener);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Waits until it asks whether to go on, or has ended: then there is no question.
  std::optional<Question> watch();
  /// Why to stop sampling the point, or nothing to go on. Only after a question.
  void answer(std::optional<StopReason> stop);
  /// What is known so far.
  [[nodiscard]] const CaseResult& result() const;
  CaseResult take_result();

 private:
  class Watch;
  std::unique_ptr<Watch> watch_;
};

/// What to say to a question about a case of which so much is known.
using Decider =
    std::function<std::optional<StopReason>(const CaseResult& so_far, const Question& question)>;

/// Measures one case in a worker process of its own and waits for its end. Without `answers`, the
/// worker's own rule is right.
CaseResult run_case(const Case& planned, const std::vector<std::string>& command, double timeout_s,
                    WorkerListener& listener, const Decider& answers = {});

}  // namespace gilscale
