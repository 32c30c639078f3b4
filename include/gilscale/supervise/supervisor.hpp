#pragma once

#include <cstdint>
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

/// A case and the command that starts its worker.
struct Launch {
  Case planned;
  std::vector<std::string> command;
};

/// A worker process that measures one case. Whatever happens to it (exception, signal, exit,
/// silence for longer than `timeout_s`, interrupt) becomes the result's failure; points measured
/// before stay. No process of its group is left behind; should this process be killed, the worker
/// notices the end of its standard input and goes too.
///
/// Create one, have it take() samples and stop() its points, then finish(); or only finish(), where
/// it is asked for something else. Once it has failed, it has nothing more to say. After an
/// interrupt only finish() is right. Destroying it ends it.
class Worker {
 public:
  Worker(const Launch& launch, double timeout_s, WorkerListener& listener);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// One sample more of the point with so many threads; nothing if it has failed, or there was an
  /// interrupt. The point's first sample has rounds like those of another worker, if there is one.
  std::optional<Question> take(int threads, std::int64_t block,
                               const std::optional<RoundCounts>& like = {});
  /// The point needs no more samples. True if another repetition of it begins.
  bool stop(int threads, std::optional<StopReason> reason);
  /// Waits for what it has to say at its end; not after an interrupt. Points that were not finished
  /// are kept.
  void finish();
  /// Between two samples: all its threads and processes stand still.
  void pause();
  void resume();

  [[nodiscard]] bool failed() const { return result().failure.has_value(); }
  /// What is known so far.
  [[nodiscard]] const CaseResult& result() const;
  CaseResult take_result();

 private:
  class Watch;
  std::unique_ptr<Watch> watch_;
};

}  // namespace gilscale
