#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gilscale/ledger/ledger.hpp"
#include "gilscale/measure/executor.hpp"

namespace gilscale {

/// What ledger rounds of one kind told, summed over them.
struct Account {
  std::int64_t rounds = 0;
  std::int64_t calls = 0;  ///< of all threads
  double makespan_s = 0;
  double wall_s = 0;  ///< of all threads, each until its own finish
  double cpu_s = 0;
  double runnable_s = 0;
  std::int64_t page_faults = 0;
  std::int64_t switches = 0;
  std::int64_t forced_switches = 0;
  Ledger ledger;

  void add(const LedgerRound& round, std::int64_t calls_of_all);
  void add(const Account& others);
};

/// Of sums that may be empty.
template <typename Sum>
void add_to(std::optional<Sum>& sum, const std::optional<Sum>& more) {
  if (!more) return;
  if (!sum) sum.emplace();
  sum->add(*more);
}

/// What rounds besides the timed ones told, in the order of time. Of each pair of ledger rounds:
/// parts of its stack, in threads' worth, and holds of the GIL in its N-thread round.
struct LedgerSamples {
  std::vector<double> gil_wait;
  std::vector<double> lock_wait;
  std::vector<double> gil_hold_p99_s;
  std::vector<double> gil_hold_max_s;
  /// The CPU time of a call in N processes over that in one, where threads are slower on their
  /// CPUs: processes share no objects. Not of every pair.
  std::vector<double> process_slowdown;
  /// See triad_slowdown(); where the calls cannot be made in processes.
  std::vector<double> triad_slowdown;
  /// Of each round beside which a thread wanted the GIL now and then; not one for each pair.
  std::vector<double> bystander_p99_s;

  [[nodiscard]] std::size_t size() const { return gil_hold_max_s.size(); }

  /// Calls `visit` with the pointer to each of the vectors above.
  template <typename Visit>
  static void for_each_member(Visit visit) {
    for (const auto member :
         {&LedgerSamples::gil_wait, &LedgerSamples::lock_wait, &LedgerSamples::gil_hold_p99_s,
          &LedgerSamples::gil_hold_max_s, &LedgerSamples::process_slowdown,
          &LedgerSamples::triad_slowdown, &LedgerSamples::bystander_p99_s})
      visit(member);
  }
};

/// Waits or holds of one kind at one place, by name.
struct NamedWait {
  WaitKind kind = WaitKind::gil;
  std::string site;  ///< "codec.so!Encoder::flush"; empty if it is not known
  PythonPlace python;
  WaitTotal waits;
  /// Of the one lock that they were for, in rounds of one thread; none where that is not known.
  WaitTotal holds = {};

  [[nodiscard]] bool is_where(const NamedWait& other) const {
    return kind == other.kind && site == other.site && python == other.python;
  }
  void add(const NamedWait& more) {
    waits.add(more.waits);
    holds.add(more.holds);
  }
};

/// Sorts them, the largest total first, and leaves the small ones out.
void keep_largest(std::vector<NamedWait>& waits);

}  // namespace gilscale
