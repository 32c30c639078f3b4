#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gilscale/machine/hardware_counters.hpp"
#include "gilscale/statistics/durations.hpp"

namespace gilscale {

/// What a thread can wait for.
enum class WaitKind : std::uint8_t {
  gil,        ///< to attach to Python
  lock,       ///< of Python's own: threading.Lock and its relatives, a lock of an object
  mutex,      ///< pthread_mutex_t, std::mutex
  rwlock,     ///< pthread_rwlock_t, std::shared_mutex
  condition,  ///< pthread_cond_t, std::condition_variable
  semaphore,  ///< sem_t
  futex,      ///< the system call: Rust's standard library and parking_lot, std::atomic::wait
  sleep,      ///< until a time
  io,         ///< files, sockets, pipes
};
inline constexpr std::size_t wait_kinds = 9;

/// "gil", "lock", ...
std::string_view to_string(WaitKind kind);
/// The kind of that word; io for any other.
WaitKind wait_kind_of(std::string_view word);

/// Stretches of one kind: waits, or holds of a lock.
struct WaitTotal {
  std::int64_t count = 0;
  double total_s = 0;
  double longest_s = 0;

  void add(const WaitTotal& others);
};

/// A line of Python code; its file is empty where there is none.
struct PythonPlace {
  std::string file;
  std::string function;
  int line = 0;

  friend bool operator==(const PythonPlace&, const PythonPlace&) = default;
};

/// Waits of one kind at one place.
struct WaitSite {
  WaitKind kind = WaitKind::gil;
  /// Return addresses, innermost first; none: all places for which there was no room.
  std::vector<std::uintptr_t> frames;
  PythonPlace python;
  WaitTotal waits;
  /// The address of the lock that all of them were for; one_of_several; 0: none, or not known.
  std::intptr_t lock = 0;

  [[nodiscard]] bool is_where(const WaitSite& other) const {
    return kind == other.kind && frames == other.frames && python == other.python;
  }
  void add(const WaitSite& more);
};

inline constexpr std::intptr_t one_of_several = -1;
/// Of waits for one lock and for another.
std::intptr_t lock_of_both(std::intptr_t one, std::intptr_t other);

/// How often, and how long, one lock was held.
struct LockHolds {
  std::intptr_t lock = 0;
  WaitTotal holds;
};

/// Adds waits to those of the same kind at the same place (Site::is_where()).
template <typename Site>
void add_to(std::vector<Site>& sites, const Site& more) {
  const auto same = std::find_if(sites.begin(), sites.end(),
                                 [&](const Site& each) { return each.is_where(more); });
  if (same == sites.end())
    sites.push_back(more);
  else
    same->add(more);
}

/// The largest total first.
template <typename Site>
void sort_by_total(std::vector<Site>& sites) {
  std::stable_sort(sites.begin(), sites.end(),
                   [](const Site& a, const Site& b) { return a.waits.total_s > b.waits.total_s; });
}

/// What the threads of rounds did while the books were open. Times in seconds, summed over threads.
struct Ledger {
  /// Every acquisition and release of the GIL was seen. Else only what extension modules do through
  /// PyEval_SaveThread and PyEval_RestoreThread was, and the figures of the GIL err either way.
  bool exact = false;
  /// Held by any thread of the process: the GIL that the threads of the round share, or that each
  /// of them has. At most as long as the round lasted, if it is one.
  double gil_held_s = 0;
  Durations gil_holds;  ///< one after another, from acquisition to release
  /// Of the threads of the rounds, by kind. From the wait's beginning to the moment at which the
  /// thread runs again, so it includes what the thread then waited for a CPU.
  std::array<WaitTotal, wait_kinds> waits{};
  std::vector<WaitSite> sites;  ///< where; largest total first
  /// Where the thread was that held the GIL longest, at its end; empty where it is not known.
  PythonPlace longest_hold_at;
  std::vector<std::uintptr_t> longest_hold_frames;
  /// Where the threads of the rounds gave the GIL up, by how long they had held it; without holds
  /// of some 20 µs and less, and without those that the round's end cut off. Largest total first.
  std::vector<WaitSite> hold_sites;
  /// Of the mutexes and the semaphores of Python that they took, one thread's first 32.
  std::vector<LockHolds> lock_holds;
  /// Of the threads of the rounds; none where one of them was not allowed to count.
  std::optional<HardwareCounts> hardware;
  /// Threads that nobody kept a book of, since there were too many.
  std::int64_t lost_threads = 0;

  [[nodiscard]] const WaitTotal& of(WaitKind kind) const {
    return waits.at(static_cast<std::size_t>(kind));
  }
  /// Those of another round.
  void add(const Ledger& other);
  /// Of the lock at that address; null if nothing is known of it.
  [[nodiscard]] const LockHolds* holds_of(std::intptr_t lock) const;
};

/// A place in Python code as it is copied while nothing may be allocated: text that ends with a 0,
/// cut where it is too long.
struct NamedPlace {
  char file[192] = {};
  char function[64] = {};
  std::int32_t line = 0;
};

/// How a thread finds out where it is in Python code, attached or not, without changing anything.
struct PythonPlaces {
  /// Of the calling thread: the code object, and the instruction in it. False if it is in none.
  bool (*where)(const void** code, std::int32_t* instruction);
  /// While the thread is there.
  void (*name)(const void* code, std::int32_t instruction, NamedPlace* to);
};
/// For all books to come; null: places in Python code are not known.
void set_python_places(const PythonPlaces* places);

/// Whether threads' books can be kept: whether the executable's functions come first. Not in builds
/// with a sanitizer, which has stand-ins of its own, and not where the platform does not let them.
bool ledger_is_available();

/// From here on all threads of the process keep books. One thread of a process opens and closes
/// them, between rounds. `has_gil`: there is one, so that extension modules are watched where it is
/// not known. False if there is no memory for them.
bool open_books(bool has_gil);
/// To here; what was in them.
Ledger close_books();

/// The calling thread takes part in a round soon: what takes a while is done now.
void prepare_account();
/// It does: its waits count from here...
void begin_account();
/// ...to here. Nothing happens where the books are closed.
void end_account();

/// Learns where the GIL of the calling thread's interpreter is, from what the thread does between
/// begin and end: it detaches, and attaches again. Without that, Ledger::exact is false.
void begin_to_learn_gil();
void end_to_learn_gil();

}  // namespace gilscale
