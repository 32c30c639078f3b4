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

std::optional<HardwareCounts> HardwareReading::since(const HardwareReading& before) const {
  const auto running = static_cast<double>(running_ns - before.running_ns);
  const auto enabled = static_cast<double>(enabled_ns - before.enabled_ns);
  if (running <= 0) return std::nullopt;
  const auto counted = [&](std::size_t i) {
    return std::llround(static_cast<double>(counts.at(i) - before.counts.at(i)) * enabled /
                        running);
  };
  return HardwareCounts{counted(0), counted(1), counted(2)};
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

std::optional<HardwareReading> HardwareCounters::read() const {
  Reading reading{};
  if (files_.front() < 0 || ::read(files_.front(), &reading, sizeof reading) != sizeof reading)
    return std::nullopt;
  HardwareReading now;
  for (std::size_t i = 0; i < now.counts.size(); ++i)
    now.counts.at(i) = static_cast<std::int64_t>(reading.values.at(i));
  now.enabled_ns = static_cast<std::int64_t>(reading.enabled_ns);
  now.running_ns = static_cast<std::int64_t>(reading.running_ns);
  return now;
}

#else

const HardwareCounters::Events HardwareCounters::of_hardware{};
bool HardwareCounters::open(const Events&) { return false; }
std::optional<HardwareReading> HardwareCounters::read() const { return std::nullopt; }

#endif

void HardwareCounters::close() {
  for (int& file : files_) {
    if (file >= 0) ::close(file);
    file = -1;
  }
}

}  // namespace gilscale
