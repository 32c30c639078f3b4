#pragma once

#include <cstddef>
#include <vector>

namespace gilscale {

/// What the samples of one point gave: sample k holds element k of every vector. Times in seconds,
/// each the mean of the two rounds of its kind in that sample.
struct Samples {
  std::vector<double> single_s;            ///< makespan of the 1-thread round
  std::vector<double> parallel_s;          ///< makespan of the N-thread round
  std::vector<double> control_single_s;    ///< the control on 1 thread
  std::vector<double> control_parallel_s;  ///< the control on N threads
  std::vector<double> single_cpu_s;        ///< CPU time of the 1-thread round
  std::vector<double> single_runnable_s;   ///< of the 1-thread round: ready to run, but no CPU
  std::vector<double> parallel_cpu_s;      ///< CPU time of all threads of the N-thread round
  std::vector<double> handover_s;          ///< what starting and collecting an N-thread round took

  [[nodiscard]] std::size_t size() const { return parallel_s.size(); }
};

}  // namespace gilscale
