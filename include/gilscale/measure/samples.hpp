#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace gilscale {

/// What the samples of one point gave: sample k holds element k of every vector. Times in seconds.
struct Samples {
  std::vector<double> single_s;            ///< makespan of the 1-thread round
  std::vector<double> parallel_s;          ///< makespan of the N-thread round
  std::vector<double> control_single_s;    ///< the control on 1 thread
  std::vector<double> control_parallel_s;  ///< the control on N threads
  std::vector<double> control_cpu_s;       ///< CPU time of the control on 1 thread
  std::vector<double> single_cpu_s;        ///< CPU time of the 1-thread round
  std::vector<double> single_runnable_s;   ///< of the 1-thread round: ready to run, but no CPU
  std::vector<double>
      parallel_wall_s;  ///< from start to own finish, all threads of the N-thread round
  std::vector<double> parallel_cpu_s;       ///< CPU time, all threads of the N-thread round
  std::vector<double> parallel_runnable_s;  ///< ready to run, but no CPU; the same threads
  // The same makespans as if no thread had ever waited for a CPU; see RoundTimes::undelayed_s.
  std::vector<double> single_undelayed_s;
  std::vector<double> parallel_undelayed_s;
  std::vector<double> control_single_undelayed_s;
  std::vector<double> control_parallel_undelayed_s;
  std::vector<double> spread_s;    ///< from the first to the last finish in the N-thread round
  std::vector<double> handover_s;  ///< what starting and collecting an N-thread round took
  // Of executors that tasks are submitted to; 0 for others.
  std::vector<double>
      dispatched_s;                ///< N tasks, from the first one's submission to the last result
  std::vector<double> dispatch_s;  ///< the same of N tasks that do nothing, for each task
  /// The number of its block: what other cases and thread counts have in the same block was taken
  /// in the same moments.
  std::vector<double> block;
  /// The number of the process that took it, where several measured a case; from 0.
  std::vector<double> launch;

  [[nodiscard]] std::size_t size() const { return parallel_s.size(); }

  /// Calls `visit` with the pointer to each of the vectors above.
  template <typename Visit>
  static void for_each_member(Visit visit) {
    for (const auto member : {&Samples::single_s,
                              &Samples::parallel_s,
                              &Samples::control_single_s,
                              &Samples::control_parallel_s,
                              &Samples::control_cpu_s,
                              &Samples::single_cpu_s,
                              &Samples::single_runnable_s,
                              &Samples::parallel_wall_s,
                              &Samples::parallel_cpu_s,
                              &Samples::parallel_runnable_s,
                              &Samples::single_undelayed_s,
                              &Samples::parallel_undelayed_s,
                              &Samples::control_single_undelayed_s,
                              &Samples::control_parallel_undelayed_s,
                              &Samples::spread_s,
                              &Samples::handover_s,
                              &Samples::dispatched_s,
                              &Samples::dispatch_s,
                              &Samples::block,
                              &Samples::launch})
      visit(member);
  }
};

/// The samples at these places, in that order.
inline Samples samples_at(const Samples& samples, std::span<const std::size_t> places) {
  Samples chosen;
  Samples::for_each_member([&](auto member) {
    (chosen.*member).reserve(places.size());
    for (const std::size_t place : places) (chosen.*member).push_back((samples.*member)[place]);
  });
  return chosen;
}

// The same of all that has series of figures in the order of time, and for_each_member().

/// Adds what was measured later.
template <typename Series>
void append(Series& series, const Series& later) {
  Series::for_each_member([&](auto member) {
    std::vector<double>& values = series.*member;
    values.insert(values.end(), (later.*member).begin(), (later.*member).end());
  });
}

/// The first `count` figures of each; all of them if there are fewer.
template <typename Series>
Series first_of(const Series& series, std::size_t count) {
  Series first;
  Series::for_each_member([&](auto member) {
    const std::vector<double>& values = series.*member;
    const auto n = static_cast<std::ptrdiff_t>(std::min(count, values.size()));
    (first.*member).assign(values.begin(), values.begin() + n);
  });
  return first;
}

}  // namespace gilscale
