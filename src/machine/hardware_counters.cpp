#include "gilscale/machine/hardware_counters.hpp"

#ifdef __linux__
#include <linux/perf_event.h>
#include <sys/syscall.h>
#endif
#include <unistd.h>

#include <cmath>
#include <cstring>

namespace gilscale {

void HardwareCounts::add(const HardwareCounts& others) {
  cycles += others.cycles;
  instructions += others.instructions;
  cache_misses += others.cache_misses;
}

HardwareCounts HardwareCounts::since(const HardwareCounts& before) const {
  return {cycles - before.cycles, instructions - before.instructions,
          cache_misses - before.cache_misses};
}

#ifdef __linux__

namespace {

/// -1 if it is not allowed, or there is none.
int open_counter(const HardwareCounters::Event& event, int group) {
  perf_event_attr attributes;
  std::memset(&attributes, 0, sizeof attributes);
  attributes.size = sizeof attributes;
  attributes.type = event.type;
  attributes.config = event.number;
  attributes.exclude_kernel = 1;
  attributes.exclude_hv = 1;
  attributes.read_format =
      PERF_FORMAT_GROUP | PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
  constexpr pid_t this_thread = 0;
  constexpr int any_cpu = -1;
  return static_cast<int>(
      syscall(SYS_perf_event_open, &attributes, this_thread, any_cpu, group, PERF_FLAG_FD_CLOEXEC));
}

/// As the group's leader is read.
struct Reading {
  std::uint64_t count;
  std::uint64_t enabled_ns;
  std::uint64_t running_ns;
  std::array<std::uint64_t, 3> values;
};

}  // namespace

const HardwareCounters::Events HardwareCounters::of_hardware{
    {{PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES},
     {PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS},
     {PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES}}};

bool HardwareCounters::open(const Events& events) {
  close();
  for (std::size_t i = 0; i < events.size(); ++i) {
    files_.at(i) = open_counter(events.at(i), files_.front());
    if (files_.at(i) >= 0) continue;
    close();
    return false;
  }
  return true;
}

std::optional<HardwareCounts> HardwareCounters::read() const {
  Reading reading{};
  if (files_.front() < 0 || ::read(files_.front(), &reading, sizeof reading) != sizeof reading ||
      reading.running_ns == 0)
    return std::nullopt;
  const double part =
      static_cast<double>(reading.running_ns) / static_cast<double>(reading.enabled_ns);
  const auto whole = [&](std::uint64_t value) {
    return std::llround(static_cast<double>(value) / part);
  };
  return HardwareCounts{whole(reading.values[0]), whole(reading.values[1]),
                        whole(reading.values[2])};
}

#else

const HardwareCounters::Events HardwareCounters::of_hardware{};
bool HardwareCounters::open(const Events&) { return false; }
std::optional<HardwareCounts> HardwareCounters::read() const { return std::nullopt; }

#endif

void HardwareCounters::close() {
  for (int& file : files_) {
    if (file >= 0) ::close(file);
    file = -1;
  }
}

}  // namespace gilscale
