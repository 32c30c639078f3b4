#include "gilscale/team.hpp"

#include <algorithm>
#include <cassert>
#include <span>
#include <thread>

#include "pause.hpp"
#include "thread_times.hpp"

namespace gilscale {
namespace {

using Seconds = std::chrono::duration<double>;

/// Waits a little for `value` to change: short rounds then need nobody to be woken. Only where a
/// CPU is left over, so that nobody who has work to do pays for it; and yielding, because a thread
/// that was just woken may be queued on this very CPU.
void spin_while(const std::atomic<int>& value, int same) {
  constexpr std::chrono::microseconds briefly{50};
  const Clock::time_point deadline = Clock::now() + briefly;
  do {
    for (int i = 0; i < 64; ++i) {
      if (value.load(std::memory_order_acquire) != same) return;
      cpu_pause();
    }
    std::this_thread::yield();
  } while (Clock::now() < deadline);
}

}  // namespace

/// On cache lines of its own, so that members do not slow each other down by their bookkeeping.
class alignas(64) Team::Member {
 public:
  void call() {
    called.fetch_add(1, std::memory_order_release);
    called.notify_one();
  }

  explicit Member(int place) : index(place) {}

  const int index;
  std::atomic<int> called{0};  ///< counts the rounds (and the dismissal) that want this member
  int answered = 0;
  bool fits = false;      ///< this round has no more threads than there are CPUs
  bool had_room = false;  ///< the round before did; the member's own
  bool has_room = false;  ///< this round leaves a CPU over
  Clock::time_point finished_at{};
  double cpu_s = 0;
  double runnable_s = 0;
};

Team::Team(Placement placement) : placement_(std::move(placement)) {}
Team::~Team() = default;

Team::Member& Team::add_member() {
  return *members_.emplace_back(std::make_unique<Member>(size()));
}

RoundTimes Team::round(int threads, CallShare calls) {
  assert(threads >= 1 && threads <= size());
  const std::span team(members_.data(), static_cast<std::size_t>(threads));
  const Clock::time_point asked = Clock::now();
  const int rounds_before = finished_rounds_.load(std::memory_order_relaxed);
  calls_ = calls;
  unfinished_.store(threads, std::memory_order_relaxed);
  gate_.arm(threads, threads <= placement_.cpus);
  const bool has_room = threads < placement_.cpus;
  for (const auto& member : team) {
    member->fits = threads <= placement_.cpus;
    member->has_room = has_room;
    member->call();
  }
  if (has_room) spin_while(finished_rounds_, rounds_before);
  finished_rounds_.wait(rounds_before, std::memory_order_acquire);

  const Clock::time_point opened = gate_.opened_at();
  Clock::time_point first = team.front()->finished_at;
  Clock::time_point last = first;
  RoundTimes times;
  for (const auto& member : team) {
    first = std::min(first, member->finished_at);
    last = std::max(last, member->finished_at);
    const double wall_s = Seconds(member->finished_at - opened).count();
    times.wall_s += wall_s;
    times.undelayed_s = std::max(times.undelayed_s, wall_s - member->runnable_s);
    times.cpu_s += member->cpu_s;
    times.runnable_s += member->runnable_s;
  }
  times.makespan_s = Seconds(last - opened).count();
  times.spread_s = Seconds(last - first).count();
  times.handover_s = Seconds(Clock::now() - asked).count() - times.makespan_s;
  return times;
}

void Team::dismiss() {
  dismissed_ = true;
  for (const auto& member : members_) member->call();
}

std::optional<std::int64_t> Team::wait_for_round(Member& me) {
  if (me.had_room) spin_while(me.called, me.answered);
  me.called.wait(me.answered, std::memory_order_acquire);
  ++me.answered;
  me.had_room = me.has_room;
  if (dismissed_) return std::nullopt;
  return calls_.of(me.index);
}

/// Threads that were woken on one CPU would share it until the system notices, some milliseconds
/// into the round. A round of more threads than CPUs is the system's to distribute.
void Team::take_place(const Member& me) const {
  const std::vector<int>& places = placement_.places;
  if (places.empty()) return;
  const int cpu = places[static_cast<std::size_t>(me.index) % places.size()];
  if (placement_.pinned)
    bind_this_thread(cpu);
  else if (me.fits)
    move_this_thread(cpu);
}

void Team::pass_gate(Member& me) {
  take_place(me);
  me.runnable_s = -thread_runnable_s();
  gate_.pass();
  me.cpu_s = -thread_cpu_s();
}

void Team::stop_clocks(Member& me) {
  me.finished_at = Clock::now();
  me.cpu_s += thread_cpu_s();
  me.runnable_s += thread_runnable_s();
}

void Team::finish() {
  if (unfinished_.fetch_sub(1, std::memory_order_acq_rel) > 1) return;
  finished_rounds_.fetch_add(1, std::memory_order_release);
  finished_rounds_.notify_one();
}

}  // namespace gilscale
