#include "gilscale/statistics/scaling.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace gilscale {
double weak_speedup(int threads, double single, double parallel) {
  return threads * single / parallel;
}

double cpu_share(double cpu, double wall, double runnable) {
  // A share of exactly 0 would make "achievable" a division by zero; a clock tick is as little.
  constexpr double least = 1e-6;
  return std::clamp(cpu / std::max(wall - runnable, cpu), least, 1.0);
}

CallCost call_cost(double call_s, double cpu_share, double control_s) {
  return {call_s * (1 - cpu_share), call_s * cpu_share / control_s};
}

double achievable_speedup(int threads, double capacity, double cpu_share) {
  return std::min(static_cast<double>(threads), capacity / cpu_share);
}

double achievable_speedup_low(int threads, double capacity, double cpu_share) {
  const double threads_for_each_cpu = std::max(threads / capacity, 1.0);
  return threads / (cpu_share * threads_for_each_cpu + 1 - cpu_share);
}

double karp_flatt(int threads, double speedup) {
  assert(threads >= 2);
  const double share_of_each = 1.0 / threads;
  return (1 / speedup - share_of_each) / (1 - share_of_each);
}

double amdahl(int threads, double serial_fraction) {
  return 1 / (serial_fraction + (1 - serial_fraction) / threads);
}

}  // namespace gilscale
