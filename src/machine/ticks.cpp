#include "gilscale/machine/ticks.hpp"

#include <ctime>

#if defined(__x86_64__)
#include <cpuid.h>
#include <x86intrin.h>
#endif

namespace gilscale {
namespace {

std::int64_t monotonic_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

#if defined(__x86_64__)
/// "Invariant TSC": Intel's and AMD's manuals, CPUID leaf 0x80000007, bit 8 of EDX.
bool counter_runs_at_one_rate() {
  unsigned a = 0;
  unsigned b = 0;
  unsigned c = 0;
  unsigned d = 0;
  constexpr unsigned power_management = 0x80000007;
  constexpr unsigned invariant = 1U << 8;
  return __get_cpuid(power_management, &a, &b, &c, &d) != 0 && (d & invariant) != 0;
}

const bool has_counter = counter_runs_at_one_rate();
#endif

}  // namespace

std::int64_t ticks() {
#if defined(__x86_64__)
  if (has_counter) return static_cast<std::int64_t>(__rdtsc());
#endif
  return monotonic_ns();
}

namespace {

/// Both clocks at one moment, as near as some tries come: a thread may lose its CPU in between.
struct Moment {
  std::int64_t ticks = 0;
  std::int64_t nanoseconds = 0;

  static Moment now() {
    constexpr int tries = 5;
    Moment best;
    std::int64_t shortest = 0;
    for (int i = 0; i < tries; ++i) {
      const std::int64_t before = gilscale::ticks();
      const std::int64_t nanoseconds = monotonic_ns();
      const std::int64_t took = gilscale::ticks() - before;
      if (i > 0 && took >= shortest) continue;
      shortest = took;
      best = {before + took / 2, nanoseconds};
    }
    return best;
  }
};

}  // namespace

TickRate::TickRate() {
  const Moment now = Moment::now();
  ticks_ = now.ticks;
  nanoseconds_ = now.nanoseconds;
}

double TickRate::seconds_per_tick() const {
  const Moment now = Moment::now();
  const std::int64_t passed = now.ticks - ticks_;
  const auto passed_ns = static_cast<double>(now.nanoseconds - nanoseconds_);
  return passed > 0 ? passed_ns * 1e-9 / static_cast<double>(passed) : 0;
}

}  // namespace gilscale
