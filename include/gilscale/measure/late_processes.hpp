#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "gilscale/measure/executor.hpp"

namespace gilscale {

/// Makes an executor that runs a workload in processes; it calls `while_waiting` some times in a
/// second while it waits for them.
using MakeProcesses =
    std::function<std::unique_ptr<Executor>(const std::function<void()>& while_waiting)>;

/// A workload in processes, made when it is first asked for. Between rounds the processes are
/// stopped (SIGSTOP), since they may have threads that spin. Throws UnavailableError, and ends
/// them, where they take more memory than half of what is free, or keep a caller waiting for longer
/// than `longest_wait`; it ends them where they fail, too.
class LateProcesses : public Executor {
 public:
  /// `beat` is called while it waits, as a sign of life.
  LateProcesses(MakeProcesses make, std::function<void()> beat,
                std::chrono::milliseconds longest_wait = std::chrono::seconds(20));
  ~LateProcesses() override;

  double prepare(int threads) override;
  RoundTimes round(int threads, CallShare calls) override;

 private:
  template <typename Result>
  Result awake(const std::function<Result()>& work);
  void signal_all(int signal) const;
  void wait() const;

  MakeProcesses make_;
  std::function<void()> beat_;
  std::chrono::milliseconds longest_wait_;
  std::unique_ptr<Executor> made_;
  std::chrono::steady_clock::time_point began_{};
};

}  // namespace gilscale
