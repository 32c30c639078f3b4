#include "gilscale/measure/triad.hpp"

#include <unistd.h>

#include <algorithm>
#include <barrier>
#include <chrono>
#include <functional>
#include <memory>
#include <new>
#include <numeric>
#include <system_error>
#include <thread>
#include <vector>

#include "gilscale/machine/memory.hpp"

namespace gilscale {
namespace {

using Clock = std::chrono::steady_clock;

class Arrays {
 public:
  explicit Arrays(std::size_t count) : a_(count, 0), b_(count, 1), c_(count, 2) {}

  void pass() {
    constexpr double s = 3;
    double* const a = a_.data();
    for (std::size_t i = 0; i < a_.size(); ++i) a[i] = b_[i] + s * c_[i];
    asm volatile("" : : "r"(a) : "memory");  // somebody may read it
  }

 private:
  std::vector<double> a_;
  std::vector<double> b_;
  std::vector<double> c_;
};

/// What a pass takes a thread, on average over `threads` of them that begin together; none where
/// one of them has no memory.
std::optional<double> pass_s(int threads, std::size_t count) {
  std::vector<double> each_s(static_cast<std::size_t>(threads), 0);
  std::barrier<> start(threads);
  const auto play = [&](double& took_s) {
    std::unique_ptr<Arrays> arrays;
    try {
      arrays = std::make_unique<Arrays>(count);
      arrays->pass();  // makes the pages
    } catch (const std::bad_alloc&) {
    }
    start.arrive_and_wait();
    if (!arrays) return;
    const auto began = Clock::now();
    arrays->pass();
    took_s = std::chrono::duration<double>(Clock::now() - began).count();
  };
  std::vector<std::thread> team;
  try {
    for (double& took_s : each_s) team.emplace_back(play, std::ref(took_s));
  } catch (const std::system_error&) {
    for (std::size_t missing = each_s.size() - team.size(); missing > 0; --missing)
      start.arrive_and_drop();
  }
  for (std::thread& thread : team) thread.join();
  if (std::count(each_s.begin(), each_s.end(), 0) > 0) return std::nullopt;
  return std::accumulate(each_s.begin(), each_s.end(), 0.0) / threads;
}

std::int64_t last_cache_bytes() {
#ifdef _SC_LEVEL3_CACHE_SIZE
  return std::max(sysconf(_SC_LEVEL3_CACHE_SIZE), sysconf(_SC_LEVEL2_CACHE_SIZE));
#else
  return 0;
#endif
}

}  // namespace

std::optional<double> triad_slowdown(int threads, std::size_t bytes) {
  const std::size_t count = bytes / sizeof(double);
  const auto alone_s = pass_s(1, count);
  const auto beside_others_s = pass_s(threads, count);
  if (!alone_s || !beside_others_s) return std::nullopt;
  return *beside_others_s / *alone_s;
}

std::optional<std::size_t> triad_bytes(int threads, std::int64_t last_cache_bytes,
                                       std::optional<std::int64_t> free_bytes) {
  constexpr std::int64_t usual_cache = std::int64_t{32} << 20;
  constexpr std::int64_t most = std::int64_t{256} << 20;  // a thread's share of any cache is less
  constexpr std::int64_t least = std::int64_t{8} << 20;
  constexpr std::int64_t arrays = 3;
  constexpr std::int64_t part_of_free = 4;
  const std::int64_t wanted = 4 * (last_cache_bytes > 0 ? last_cache_bytes : usual_cache);
  const std::int64_t room =
      free_bytes ? *free_bytes / part_of_free / (arrays * threads) : std::int64_t{least};
  const std::int64_t bytes = std::min({wanted, most, room});
  if (bytes < least) return std::nullopt;
  return static_cast<std::size_t>(bytes);
}

std::optional<double> triad_slowdown_here(int threads) {
  const auto bytes = triad_bytes(threads, last_cache_bytes(), free_memory_bytes());
  return bytes ? triad_slowdown(threads, *bytes) : std::nullopt;
}

}  // namespace gilscale
