#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "gilscale/ledger/ledger.hpp"
#include "gilscale/machine/hardware_counters.hpp"
#include "gilscale/machine/ticks.hpp"
#include "ledger/gils.hpp"
#include "ledger/sites.hpp"

namespace gilscale {

/// A number that one thread changes and another may read meanwhile.
class Counter {
 public:
  void set(std::int64_t value) { value_.store(value, std::memory_order_relaxed); }
  void add(std::int64_t more) { set(get() + more); }
  [[nodiscard]] std::int64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

/// How often a thread waited for something or held it, and how long. Times are ticks.
struct Stretches {
  Counter count;
  Counter total;
  Counter longest;
  Counter cpu_ns;  ///< of the total, spent on a CPU; of input and output only

  void add(std::int64_t took, std::int64_t on_cpu_ns = 0);
  void clear();
};

/// Stretches of one kind at one place.
struct Site {
  std::atomic<std::uint64_t> key{0};  ///< of the kind and the place; 0: nothing yet
  Stretches stretches;
  Counter lock;  ///< the address of the lock that was waited for; one_of_several; 0: none
};

/// By kinds and places. Those for which there is no room have one site for each kind.
class SiteTable {
 public:
  Site& at(std::uint64_t key);
  [[nodiscard]] std::span<const Site> all() const { return sites_; }
  void clear();

 private:
  static constexpr std::size_t room = 64;
  std::array<Site, room + wait_kinds> sites_{};
};

/// The locks that a thread takes and gives back, as long as there is room for them. One that
/// another thread gives back does not count.
class LockTable {
 public:
  struct Lock {
    std::atomic<std::uint64_t> key{0};  ///< its address; 0: nothing yet
    std::int64_t held_since = 0;        ///< 0 if it is not held
    Stretches holds;
  };

  void takes(const void* lock, std::int64_t now);
  void gives_back(const void* lock, std::int64_t now);
  [[nodiscard]] std::span<const Lock> all() const { return locks_; }
  void clear();

 private:
  /// Null if it is not there, and there is no room for it.
  Lock* find(const void* lock);

  static constexpr std::size_t room = 32;
  std::array<Lock, room> locks_{};
};

/// What one thread did while the books were open. Times are ticks. Only the thread itself writes.
class alignas(64) Book {
 public:
  void open(std::uint64_t reading);
  [[nodiscard]] std::uint64_t reading() const { return reading_.load(std::memory_order_acquire); }

  // The thread takes part in a round.
  void begin_account(std::int64_t now);
  void end_account(std::int64_t now);

  // What the CPUs count, where they do.
  void count_from(const std::optional<HardwareReading>& begin) { counted_from_ = begin; }
  void count_to(const std::optional<HardwareReading>& end);
  [[nodiscard]] bool has_counted() const { return has_counted_; }
  [[nodiscard]] const HardwareCounts& counted() const { return counted_; }

  // The GIL. Its mutex is locked from enters() to leaves(): what happens in between says whether
  // the thread takes it or gives it up.
  [[nodiscard]] bool holds_gil() const { return holds_; }
  void enters(const Gil& gil);
  [[nodiscard]] const Gil* inside() const { return inside_; }
  /// From now on the thread waits to hold it.
  void wants_gil(std::int64_t now) {
    if (wanted_since_ == 0) wanted_since_ = now;
  }
  /// Before it does: where that is.
  void note_place() {
    if (in_account_) wanted_at_ = here(WaitKind::gil);
  }
  /// The thread is about to give the GIL up: where that is, if the hold was long.
  void note_end_of_hold();
  void gives_gil_up(std::int64_t now) {
    gave_up_ = true;
    inside_->is_held->store(false, std::memory_order_relaxed);
    released(now);
  }
  void leaves(std::int64_t now) {
    if (!gave_up_) {
      inside_->is_held->store(true, std::memory_order_relaxed);
      acquired(now);
    }
    inside_ = nullptr;
  }
  void acquired(std::int64_t now);
  void released(std::int64_t now);
  /// Of the GIL that the thread last entered: whether that mutex is the one under which a thread
  /// that was asked to give it up waits until somebody took it.
  [[nodiscard]] bool hands_over_under(const void* mutex) const;

  /// The thread waited, for that lock if it is one.
  void waited(std::uint64_t at, std::int64_t since, std::int64_t until, std::int64_t cpu_ns = 0,
              const void* lock = nullptr);
  /// The thread has a lock, or has it no longer.
  void takes(const void* lock) {
    if (in_account_) locks_.takes(lock, ticks());
  }
  void gives_back(const void* lock) {
    if (in_account_) locks_.gives_back(lock, ticks());
  }
  /// The key of the site where the thread is.
  [[nodiscard]] std::uint64_t here(WaitKind kind);
  static WaitKind kind_of(std::uint64_t key) { return static_cast<WaitKind>((key >> 32) & 0xFF); }
  static Place path_of(std::uint64_t key) { return static_cast<Place>(key); }
  static Place python_of(std::uint64_t key) { return static_cast<Place>(key >> 16); }
  [[nodiscard]] const SiteTable& wait_sites() const { return waits_at_; }
  /// Where it gave the GIL up after holds that were not short.
  [[nodiscard]] const SiteTable& hold_sites() const { return holds_at_; }
  [[nodiscard]] const LockTable& locks() const { return locks_; }
  /// Its longest hold of the GIL in the round, and the key of where it was at its end; 0: not
  /// known.
  [[nodiscard]] std::int64_t longest_hold() const { return longest_hold_.get(); }
  [[nodiscard]] std::uint64_t longest_hold_at() const {
    return static_cast<std::uint64_t>(longest_hold_at_.get());
  }
  [[nodiscard]] bool in_account() const { return in_account_; }
  /// It takes part in a round, or has taken.
  [[nodiscard]] bool is_member() const { return is_member_; }

  [[nodiscard]] const Stretches& of(WaitKind kind) const {
    return waits_[static_cast<std::size_t>(kind)];
  }
  /// The GIL is held for so long in all, a hold that lasts on until now.
  [[nodiscard]] std::int64_t held(std::int64_t now) const;

 private:
  [[nodiscard]] std::int64_t held_in_round(std::int64_t until) const;
  /// Whether what it holds is counted: a thread that takes no part may hold the GIL of another
  /// interpreter.
  [[nodiscard]] bool holds_count() const;

  std::atomic<std::uint64_t> reading_{0};
  bool is_member_ = false;
  bool in_account_ = false;
  std::optional<HardwareReading> counted_from_;
  bool has_counted_ = false;
  HardwareCounts counted_;
  const Gil* inside_ = nullptr;
  const Gil* last_ = nullptr;
  bool gave_up_ = false;
  bool holds_ = false;
  std::int64_t wanted_since_ = 0;
  std::uint64_t wanted_at_ = 0;
  std::uint64_t held_until_ = 0;
  Counter held_since_;  ///< 0 if it does not hold the GIL
  Counter held_;
  Counter longest_hold_;
  Counter longest_hold_at_;
  std::array<Stretches, wait_kinds> waits_{};
  SiteTable waits_at_;
  SiteTable holds_at_;
  LockTable locks_;
  KnownPaths paths_;
};

/// Holds of the GIL, one after another, in bins of Durations by their ticks.
using HoldBins = std::array<std::atomic<std::uint32_t>, Durations::bins>;

/// What all books have in common.
struct Books {
  std::atomic<bool> are_open{false};
  std::atomic<bool> guesses_gil{false};   ///< by what extension modules call
  std::atomic<std::uint64_t> reading{0};  ///< how often they were opened
  std::atomic<std::int64_t> taken{0};     ///< of this reading
  std::atomic<std::int64_t> members_in_round{0};
  std::atomic<std::int64_t> round_began{0};
  std::atomic<std::int64_t> round_ended{0};
  std::atomic<const Gil*> gil_of_round{nullptr};  ///< that its threads take
  std::atomic<std::int64_t> longest_hold{0};
  HoldBins holds{};
};
extern Books books;

/// Memory for books, once. False if there is none.
bool make_shelf();
/// Those that threads have taken since the books were opened; some may be of an earlier reading.
std::span<const Book> books_taken();

/// Of a thread, beside its book.
struct ThreadState {
  Book* book = nullptr;
  std::uint64_t reading = 0;  ///< in which the book is its own
  bool learns = false;
  bool is_busy = false;  ///< in a stand-in, or in what it calls: that is not written down
  bool is_left_out = false;
  std::uintptr_t stack_begin = 0;  ///< of its own stack
  std::uintptr_t stack_end = 0;    ///< 0 before it is known
  GilLearner learner;
  HardwareCounters counters;
};
extern thread_local constinit ThreadState this_thread;

/// Whether anybody wants to know what a stand-in is called for: books, or a thread that learns.
extern std::atomic<int> watchers;

/// Where the calling thread writes down what it does; null if the books are closed, or that is not
/// to be written down.
Book* book_of_this_thread();

/// While it lives, nothing that the calling thread does is recorded.
class Busy {
 public:
  Busy() { this_thread.is_busy = true; }
  ~Busy() { this_thread.is_busy = false; }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;
};

/// A wait from construction to destruction, also where the thread is cancelled in it.
class Waiting {
 public:
  Waiting(Book& book, WaitKind kind, const void* lock = nullptr);
  ~Waiting();
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

 private:
  Busy busy_;
  Book& book_;
  const void* lock_;
  bool is_io_;
  std::int64_t since_;
  std::uint64_t at_;
  std::int64_t cpu_ns_;
};

}  // namespace gilscale
