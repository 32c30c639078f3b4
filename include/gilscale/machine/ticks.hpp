#pragma once

#include <cstdint>

namespace gilscale {

/// A clock that is read in some 10 ns: the processor's time stamp counter where that runs at one
/// rate on all cores, else CLOCK_MONOTONIC in nanoseconds (63 ns on a virtual machine without vDSO
/// for it). Its unit is found by TickRate.
std::int64_t ticks();

/// What a tick is, over a stretch of time that should be long against a microsecond.
class TickRate {
 public:
  /// The stretch begins.
  TickRate();
  /// It ends: seconds per tick.
  [[nodiscard]] double seconds_per_tick() const;

 private:
  std::int64_t ticks_ = 0;
  std::int64_t nanoseconds_ = 0;
};

}  // namespace gilscale
