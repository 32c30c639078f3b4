#include "ledger/gils.hpp"

#include <array>
#include <atomic>
#include <cstddef>

namespace gilscale {
namespace {

/// Open addressing. An entry is written once, its key last.
struct Entry {
  std::atomic<const void*> key{nullptr};
  std::atomic<bool> is_held{false};
  Gil gil{};
};

constexpr std::size_t places = 4096;  // more than interpreters fit into a process
constinit std::array<Entry, places> table{};
constinit std::atomic<std::size_t> known{0};
constinit std::atomic_flag writing = ATOMIC_FLAG_INIT;

std::size_t place_of(const void* mutex) {
  constexpr std::uint64_t spread = 0x9E3779B97F4A7C15;  // 2^64 over the golden ratio
  return (reinterpret_cast<std::uint64_t>(mutex) * spread) >> (64 - 12);
}

}  // namespace

const Gil* gil_of(const void* mutex) {
  for (std::size_t place = place_of(mutex);; place = (place + 1) % places) {
    const void* const key = table[place].key.load(std::memory_order_acquire);
    if (key == mutex) return &table[place].gil;
    if (!key) return nullptr;
  }
}

bool remember(const void* mutex, const void* condition) {
  while (writing.test_and_set(std::memory_order_acquire)) {
  }
  bool done = true;
  if (!gil_of(mutex)) {
    done = known.load(std::memory_order_relaxed) < places / 2;
    if (done) {
      std::size_t place = place_of(mutex);
      while (table[place].key.load(std::memory_order_relaxed)) place = (place + 1) % places;
      Entry& entry = table[place];
      entry.gil = {mutex, condition, &entry.is_held};
      entry.key.store(mutex, std::memory_order_release);
      known.fetch_add(1, std::memory_order_relaxed);
    }
  }
  writing.clear(std::memory_order_release);
  return done;
}

bool any_gil_is_known() { return known.load(std::memory_order_relaxed) > 0; }

}  // namespace gilscale
