#include "ledger/book.hpp"

#include <pthread.h>
#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "gilscale/machine/thread_times.hpp"

namespace gilscale {

constinit Books books;
constinit std::atomic<int> watchers{0};
thread_local constinit ThreadState this_thread;

namespace {

constexpr std::int64_t most_books = 2048;  // most_threads, and as many of the workload's own
Book* shelf = nullptr;                     // pages that no thread writes to take no memory

/// Of a kind, at no place that is known. Bit 40 tells it from nothing.
std::uint64_t key_of(WaitKind kind) {
  return (std::uint64_t{1} << 40) | (std::uint64_t{static_cast<std::uint8_t>(kind)} << 32);
}

void raise_to(std::atomic<std::int64_t>& value, std::int64_t other) {
  std::int64_t known = value.load(std::memory_order_relaxed);
  while (known < other && !value.compare_exchange_weak(known, other, std::memory_order_relaxed)) {
  }
}

}  // namespace

bool make_shelf() {
  if (shelf) return true;
  constexpr auto access = PROT_READ | PROT_WRITE;
  void* const pages = mmap(nullptr, most_books * sizeof(Book), access,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (pages == MAP_FAILED) return false;
  shelf = static_cast<Book*>(pages);  // pages of zeros are closed books
  return true;
}

std::span<const Book> books_taken() {
  const std::int64_t taken = books.taken.load(std::memory_order_acquire);
  return {shelf, static_cast<std::size_t>(std::min(taken, most_books))};
}

namespace {

/// Finds out where the calling thread's own stack is.
void look_for_stack(ThreadState& me) {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return;
  void* begin = nullptr;
  std::size_t size = 0;
  pthread_attr_getstack(&attributes, &begin, &size);
  pthread_attr_destroy(&attributes);
  me.stack_begin = reinterpret_cast<std::uintptr_t>(begin);
  me.stack_end = me.stack_begin + size;
}

/// The entry of that key, which takes the first free one if it has none; null if there is no room.
/// Open addressing, in the first `room` entries, a power of 2; only one thread adds some.
template <typename Entry>
Entry* find_or_add(std::span<Entry> entries, std::size_t room, std::uint64_t key) {
  constexpr std::uint64_t odd = 0x9E3779B97F4A7C15;  // 2^64 over the golden ratio
  std::size_t place = (key * odd) >> (64 - std::countr_zero(room));
  for (std::size_t tries = 0; tries < room; ++tries, place = (place + 1) % room) {
    Entry& entry = entries[place];
    const std::uint64_t there = entry.key.load(std::memory_order_relaxed);
    if (there == 0) entry.key.store(key, std::memory_order_release);
    if (there == 0 || there == key) return &entry;
  }
  return nullptr;
}

}  // namespace

void Stretches::add(std::int64_t took, std::int64_t on_cpu_ns) {
  count.add(1);
  total.add(took);
  longest.set(std::max(longest.get(), took));
  cpu_ns.add(on_cpu_ns);
}

void Stretches::clear() {
  for (Counter* const each : {&count, &total, &longest, &cpu_ns}) each->set(0);
}

Site& SiteTable::at(std::uint64_t key) {
  if (Site* const site = find_or_add(std::span<Site>(sites_), room, key)) return *site;
  const WaitKind kind = Book::kind_of(key);
  Site& others = sites_[room + static_cast<std::size_t>(kind)];
  others.key.store(key_of(kind), std::memory_order_release);
  return others;
}

void SiteTable::clear() {
  for (Site& each : sites_) {
    each.stretches.clear();
    each.lock.set(0);
    each.key.store(0, std::memory_order_relaxed);
  }
}

LockTable::Lock* LockTable::find(const void* lock) {
  return find_or_add(std::span<Lock>(locks_), room, reinterpret_cast<std::uintptr_t>(lock));
}

void LockTable::takes(const void* lock, std::int64_t now) {
  if (Lock* const found = find(lock)) found->held_since = now;
}

void LockTable::gives_back(const void* lock, std::int64_t now) {
  Lock* const found = find(lock);
  if (!found || found->held_since == 0) return;
  found->holds.add(now - found->held_since);
  found->held_since = 0;
}

void LockTable::clear() {
  for (Lock& each : locks_) {
    each.held_since = 0;
    each.holds.clear();
    each.key.store(0, std::memory_order_relaxed);
  }
}

void Book::open(std::uint64_t reading) {
  is_member_ = in_account_ = has_counted_ = gave_up_ = holds_ = false;
  counted_from_.reset();
  counted_ = {};
  inside_ = last_ = nullptr;
  wanted_since_ = 0;
  wanted_at_ = 0;
  held_since_.set(0);
  held_.set(0);
  longest_hold_.set(0);
  longest_hold_at_.set(0);
  for (Stretches& each : waits_) each.clear();
  waits_at_.clear();
  holds_at_.clear();
  locks_.clear();
  paths_.forget();
  reading_.store(reading, std::memory_order_release);
}

/// Both are fields of one struct, and lie some words apart: first the GIL's condition and mutex,
/// then those of handing it over.
bool Book::hands_over_under(const void* mutex) const {
  if (!last_) return false;
  constexpr std::uintptr_t apart = sizeof(pthread_mutex_t) + sizeof(pthread_cond_t);
  return reinterpret_cast<std::uintptr_t>(mutex) ==
         reinterpret_cast<std::uintptr_t>(last_->mutex) + apart;
}

void Book::begin_account(std::int64_t now) {
  if (this_thread.stack_end == 0) look_for_stack(this_thread);
  is_member_ = in_account_ = true;
  std::int64_t nobody = 0;
  books.round_began.compare_exchange_strong(nobody, now, std::memory_order_relaxed);
  books.members_in_round.fetch_add(1, std::memory_order_relaxed);
}

void Book::end_account(std::int64_t now) {
  if (!in_account_) return;
  if (holds_) released(now);
  in_account_ = false;
  raise_to(books.round_ended, now);
  books.members_in_round.fetch_sub(1, std::memory_order_relaxed);
}

void Book::count_to(const std::optional<HardwareReading>& end) {
  const auto counted = counted_from_ && end ? end->since(*counted_from_) : std::nullopt;
  has_counted_ = counted.has_value();
  counted_ = counted.value_or(HardwareCounts());
}

/// What of a hold until then belongs to the round. Threads that take no part in one may hold the
/// GIL before it begins, and after.
std::int64_t Book::held_in_round(std::int64_t until) const {
  const std::int64_t began = books.round_began.load(std::memory_order_relaxed);
  if (began == 0) return 0;
  if (!is_member_ && books.members_in_round.load(std::memory_order_relaxed) == 0)
    until = std::min(until, books.round_ended.load(std::memory_order_relaxed));
  return std::max<std::int64_t>(until - std::max(held_since_.get(), began), 0);
}

void Book::enters(const Gil& gil) {
  inside_ = last_ = &gil;
  gave_up_ = false;
  const Gil* nobody = nullptr;
  if (in_account_)
    books.gil_of_round.compare_exchange_strong(nobody, &gil, std::memory_order_relaxed);
}

void Book::note_end_of_hold() {
  constexpr std::int64_t long_against_a_look = 50'000;  // 10 to 50 µs
  const std::int64_t begins = ticks();
  if (!in_account_) return;
  const std::int64_t held = held_in_round(begins);
  if (held < long_against_a_look && held <= longest_hold_.get()) return;
  const Busy busy;
  held_until_ = here(WaitKind::gil);
  held_since_.set(held_since_.get() + ticks() - begins);  // looking is not the workload's
}

bool Book::holds_count() const {
  if (is_member_) return in_account_;
  return last_ == books.gil_of_round.load(std::memory_order_relaxed);
}

void Book::acquired(std::int64_t now) {
  if (wanted_since_ != 0)
    waited(wanted_at_ != 0 ? wanted_at_ : key_of(WaitKind::gil), wanted_since_, now);
  wanted_since_ = 0;
  wanted_at_ = 0;
  holds_ = true;
  held_since_.set(now);
}

void Book::released(std::int64_t now) {
  // A thread whose first word is that it gives the GIL up held it when the books were opened. One
  // whose part of the round has ended still holds what was counted.
  if (holds_count()) {
    const std::int64_t held = held_in_round(now);
    held_.add(held);
    if (held > 0) {
      books.holds[Durations::bin_of(held)].fetch_add(1, std::memory_order_relaxed);
      raise_to(books.longest_hold, held);
      if (held_until_ != 0) holds_at_.at(held_until_).stretches.add(held);
      if (held > longest_hold_.get()) {
        longest_hold_.set(held);
        // The thread may have got that long only after it looked where it is.
        const bool is_noted = held_until_ != 0 || !in_account_;
        longest_hold_at_.set(static_cast<std::int64_t>(
            is_noted ? held_until_ : key_of(WaitKind::gil) | std::uint64_t{python_place()} << 16));
      }
    }
  }
  held_until_ = 0;
  holds_ = false;
  held_since_.set(0);
}

std::int64_t Book::held(std::int64_t now) const {
  const bool lasts_on = held_since_.get() != 0 && !is_member_ && holds_count();
  return held_.get() + (lasts_on ? held_in_round(now) : 0);
}

std::uint64_t Book::here(WaitKind kind) {
  const std::uint64_t place = std::uint64_t{python_place()} << 16 |
                              paths_.path(this_thread.stack_begin, this_thread.stack_end);
  return key_of(kind) | place;
}

void Book::waited(std::uint64_t at, std::int64_t since, std::int64_t until, std::int64_t cpu_ns,
                  const void* lock) {
  if (!in_account_) return;
  const std::int64_t took = std::max<std::int64_t>(until - since, 0);
  waits_[static_cast<std::size_t>(kind_of(at))].add(took, cpu_ns);
  Site& site = waits_at_.at(at);
  site.stretches.add(took, cpu_ns);
  site.lock.set(lock_of_both(site.lock.get(), reinterpret_cast<std::intptr_t>(lock)));
}

Book* book_of_this_thread() {
  ThreadState& me = this_thread;
  if (me.is_busy || me.is_left_out || !books.are_open.load(std::memory_order_acquire))
    return nullptr;
  const std::uint64_t reading = books.reading.load(std::memory_order_relaxed);
  if (me.book && me.reading == reading) return me.book;
  const std::int64_t place = books.taken.fetch_add(1, std::memory_order_acq_rel);
  if (place >= most_books) return nullptr;
  me.book = &shelf[place];
  me.reading = reading;
  me.book->open(reading);
  return me.book;
}

namespace {

/// Input and output may be copying alone.
std::int64_t cpu_ns() { return std::llround(thread_cpu_s() * 1e9); }

}  // namespace

Waiting::Waiting(Book& book, WaitKind kind, const void* lock)
    : book_(book),
      lock_(lock),
      is_io_(kind == WaitKind::io),
      since_(ticks()),
      at_(book.here(kind)),
      cpu_ns_(is_io_ ? cpu_ns() : 0) {}

Waiting::~Waiting() {
  const std::int64_t on_cpu_ns = is_io_ ? cpu_ns() - cpu_ns_ : 0;
  book_.waited(at_, since_, ticks(), on_cpu_ns, lock_);
}

}  // namespace gilscale
