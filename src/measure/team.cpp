#include "gilscale/measure/team.hpp"

#include <algorithm>
#include <cassert>
#include <new>
#include <thread>
#include <type_traits>
#include <utility>

#include "gilscale/ledger/ledger.hpp"
#include "gilscale/machine/pause.hpp"
#include "gilscale/machine/thread_times.hpp"
#include "measure/start_gate.hpp"

namespace gilscale {
namespace {

using Seconds = std::chrono::duration<double>;

/// Waits a little for `count` to change: short rounds then need nobody to be woken. Only where a
/// CPU is left over, so that nobody who has work to do pays for it; and yielding, because a thread
/// that was just woken may be queued on this very CPU.
void spin_while(const SharedCount& count, int same) {
  constexpr std::chrono::microseconds briefly{50};
  const Clock::time_point deadline = Clock::now() + briefly;
  do {
    for (int i = 0; i < 64; ++i) {
      if (count.value() != same) return;
      cpu_pause();
    }
    std::this_thread::yield();
  } while (Clock::now() < deadline);
}

ThreadEvents since(const ThreadEvents& before) {
  const ThreadEvents now = thread_events();
  return {now.page_faults - before.page_faults, now.switches - before.switches,
          now.forced_switches - before.forced_switches};
}

}  // namespace

/// On cache lines of its own, so that members do not slow each other down by their bookkeeping.
class alignas(64) Team::Member {
 public:
  explicit Member(int place) : index(place) {}

  const int index;
  SharedCount called;  ///< counts the rounds (and the dismissal) that want this member
  int answered = 0;
  bool fits = false;      ///< this round has no more threads than there are CPUs
  bool had_room = false;  ///< the round before did; the member's own
  bool has_room = false;  ///< this round leaves a CPU over
  Clock::time_point finished_at{};
  double cpu_s = 0;
  double runnable_s = 0;
  ThreadEvents events;
};

/// No pointers in here: each process has it at another address.
struct alignas(64) Team::Rendezvous {
  StartGate gate;
  CallShare calls;
  bool dismissed = false;
  std::atomic<int> unfinished{0};
  SharedCount finished_rounds;
};

std::size_t Team::shared_bytes() { return sizeof(Rendezvous) + most_threads * sizeof(Member); }

Team::Team(Placement placement)
    : Team(std::move(placement), SharedMemory::anonymous(shared_bytes())) {}

Team::Team(Placement placement, SharedMemory memory)
    : Team(std::move(placement), std::move(memory), nullptr) {
  shared_ = new (memory_.data()) Rendezvous;
}

Team::Team(Placement placement, SharedMemory memory, Rendezvous* shared)
    : placement_(std::move(placement)), memory_(std::move(memory)), shared_(shared) {
  // Nobody destroys what lies in the memory.
  static_assert(std::is_trivially_destructible_v<Rendezvous>);
  static_assert(std::is_trivially_destructible_v<Member>);
  assert(memory_.bytes() == shared_bytes());
}

Team Team::joined(Placement placement, SharedMemory memory) {
  auto* const shared = reinterpret_cast<Rendezvous*>(memory.data());
  return {std::move(placement), std::move(memory), shared};
}

Team::Member& Team::member(int index) const {
  auto* const members = reinterpret_cast<Member*>(memory_.data() + sizeof(Rendezvous));
  return members[index];
}

Team::Member& Team::add_member() {
  assert(size_ < most_threads);
  const int index = size_++;
  return *new (&member(index)) Member(index);
}

RoundTimes Team::round(int threads, CallShare calls, const Watch& watch) {
  assert(threads >= 1 && threads <= size());
  const Clock::time_point asked = Clock::now();
  const int rounds_before = shared_->finished_rounds.value();
  shared_->calls = calls;
  shared_->unfinished.store(threads, std::memory_order_relaxed);
  shared_->gate.arm(threads, threads <= placement_.cpus);
  const bool has_room = threads < placement_.cpus;
  for (int i = 0; i < threads; ++i) {
    Member& wanted = member(i);
    wanted.fits = threads <= placement_.cpus;
    wanted.has_room = has_room;
    wanted.called.advance();
  }
  if (has_room) spin_while(shared_->finished_rounds, rounds_before);
  wait_for_finish(rounds_before, watch);
  RoundTimes times = times_of(threads);
  times.handover_s = Seconds(Clock::now() - asked).count() - times.makespan_s;
  return times;
}

void Team::wait_for_finish(int rounds_before, const Watch& watch) {
  constexpr std::chrono::milliseconds between_looks{100};
  if (!watch) return shared_->finished_rounds.wait_while(rounds_before);
  while (!shared_->finished_rounds.wait_while(rounds_before, between_looks)) watch();
}

RoundTimes Team::times_of(int threads) const {
  const Clock::time_point opened = shared_->gate.opened_at();
  Clock::time_point first = member(0).finished_at;
  Clock::time_point last = first;
  RoundTimes times;
  for (int i = 0; i < threads; ++i) {
    const Member& each = member(i);
    first = std::min(first, each.finished_at);
    last = std::max(last, each.finished_at);
    const double wall_s = Seconds(each.finished_at - opened).count();
    // Clocks that are read one after the other may disagree by a little.
    const double runnable_s = std::clamp(each.runnable_s, 0.0, std::max(wall_s - each.cpu_s, 0.0));
    times.wall_s += wall_s;
    times.undelayed_s = std::max(times.undelayed_s, wall_s - runnable_s);
    times.cpu_s += each.cpu_s;
    times.runnable_s += runnable_s;
    times.page_faults += each.events.page_faults;
    times.switches += each.events.switches;
    times.forced_switches += each.events.forced_switches;
  }
  times.makespan_s = Seconds(last - opened).count();
  times.spread_s = Seconds(last - first).count();
  return times;
}

void Team::dismiss() {
  shared_->dismissed = true;
  for (int i = 0; i < size_; ++i) member(i).called.advance();
}

std::optional<std::int64_t> Team::wait_for_round(Member& me) {
  if (me.had_room) spin_while(me.called, me.answered);
  me.called.wait_while(me.answered);
  ++me.answered;
  me.had_room = me.has_room;
  if (shared_->dismissed) return std::nullopt;
  return shared_->calls.of(me.index);
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

/// A thread that loses its CPU while it waits at the gate may get it back only after the opening.
/// That part of its delay belongs to the round, the rest does not.
void Team::pass_gate(Member& me) {
  take_place(me);
  prepare_account();
  const double before_s = thread_runnable_s();
  shared_->gate.pass();
  const double after_s = thread_runnable_s();
  const double late_s = Seconds(Clock::now() - shared_->gate.opened_at()).count();
  me.runnable_s = std::min(after_s - before_s, late_s) - after_s;
  me.events = thread_events();
  me.cpu_s = -thread_cpu_s();
  begin_account();
}

/// A thread that loses its CPU between two clocks has finished before.
void Team::stop_clocks(Member& me) {
  end_account();
  me.finished_at = Clock::now();
  me.cpu_s += thread_cpu_s();
  me.runnable_s += thread_runnable_s();
  me.events = since(me.events);
  const double late_s = Seconds(Clock::now() - me.finished_at).count();
  constexpr double longest_reading_s = 50e-6;
  if (late_s > longest_reading_s) me.runnable_s -= late_s;
}

void Team::finish() {
  if (shared_->unfinished.fetch_sub(1, std::memory_order_acq_rel) > 1) return;
  shared_->finished_rounds.advance();
}

}  // namespace gilscale
