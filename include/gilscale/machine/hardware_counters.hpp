#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace gilscale {

/// What a thread's CPUs counted while they ran its own code, not that of the system.
struct HardwareCounts {
  std::int64_t cycles = 0;
  std::int64_t instructions = 0;
  std::int64_t cache_misses = 0;  ///< of the last cache, as the processor defines it

  void add(const HardwareCounts& others);
};

/// What counters show at one moment.
struct HardwareReading {
  std::array<std::int64_t, 3> counts{};  ///< in the order of HardwareCounts
  std::int64_t enabled_ns = 0;
  std::int64_t running_ns = 0;

  /// Where the processor has fewer counters than are asked of it, it counts now and then, and this
  /// is a guess from the time for which it did. None if it did not at all.
  [[nodiscard]] std::optional<HardwareCounts> since(const HardwareReading& before) const;
};

/// Counters of the calling thread, by perf_event_open(2) of Linux. Many systems do not allow it, or
/// have none: virtual machines, containers, kernel.perf_event_paranoid above 2.
class HardwareCounters {
 public:
  /// As perf_event_open(2) has them: type and number.
  struct Event {
    std::uint32_t type;
    std::uint64_t number;
  };
  using Events = std::array<Event, 3>;
  /// Cycles, instructions, cache misses.
  static const Events of_hardware;

  /// Begins to count, in the order of HardwareCounts. False if that is not possible; nothing is
  /// left open then.
  bool open(const Events& events = of_hardware);
  /// None if nothing counts.
  [[nodiscard]] std::optional<HardwareReading> read() const;
  void close();

 private:
  std::array<int, 3> files_{-1, -1, -1};  ///< the first one leads the group
};

}  // namespace gilscale
