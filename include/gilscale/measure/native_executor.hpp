#pragma once

#include <thread>
#include <utility>
#include <vector>

#include "gilscale/measure/executor.hpp"
#include "gilscale/measure/team.hpp"

namespace gilscale {

/// The control: plain C++ arithmetic on native threads, without Python, memory traffic or locks.
/// Its speedup is what the machine can give right now. One call is one fixed piece of arithmetic
/// (some tenths of a microsecond), so `calls` sets how long a round takes.
class NativeExecutor : public Executor {
 public:
  explicit NativeExecutor(Placement placement) : team_(std::move(placement)) {}
  ~NativeExecutor() override;

  double prepare(int threads) override;
  RoundTimes round(int threads, CallShare calls) override;

 private:
  void serve(Team::Member& me);

  Team team_;
  std::vector<std::thread> threads_;
};

}  // namespace gilscale
