#include "ledger/book.hpp"

#include <pthread.h>
#include <sys/mman.h>

#include <algorithm>
#include <cmath>

#include "gilscale/machine/thread_times.hpp"
#include "gilscale/machine/ticks.hpp"

namespace gilscale {

constinit Books books;
constinit std::atomic<int> watchers{0};
thread_local constinit ThreadState this_thread;

namespace {

constexpr std::int64_t most_books = 2048;  // most_threads, and as many of the workload's own
Book* shelf = nullptr;                     // pages that no thread writes to take no memory

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

void Book::open(std::uint64_t reading) {
  is_member_ = in_account_ = gave_up_ = holds_ = false;
  inside_ = last_ = nullptr;
  wanted_since_ = 0;
  held_since_.set(0);
  held_.set(0);
  for (Waits& each : waits_) {
    each.count.set(0);
    each.total.set(0);
    each.longest.set(0);
    each.cpu_ns.set(0);
  }
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

/// What of a hold until then belongs to the round. Threads that take no part in one may hold the
/// GIL before it begins, and after.
std::int64_t Book::held_in_round(std::int64_t until) const {
  const std::int64_t began = books.round_began.load(std::memory_order_relaxed);
  if (began == 0) return 0;
  if (!is_member_ && books.members_in_round.load(std::memory_order_relaxed) == 0)
    until = std::min(until, books.round_ended.load(std::memory_order_relaxed));
  return std::max<std::int64_t>(until - std::max(held_since_.get(), began), 0);
}

void Book::acquired(std::int64_t now) {
  if (wanted_since_ != 0) waited(WaitKind::gil, wanted_since_, now);
  wanted_since_ = 0;
  holds_ = true;
  held_since_.set(now);
}

void Book::released(std::int64_t now) {
  // A thread whose first word is that it gives the GIL up held it when the books were opened. One
  // whose part of the round has ended still holds what was counted.
  const bool counts = is_member_ ? in_account_ : true;
  if (counts) {
    const std::int64_t held = held_in_round(now);
    held_.add(held);
    if (held > 0) {
      books.holds[Durations::bin_of(held)].fetch_add(1, std::memory_order_relaxed);
      raise_to(books.longest_hold, held);
    }
  }
  holds_ = false;
  held_since_.set(0);
}

std::int64_t Book::held(std::int64_t now) const {
  const bool lasts_on = held_since_.get() != 0 && !is_member_;
  return held_.get() + (lasts_on ? held_in_round(now) : 0);
}

void Book::waited(WaitKind kind, std::int64_t since, std::int64_t until, std::int64_t cpu_ns) {
  if (!in_account_) return;
  Waits& waits = waits_[static_cast<std::size_t>(kind)];
  const std::int64_t took = std::max<std::int64_t>(until - since, 0);
  waits.count.add(1);
  waits.total.add(took);
  waits.longest.set(std::max(waits.longest.get(), took));
  waits.cpu_ns.add(cpu_ns);
}

Book* book_of_this_thread() {
  ThreadState& me = this_thread;
  if (me.is_busy || me.is_left_out || !books.are_open.load(std::memory_order_acquire))
    return nullptr;
  const std::uint64_t reading = books.reading.load(std::memory_order_relaxed);
  if (me.book && me.book->reading() == reading) return me.book;
  const std::int64_t place = books.taken.fetch_add(1, std::memory_order_acq_rel);
  if (place >= most_books) return nullptr;
  me.book = &shelf[place];
  me.book->open(reading);
  return me.book;
}

namespace {

/// Input and output may be copying alone.
std::int64_t cpu_ns_of(WaitKind kind) {
  return kind == WaitKind::io ? std::llround(thread_cpu_s() * 1e9) : 0;
}

}  // namespace

Waiting::Waiting(Book& book, WaitKind kind)
    : book_(book), kind_(kind), since_(ticks()), cpu_ns_(cpu_ns_of(kind)) {}

Waiting::~Waiting() {
  const std::int64_t cpu_ns = cpu_ns_of(kind_) - cpu_ns_;
  book_.waited(kind_, since_, ticks(), cpu_ns);
}

}  // namespace gilscale
