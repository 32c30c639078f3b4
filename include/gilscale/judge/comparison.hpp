#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gilscale/judge/report.hpp"
#include "gilscale/statistics/estimate.hpp"

namespace gilscale {

// What cases say beside one another that none of them says alone.

/// A workload measured with several values of one numeric parameter, all else the same.
struct ParameterCurve {
  struct Entry {
    double value = 0;
    std::string text;  ///< the value as it was written
    Estimate speedup;
  };

  std::string label;  ///< without the parameter
  std::string parameter;
  int threads = 1;             ///< the largest count that had CPUs at every value
  std::vector<Entry> entries;  ///< ascending

  /// Break-even: the smallest value from which on the threads beat one by 5 % or more (the
  /// lower end of the speedup's interval is above 1.05). None if they do not at the largest value.
  [[nodiscard]] std::optional<double> break_even() const;
};

/// One curve for each parameter of two or more values, in the order of the cases.
std::vector<ParameterCurve> parameter_curves(const Report& report);

/// What it costs that threads share their arguments (--share both).
struct SharingCost {
  std::string label;
  int threads = 1;
  Estimate shared;  ///< speedup with one set of arguments for all threads
  Estimate own;     ///< speedup with a set for each
  Estimate kept;    ///< the one over the other, in common blocks

  /// The interval of what is kept is on one side of 1.
  [[nodiscard]] bool differs() const { return kept.high < 1 || kept.low > 1; }
  /// The share of the speedup that is lost by sharing; negative if sharing is better.
  [[nodiscard]] double lost() const { return 1 - kept.estimate; }
};

/// For every workload that was measured both ways, at the largest count of threads.
std::vector<SharingCost> sharing_costs(const Report& report);

/// One workload on several executors, or in several Pythons.
struct ExecutorComparison {
  struct Entry {
    /// "pool"; "pool, own arguments" with --share none; "pool, GIL off"; "pool, 3.13t"; "3.13t"
    /// where the executor is the same for all.
    std::string executor;
    int threads = 1;
    Estimate throughput_per_s;
    double speedup = 1;
    double start_s = 0;
    std::optional<std::int64_t> memory_bytes;
  };

  /// Who clearly makes more calls per second than all others in the same moments; more than one
  /// where these cannot be told apart.
  struct Winner {
    std::vector<std::string> executors;  ///< the best first
    int from_threads = 1;                ///< and at every larger count that was measured
    std::string next;                    ///< the first behind them at the largest count
    Estimate factor;                     ///< the best over the next, at the largest count
  };

  std::string label;
  bool of_pythons = false;     ///< what differs is the Python, and perhaps its GIL
  std::vector<Entry> entries;  ///< at the largest count of threads
  /// Else the machine gave somebody too few at that count to say that he is behind.
  bool had_cores = true;
  std::optional<Winner> winner;
};

/// For every workload that was measured on two executors of Python or more, in two Pythons or more,
/// or with and without the GIL.
std::vector<ExecutorComparison> executor_comparisons(const Report& report);

/// What one workload does in one Python, beside the other Pythons.
struct PythonCell {
  const JudgedCase* judged;
  std::optional<Estimate> speedup;          ///< at the row's threads
  std::optional<Estimate> single_relative;  ///< one thread's call, over the row's fastest one
};

/// One workload on one executor.
struct PythonRow {
  std::string label;
  int threads = 1;  ///< the largest count that all have in common; 1: none
  /// One for each column; none where that Python has no such case.
  std::vector<std::optional<PythonCell>> cells;
};

/// Workloads by Pythons (and what was asked of their GIL).
struct PythonMatrix {
  std::vector<std::string> columns;  ///< "3.12", "3.13t, GIL off"
  std::vector<PythonRow> rows;
};

/// Empty where there is one Python.
PythonMatrix python_matrix(const Report& report);

/// A case's call on one thread beside those of the others.
struct SingleThreadCost {
  std::string label;
  double call_s = 0;  ///< at one speed of the machine for all, see CallCost
  Estimate relative;  ///< to the fastest of all, in the same moments
};

/// Of all cases that ran Python, place by place, in their order; relative to the fastest of a
/// place.
std::vector<SingleThreadCost> single_thread_costs(const Report& report);

}  // namespace gilscale
