#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gilscale/result.hpp"

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

/// Measures one case in a worker process of its own and waits for its end. Whatever happens to the
/// worker (exception, signal, exit, silence for longer than `timeout_s`, interrupt) becomes the
/// result's failure; points measured before stay. No process of the worker's group is left behind;
/// should this process be killed, the worker notices the end of its standard input and goes too.
/// `command` starts the worker.
CaseResult run_case(const Case& planned, const std::vector<std::string>& command, double timeout_s,
                    WorkerListener& listener);

}  // namespace gilscale
