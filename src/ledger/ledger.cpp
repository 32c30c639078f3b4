#include "gilscale/ledger/ledger.hpp"

#include <pthread.h>

#include <algorithm>
#include <map>

#include "gilscale/machine/ticks.hpp"
#include "ledger/book.hpp"
#include "ledger/sites.hpp"
#include "ledger/stand_ins.hpp"

namespace gilscale {
namespace {

constexpr std::array<std::string_view, wait_kinds> names{
    "gil", "lock", "mutex", "rwlock", "condition", "semaphore", "futex", "sleep", "io"};

/// Begins where it is first called, when books are opened: the longer ago, the better it is known.
const TickRate& rate() {
  static const TickRate since_first_opened;
  return since_first_opened;
}

/// What a child of a workload that forks does is not in these books.
void close_in_child() {
  books.are_open.store(false, std::memory_order_relaxed);
  watchers.store(0, std::memory_order_relaxed);
}

WaitTotal total_of(const Stretches& waits, double tick_s) {
  const double wall_s = static_cast<double>(waits.total.get()) * tick_s;
  const double cpu_s = static_cast<double>(waits.cpu_ns.get()) * 1e-9;
  return {waits.count.get(), std::max(wall_s - cpu_s, 0.0),
          static_cast<double>(waits.longest.get()) * tick_s};
}

/// By key, before there are texts.
struct KeyedSite {
  WaitTotal total;
  std::intptr_t lock = 0;
};
using SitesByKey = std::map<std::uint64_t, KeyedSite>;

void add_sites(SitesByKey& all, const SiteTable& sites, double tick_s) {
  for (const Site& site : sites.all())
    if (const std::uint64_t key = site.key.load(std::memory_order_acquire)) {
      all[key].total.add(total_of(site.stretches, tick_s));
      all[key].lock = lock_of_both(all[key].lock, site.lock.get());
    }
}

std::vector<WaitSite> told(const SitesByKey& all) {
  std::vector<WaitSite> sites;
  for (const auto& [key, site] : all)
    add_to(sites, WaitSite{Book::kind_of(key), frames_of(Book::path_of(key)),
                           python_place_of(Book::python_of(key)), site.total, site.lock});
  sort_by_total(sites);
  return sites;
}

void add_holds(std::vector<LockHolds>& all, const LockHolds& more) {
  const auto same = std::find_if(all.begin(), all.end(),
                                 [&](const LockHolds& each) { return each.lock == more.lock; });
  if (same == all.end())
    all.push_back(more);
  else
    same->holds.add(more.holds);
}

void add_locks(std::vector<LockHolds>& all, const LockTable& locks, double tick_s) {
  for (const LockTable::Lock& each : locks.all())
    if (each.holds.count.get() > 0)
      add_holds(all, {static_cast<std::intptr_t>(each.key.load(std::memory_order_acquire)),
                      total_of(each.holds, tick_s)});
}

Durations holds_in_seconds(double tick_s) {
  Durations holds;
  const double longest_s = static_cast<double>(books.longest_hold.load()) * tick_s;
  for (std::size_t i = 0; i < books.holds.size(); ++i) {
    constexpr double bins_count_nanoseconds = 1e9;
    const double seconds = Durations::seconds_of(i) * bins_count_nanoseconds * tick_s;
    if (const std::uint32_t count = books.holds.at(i).load(std::memory_order_relaxed))
      holds.add(std::min(seconds, longest_s), count);
  }
  holds.set_longest(longest_s);
  return holds;
}

}  // namespace

std::string_view to_string(WaitKind kind) { return names.at(static_cast<std::size_t>(kind)); }

WaitKind wait_kind_of(std::string_view word) {
  const auto found = std::find(names.begin(), names.end(), word);
  return found == names.end() ? WaitKind::io : static_cast<WaitKind>(found - names.begin());
}

void WaitTotal::add(const WaitTotal& others) {
  count += others.count;
  total_s += others.total_s;
  longest_s = std::max(longest_s, others.longest_s);
}

std::intptr_t lock_of_both(std::intptr_t one, std::intptr_t other) {
  if (one == 0 || other == 0 || one == other) return one != 0 ? one : other;
  return one_of_several;
}

void WaitSite::add(const WaitSite& more) {
  waits.add(more.waits);
  lock = lock_of_both(lock, more.lock);
}

const LockHolds* Ledger::holds_of(std::intptr_t lock) const {
  const auto found = std::find_if(lock_holds.begin(), lock_holds.end(),
                                  [&](const LockHolds& each) { return each.lock == lock; });
  return found == lock_holds.end() ? nullptr : &*found;
}

void Ledger::add(const Ledger& other) {
  exact = exact && other.exact;
  gil_held_s += other.gil_held_s;
  for (std::size_t i = 0; i < waits.size(); ++i) waits.at(i).add(other.waits.at(i));
  if (other.gil_holds.longest_s() >= gil_holds.longest_s()) {
    longest_hold_at = other.longest_hold_at;
    longest_hold_frames = other.longest_hold_frames;
  }
  gil_holds.add(other.gil_holds);
  for (const WaitSite& site : other.sites) add_to(sites, site);
  sort_by_total(sites);
  for (const WaitSite& site : other.hold_sites) add_to(hold_sites, site);
  sort_by_total(hold_sites);
  for (const LockHolds& each : other.lock_holds) add_holds(lock_holds, each);
  if (hardware && other.hardware)
    hardware->add(*other.hardware);
  else
    hardware.reset();
  lost_threads += other.lost_threads;
}

bool ledger_is_available() { return stand_ins_are_here(); }

bool open_books(bool has_gil) {
  if (!make_shelf()) return false;
  static const bool told_of_forks = pthread_atfork(nullptr, nullptr, close_in_child) == 0;
  static_cast<void>(told_of_forks);
  prepare_sites();
  this_thread.is_left_out = true;
  for (auto& bin : books.holds) bin.store(0, std::memory_order_relaxed);
  books.longest_hold.store(0, std::memory_order_relaxed);
  books.gil_of_round.store(nullptr, std::memory_order_relaxed);
  books.taken.store(0, std::memory_order_relaxed);
  books.members_in_round.store(0, std::memory_order_relaxed);
  books.round_began.store(0, std::memory_order_relaxed);
  books.round_ended.store(0, std::memory_order_relaxed);
  books.reading.fetch_add(1, std::memory_order_relaxed);
  books.guesses_gil.store(has_gil && !any_gil_is_known(), std::memory_order_relaxed);
  rate();
  books.are_open.store(true, std::memory_order_release);
  watchers.fetch_add(1, std::memory_order_release);
  return true;
}

Ledger close_books() {
  Ledger all;
  if (!books.are_open.exchange(false)) return all;
  watchers.fetch_sub(1, std::memory_order_relaxed);
  this_thread.is_left_out = false;
  const std::int64_t now = ticks();
  const double tick_s = rate().seconds_per_tick();
  const std::uint64_t reading = books.reading.load(std::memory_order_relaxed);
  all.exact = !books.guesses_gil.load(std::memory_order_relaxed);
  std::int64_t held = 0;
  const std::span<const Book> taken = books_taken();
  bool all_counted = true;
  HardwareCounts counted;
  SitesByKey wait_sites;
  SitesByKey hold_sites;
  std::int64_t longest = 0;
  for (const Book& book : taken) {
    if (book.reading() != reading) continue;
    held += book.held(now);
    for (std::size_t i = 0; i < wait_kinds; ++i)
      all.waits.at(i).add(total_of(book.of(static_cast<WaitKind>(i)), tick_s));
    add_sites(wait_sites, book.wait_sites(), tick_s);
    add_sites(hold_sites, book.hold_sites(), tick_s);
    add_locks(all.lock_holds, book.locks(), tick_s);
    if (book.is_member()) {
      all_counted = all_counted && book.has_counted();
      counted.add(book.counted());
    }
    if (book.longest_hold() <= longest) continue;
    longest = book.longest_hold();
    all.longest_hold_at = python_place_of(Book::python_of(book.longest_hold_at()));
    all.longest_hold_frames = frames_of(Book::path_of(book.longest_hold_at()));
  }
  if (all_counted) all.hardware = counted;
  all.sites = told(wait_sites);
  all.hold_sites = told(hold_sites);
  all.gil_held_s = static_cast<double>(held) * tick_s;
  all.gil_holds = holds_in_seconds(tick_s);
  all.lost_threads = books.taken.load() - static_cast<std::int64_t>(taken.size());
  return all;
}

void prepare_account() {
  if (book_of_this_thread()) this_thread.counters.open();
}

void begin_account() {
  this_thread.is_busy = false;  // should a call have left one of our functions by a longjmp
  if (Book* const book = book_of_this_thread()) {
    book->count_from(this_thread.counters.read());
    book->begin_account(ticks());
  }
}

void end_account() {
  if (Book* const book = book_of_this_thread()) {
    book->end_account(ticks());
    book->count_to(this_thread.counters.read());
  }
  this_thread.counters.close();
}

void begin_to_learn_gil() {
  this_thread.learner = {};
  this_thread.learns = true;
  watchers.fetch_add(1, std::memory_order_relaxed);
}

void end_to_learn_gil() {
  this_thread.learns = false;
  watchers.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace gilscale
