#include "gilscale/statistics/queue.hpp"

#include <algorithm>
#include <random>
#include <vector>

namespace gilscale {
namespace {

/// A thread that wants a lock.
struct Request {
  double when_s;
  int calls_done;
};

bool earlier(const Request& a, const Request& b) { return a.when_s < b.when_s; }

struct Lock {
  double free_s = 0;
  std::vector<Request> requests;

  /// When somebody gets it next. There are requests.
  [[nodiscard]] double granted_s() const {
    return std::max(free_s, std::min_element(requests.begin(), requests.end(), earlier)->when_s);
  }

  /// The one that gets it, taken out.
  Request next(const PickWaiting& pick) {
    const auto ready = static_cast<std::size_t>(
        std::count_if(requests.begin(), requests.end(),
                      [&](const Request& request) { return request.when_s <= free_s; }));
    const auto chosen = requests.begin() + static_cast<std::ptrdiff_t>(ready > 1 ? pick(ready) : 0);
    std::nth_element(requests.begin(), chosen, requests.end(), earlier);
    std::swap(*chosen, requests.back());
    const Request request = requests.back();
    requests.pop_back();
    return request;
  }
};

/// The one that somebody gets next; null if nobody wants any.
Lock* next_of(std::vector<Lock>& locks) {
  Lock* next = nullptr;
  for (Lock& lock : locks)
    if (!lock.requests.empty() && (!next || lock.granted_s() < next->granted_s())) next = &lock;
  return next;
}

}  // namespace

std::size_t first_come(std::size_t /*ready*/) { return 0; }

double makespan_s(const QueueingWork& work, int threads, const QueueRules& rules) {
  const Delays& delays = rules.delays;
  std::vector<Lock> all(static_cast<std::size_t>(rules.locks));
  std::mt19937 generator(1);
  const auto any = [&]() -> Lock& { return all[all.size() > 1 ? generator() % all.size() : 0]; };
  const auto lasting = [&](double mean_s) {
    if (mean_s <= 0) return 0.0;
    return (rules.draw ? rules.draw(mean_s) : mean_s) + delays.wait_s;
  };
  for (int thread = 0; thread < threads; ++thread)
    any().requests.push_back({thread * delays.handover_s, 0});
  double last_s = 0;
  while (Lock* const lock = next_of(all)) {
    const Request next = lock->next(rules.pick);
    const bool handed_over = next.when_s < lock->free_s;
    const double granted_s =
        handed_over ? lock->free_s + delays.handover_s : std::max(lock->free_s, next.when_s);
    last_s = std::max(last_s, granted_s);
    // After its last call a thread takes the lock once more, as the GIL, to return.
    if (next.calls_done == work.calls) continue;
    lock->free_s = granted_s + lasting(work.hold_s);
    any().requests.push_back({lock->free_s + lasting(work.release_s), next.calls_done + 1});
  }
  return last_s;
}

}  // namespace gilscale
