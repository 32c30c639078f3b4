#include "gilscale/judge/cause.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "gilscale/statistics/statistics.hpp"
#include "gilscale/text/counted.hpp"
#include "gilscale/text/words.hpp"

namespace gilscale {
namespace {

constexpr Words<Cause, 8> causes{{{
    {Cause::gil, "gil"},
    {Cause::lock, "lock"},
    {Cause::sharing, "sharing"},
    {Cause::memory, "memory"},
    {Cause::cpus, "cpus"},
    {Cause::io, "io"},
    {Cause::imbalance, "imbalance"},
    {Cause::unknown, "unknown"},
}}};

/// Whether rounds with open books do as timed ones do: whether their speedup is among those of nine
/// in ten samples.
bool speaks_for(std::vector<double> timed, double speedup) {
  constexpr double let_pass = 0.05;
  constexpr std::size_t part_left_out = 20;
  std::sort(timed.begin(), timed.end());
  const std::size_t ends = timed.size() / part_left_out;
  return speedup >= timed[ends] * (1 - let_pass) &&
         speedup <= timed[timed.size() - 1 - ends] * (1 + let_pass);
}

std::string duration_text(double seconds) {
  if (seconds >= 1) return fmt::format("{:.2f} s", seconds);
  if (seconds >= 1e-3) return fmt::format("{:.1f} ms", seconds * 1e3);
  return fmt::format("{:.0f} µs", seconds * 1e6);
}

std::string of_threads(double worth) {
  return worth <= 1 ? fmt::format("{:.2f} of a thread waits for", worth)
                    : fmt::format("{:.2f} threads wait for", worth);
}

const NamedWait* largest_of(WaitGroup group, const Point& point) {
  const auto found =
      std::find_if(point.waits.begin(), point.waits.end(),
                   [&](const NamedWait& wait) { return group_of(wait.kind) == group; });
  return found == point.waits.end() ? nullptr : &*found;
}

/// "0.62 of a thread waits for a mutex in codec.so!Encoder::flush (9412 waits, longest 1.8 ms)".
std::string waits_for(double worth, WaitGroup group, const Point& point) {
  const NamedWait* const largest = largest_of(group, point);
  if (!largest)
    return of_threads(worth) + (group == WaitGroup::lock ? " locks" : " input or output");
  const auto& [kind, site, python, waits, holds] = *largest;
  std::string text = fmt::format("{} {}", of_threads(worth), thing_of(kind));
  text += at_place(python, site);
  const bool has_no_name = site.find("+0x") != site.npos;
  return text + fmt::format(" ({}, longest {}{})", counted(waits.count, "wait"),
                            duration_text(waits.longest_s),
                            has_no_name ? "; build it with symbols for its name" : "");
}

/// Threads of a process take turns at its memory map. Said where page faults cost a tenth of the
/// CPU time, at the half microsecond that one takes at least.
std::string note_on_faults(const Point& point) {
  constexpr double fault_s = 0.5e-6;
  const Account all = point.ledger_parallel.value_or(Account());
  const auto faults = static_cast<double>(all.page_faults);
  if (faults * fault_s < 0.1 * all.cpu_s || all.calls <= 0) return "";
  return fmt::format(
      "; a call has {:.0f} page faults, at which threads of a process wait for one another: it may "
      "help to use memory again",
      faults / static_cast<double>(all.calls));
}

/// Where the calls could not be made in processes: the bandwidth of memory is cleared where threads
/// that want nothing else are not slowed down by as much.
std::string suspects_of(const Point& point, double factor) {
  const std::vector<double>& triads = point.ledger_samples.triad_slowdown;
  if (triads.empty()) return "memory, caches or objects that threads share";
  const double triad = median(triads);
  const bool clears = triad - 1 < (factor - 1) / 3;
  return fmt::format(
      "{} objects that threads share, since threads that only read and write memory "
      "take {:.2f} times as long",
      clears ? "caches or" : "memory, caches or", triad);
}

/// What slows calls down on their CPUs: processes share no objects, but the same machine.
NamedCause slower(const MeasuredPoint& measured, double factor) {
  constexpr double small_part = 1.0 / 3;
  const Point& point = measured.point;
  const std::string calls =
      fmt::format("calls take {:.2f} times the CPU time that they take on one thread", factor);
  const std::vector<double>& slowdowns = point.ledger_samples.process_slowdown;
  if (slowdowns.empty())
    return {
        Cause::unknown,
        fmt::format("{}, where the control gets {:.2f} of {} cores: {} (inferred)", calls,
                    measured.figures.capacity.estimate, point.threads, suspects_of(point, factor))};
  const double in_processes = median(slowdowns);
  const double part = (in_processes - 1) / (factor - 1);
  const std::string both =
      fmt::format("{}, and {:.2f} times in {} processes", calls, in_processes, point.threads);
  if (part < small_part)
    return {Cause::sharing, both +
                                ": threads write to what they share, as reference counts or "
                                "neighbours in a cache line (inferred)"};
  if (part > 1 - small_part)
    return {Cause::memory,
            both + ": the machine slows them down, by its memory, caches or hardware threads"};
  return {Cause::unknown, both + ": in part the machine does it, in part what threads share"};
}

/// Locks of CPython and of others spin for a while before a thread waits: calls are slower on a CPU
/// then, too.
std::string note_on_lock(const Stack& stack, const Point& point) {
  constexpr double let_pass = 0.02;
  if (stack.lock_wait < let_pass * point.threads) return "";
  return "; " + waits_for(stack.lock_wait, WaitGroup::lock, point);
}

/// "at 0.61 in place of 2.10 instructions in a cycle, with 3.10 times the cache misses".
std::string note_on_hardware(const Point& point) {
  const Account single = point.ledger_single.value_or(Account());
  const Account parallel = point.ledger_parallel.value_or(Account());
  const auto& one = single.ledger.hardware;
  const auto& all = parallel.ledger.hardware;
  if (!one || !all || one->cycles <= 0 || all->cycles <= 0 || single.calls <= 0 ||
      parallel.calls <= 0)
    return "";
  const auto per_cycle = [](const HardwareCounts& counts) {
    return static_cast<double>(counts.instructions) / static_cast<double>(counts.cycles);
  };
  const auto misses = [](const HardwareCounts& counts, const Account& account) {
    return static_cast<double>(counts.cache_misses) / static_cast<double>(account.calls);
  };
  return fmt::format(
      "; {:.2f} instructions in a cycle in place of {:.2f}, and {:.0f} cache misses in a call in "
      "place of {:.0f}",
      per_cycle(*all), per_cycle(*one), misses(*all, parallel), misses(*one, single));
}

double slowdown(const Point& point) {
  const Account single = point.ledger_single.value_or(Account());
  const Account parallel = point.ledger_parallel.value_or(Account());
  if (single.cpu_s <= 0 || parallel.calls <= 0) return 1;
  return parallel.cpu_s * static_cast<double>(single.calls) /
         (single.cpu_s * static_cast<double>(parallel.calls));
}

}  // namespace

std::string_view to_string(Cause cause) { return causes.word_of(cause); }

std::string at_place(const PythonPlace& python, const std::string& site) {
  std::string text;
  if (!python.file.empty())
    text = fmt::format(" at {}:{} ({})", std::filesystem::path(python.file).filename().string(),
                       python.line, python.function);
  return site.empty() ? text : text + " in " + site;
}

std::string_view thing_of(WaitKind kind) {
  switch (kind) {
    case WaitKind::gil:
      return "the GIL";
    case WaitKind::lock:
      return "a lock of Python";
    case WaitKind::mutex:
      return "a mutex";
    case WaitKind::rwlock:
      return "a lock of readers and writers";
    case WaitKind::condition:
      return "a condition";
    case WaitKind::semaphore:
      return "a semaphore";
    case WaitKind::futex:
      return "a futex";
    case WaitKind::sleep:
      return "a time to come (sleep)";
    case WaitKind::io:
      break;
  }
  return "input or output";
}

std::optional<Stack> stack_of(const MeasuredPoint& measured) {
  const Point& point = measured.point;
  if (point.threads < 2 || !point.ledger_single || !point.ledger_parallel) return std::nullopt;
  const Stack stack = stack_of_rounds(*point.ledger_single, *point.ledger_parallel, point.threads);
  if (!speaks_for(measured.values.speedup, stack.achieved)) return std::nullopt;
  return stack;
}

std::string longest_hold_of(const Point& point) {
  const Ledger ledger = point.ledger_parallel.value_or(Account()).ledger;
  if (ledger.gil_holds.count() == 0) return "";
  const std::string place = at_place(ledger.longest_hold_at, point.longest_hold_site);
  return fmt::format(", for up to {} in one piece{}{}", duration_text(ledger.gil_holds.longest_s()),
                     place.empty() ? "" : ",", place);
}

NamedCause cause_of(const Stack& stack, const MeasuredPoint& measured) {
  const Point& point = measured.point;
  const double largest = std::max({stack.gil_wait, stack.lock_wait, stack.io_wait, stack.no_cpu,
                                   stack.slower_on_cpu, stack.imbalance, stack.other});
  if (largest == stack.gil_wait)
    return {Cause::gil, of_threads(largest) + " the GIL, which is held" + longest_hold_of(point)};
  if (largest == stack.lock_wait) return {Cause::lock, waits_for(largest, WaitGroup::lock, point)};
  if (largest == stack.io_wait) return {Cause::io, waits_for(largest, WaitGroup::io, point)};
  if (largest == stack.no_cpu) return {Cause::cpus, fmt::format("{} a CPU", of_threads(largest))};
  if (largest == stack.imbalance)
    return {Cause::imbalance, fmt::format("{} the last thread to finish", of_threads(largest))};
  if (largest == stack.slower_on_cpu) {
    NamedCause cause = slower(measured, slowdown(point));
    cause.why += note_on_hardware(point) + note_on_lock(stack, point) + note_on_faults(point);
    return cause;
  }
  return {Cause::unknown, fmt::format("{} something that was not seen{}", of_threads(largest),
                                      note_on_faults(point))};
}

}  // namespace gilscale
