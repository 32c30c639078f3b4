#pragma once

#include "gilscale/executor.hpp"
#include "python/call_team.hpp"

namespace gilscale {

/// What executors on Python threads share; a round is theirs to define.
class PythonExecutor : public Executor {
 public:
  PythonExecutor(PythonWorkload& workload, int cpus) : team_(workload, cpus) {}

  std::optional<double> gil_demand(std::int64_t calls) override {
    if (!team_.shares_gil()) return std::nullopt;
    team_.keep_ledger(true);
    const RoundTimes times = round(1, calls);
    team_.keep_ledger(false);
    return team_.gil_demand(times);
  }

 protected:
  CallTeam team_;
};

}  // namespace gilscale
