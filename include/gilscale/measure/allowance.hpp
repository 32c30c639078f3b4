#pragma once

#include <cstddef>
#include <vector>

#include "gilscale/measure/samples.hpp"
#include "gilscale/statistics/statistics.hpp"

namespace gilscale {

struct Point;

/// A sample is disturbed when the control got less than this share of the capacity that a quarter
/// of the point's samples reached.
inline constexpr double disturbed_below = 0.75;

/// The control counts as delayed from this share of its makespan that it waited for CPUs: less is
/// what threads wait for one another when they are woken.
inline constexpr double delayed_from = 0.02;

/// What the machine allowed N threads of a workload. Speedups are of N threads over one.
struct Allowance {
  double capacity = 1;            ///< the control's speedup, median
  double undelayed_capacity = 1;  ///< the same without what its threads waited for CPUs
  double cpu_share = 1;           ///< of a 1-thread call, over that of the control
  double achievable = 1;          ///< by that capacity and share
  double achievable_low = 1;      ///< the least that code without any fault may do
  bool bound_by_cpus = true;      ///< fewer cores would make it slower
  bool delayed = false;           ///< other processes kept the control waiting for CPUs
};

/// The allowance as the samples added so far tell it.
class AllowanceSoFar {
 public:
  explicit AllowanceSoFar(const Point& point);

  void add(const Samples& samples, std::size_t place);
  [[nodiscard]] std::size_t size() const { return capacities_.size(); }
  /// There must be a sample.
  [[nodiscard]] Allowance allowance() const;
  /// Whether that capacity is of a disturbed sample; there must be one before it.
  [[nodiscard]] bool is_disturbed(double capacity) const {
    return capacity < disturbed_below * capacities_.upper_quartile();
  }

 private:
  int threads_;
  int control_threads_;
  bool oversubscribed_;
  bool disturbs_control_;
  OrderedValues capacities_;
  OrderedValues undelayed_capacities_;
  OrderedValues undelayed_shares_;  ///< of the control's makespan on N threads
  OrderedValues cpu_shares_;        ///< of the 1-thread round
  double control_cpu_s_ = 0;
  double control_undelayed_s_ = 0;
};

/// The control's speedup in one sample, and the same without what its threads waited for CPUs.
double capacity_of(const Samples& samples, std::size_t place, int control_threads);
double undelayed_capacity_of(const Samples& samples, std::size_t place, int control_threads);

/// The share of a 1-thread call that is spent on a CPU, sample by sample: where some samples waited
/// for one, medians of the parts do not belong to one another. Over that of the control in the same
/// samples, which only computes: what it lacks was stolen from the machine, and is no waiting.
std::vector<double> cpu_shares(const Samples& samples);

/// The relative efficiency of a sample, S(N)/A(N). Where cores are the bound, the speedup is
/// divided by the capacity of the same sample and then brought to the level of the achievable
/// speedup; taking min(N, C/u) sample by sample would cut off only the upper half of the control's
/// noise, and so flatter the result. Without delay: without what threads waited for CPUs. Beside
/// busy processes, which thread of which round loses its CPU, and for how long, is by far the
/// largest noise.
double relative_efficiency_of(const Point& point, std::size_t place, const Allowance& allowed,
                              bool without_delay);

/// The throughput speedup of a sample, N·T(1)/t, with t the mean of the threads' times to their own
/// finish in place of the last one's. It is what threads gain, apart from how unevenly they finish:
/// of many threads the last is late by chance alone.
double throughput_speedup_of(const Point& point, std::size_t place);

/// That over A(N), as relative_efficiency_of() is.
double throughput_efficiency_of(const Point& point, std::size_t place, const Allowance& allowed,
                                bool without_delay);

/// A sample against the bar that the samples before it set, so that no sample takes part in setting
/// the bar by which it is judged.
struct SequentialEfficiency {
  bool delayed = false;    ///< what threads waited for CPUs is left out
  bool disturbed = false;  ///< only where cores are the bound
  double over_most = 1;    ///< S/A, the relative efficiency
  double over_least = 1;   ///< S/A_low
  // For blame, which needs both speedups; that of the throughput is the larger one.
  double throughput_over_least = 1;
  double throughput_as_it_was = 1;  ///< with all that threads waited for CPUs
  double of_turns = 1;              ///< what S/A is for threads that take turns, whose speedup is 1
  double share_of_least = 1;        ///< A_low/N
};

/// Of each sample but the first, in the order of time.
std::vector<SequentialEfficiency> sequential_efficiencies(const Point& point);

}  // namespace gilscale
