#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "gilscale/measure/point.hpp"

namespace gilscale {

/// What every sample of a point takes, in seconds.
struct Rounds {
  double single_s = 1;
  double parallel_s = 1;
  double control_single_s = 1;
  double control_parallel_s = 1;
  double cpu_share = 1;   ///< of the 1-thread round, and of each thread of the N-thread round
  double runnable_s = 0;  ///< of the 1-thread round
  /// The part of parallel_s and of control_parallel_s that the last thread waited for a CPU.
  double parallel_delay_s = 0;
  double control_delay_s = 0;
};

inline void add_sample(Point& point, const Rounds& rounds) {
  Samples& samples = point.samples;
  samples.single_s.push_back(rounds.single_s);
  samples.parallel_s.push_back(rounds.parallel_s);
  samples.control_single_s.push_back(rounds.control_single_s);
  samples.control_parallel_s.push_back(rounds.control_parallel_s);
  samples.control_cpu_s.push_back(rounds.control_single_s);
  samples.single_cpu_s.push_back(rounds.single_s * rounds.cpu_share);
  samples.single_runnable_s.push_back(rounds.runnable_s);
  samples.parallel_wall_s.push_back(rounds.parallel_s * point.threads);
  samples.parallel_cpu_s.push_back(rounds.single_s * rounds.cpu_share * point.threads);
  samples.parallel_runnable_s.push_back(0);
  samples.single_undelayed_s.push_back(rounds.single_s - rounds.runnable_s);
  samples.parallel_undelayed_s.push_back(rounds.parallel_s - rounds.parallel_delay_s);
  samples.control_single_undelayed_s.push_back(rounds.control_single_s);
  samples.control_parallel_undelayed_s.push_back(rounds.control_parallel_s -
                                                 rounds.control_delay_s);
  samples.spread_s.push_back(0);
  samples.handover_s.push_back(0);
  samples.block.push_back(static_cast<double>(samples.block.size()));
  samples.launch.push_back(0);
  samples.dispatched_s.push_back(0);
  samples.dispatch_s.push_back(0);
}

/// A point whose samples are all the same.
inline Point steady_point(int threads, const Rounds& rounds, std::size_t samples = 16) {
  Point point;
  point.threads = threads;
  for (std::size_t i = 0; i < samples; ++i) add_sample(point, rounds);
  return point;
}

}  // namespace gilscale
