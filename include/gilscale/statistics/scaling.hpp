#pragma once

#include "gilscale/statistics/estimate.hpp"

namespace gilscale {

/// Weak scaling: every thread makes the same calls, so N threads do N times the work.
/// N·T(1)/T(N); times in any one unit.
double weak_speedup(int threads, double single, double parallel);

/// The share of a call that is spent on a CPU, in (0, 1]: `cpu` over `wall` time of a 1-thread
/// round, in one unit. Time for which the thread was `runnable` but other processes had the CPU is
/// no waiting of the workload's, and is left out. Clock granularity can push the quotient past 1;
/// it is clamped.
double cpu_share(double cpu, double wall, double runnable = 0);

/// What a call costs whatever the machine's speed is: what it waits, and how much it computes, in
/// calls of the control.
struct CallCost {
  double waiting_s = 0;
  double computing_calls = 0;

  /// What the call takes while the machine is as fast as it is when the control takes `control_s`.
  [[nodiscard]] double at_speed(double control_s) const {
    return waiting_s + computing_calls * control_s;
  }
};

/// Of a call of `call_s` beside which the control took `control_s`; only the share that computes
/// depends on the machine's speed.
CallCost call_cost(double call_s, double cpu_share, double control_s);

/// The speedup that this machine can give N threads that spend `cpu_share` of their time computing,
/// when it gives plain arithmetic `capacity` cores: min(N, capacity / share). Computing is bound by
/// the cores there are, waiting is not.
double achievable_speedup(int threads, double capacity, double cpu_share);

/// The least that code without any fault may do there: N/(u·max(N/C, 1) + 1 − u), u the share and C
/// the capacity. Then every stretch of computing has to queue for a CPU, and no waiting of one
/// thread coincides with computing of another. For CPUs that are shared evenly by those that
/// compute, as a scheduler does over longer rounds. Asymptotic bounds (Denning & Buzen, "The
/// Operational Analysis of Queueing Network Models", ACM Computing Surveys 10(3), 1978). The same
/// as achievable_speedup() for calls that only compute, or only wait, or where no CPU is missing.
double achievable_speedup_low(int threads, double capacity, double cpu_share);

/// The experimentally determined serial fraction (1/S − 1/N)/(1 − 1/N) of Karp & Flatt, "Measuring
/// Parallel Processor Performance", CACM 33(5), 1990. Needs N ≥ 2; 0 is perfect, 1 is serial, above
/// 1 means that more threads are slower.
double karp_flatt(int threads, double speedup);

/// The speedup of N threads where that fraction of the work is serial, 1 / (f + (1 − f)/N) (Amdahl,
/// AFIPS 1967): what karp_flatt() undoes. `threads` >= 1.
double amdahl(int threads, double serial_fraction);

}  // namespace gilscale
