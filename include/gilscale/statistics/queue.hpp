#pragma once

#include <cstddef>
#include <functional>

namespace gilscale {

/// What each of several threads does, over and over: it holds a lock, as the GIL, for `hold_s`, and
/// then goes on for `release_s` without it.
struct QueueingWork {
  double hold_s;
  double release_s;
  int calls;  ///< how often
};

/// How real times differ from exact ones.
struct Delays {
  double wait_s = 0;      ///< every hold and every wait ends this much later
  double handover_s = 0;  ///< until a thread runs that is started, or that the lock is passed on to
};

/// Chooses one of this many threads that wait for a lock, 0 for the one that has waited longest.
using PickWaiting = std::function<std::size_t(std::size_t ready)>;
/// That one.
std::size_t first_come(std::size_t ready);

/// What a simulation assumes.
struct QueueRules {
  Delays delays = {};
  PickWaiting pick = first_come;
  int locks = 1;  ///< each hold is of any of them, drawn the same way every time
  /// How long something lasts that takes so long on average; empty: just that.
  std::function<double(double mean_s)> draw = {};
};

/// How long it takes until the last of `threads` has done all of that, by a simulation. In the
/// limit of many calls and no delays the speedup is min(N, 1/s), s = hold/(hold + release) (Denning
/// & Buzen, "The Operational Analysis of Queueing Network Models", 1978), whoever is picked; this
/// has the start and the end of a round too.
double makespan_s(const QueueingWork& work, int threads, const QueueRules& rules = {});

}  // namespace gilscale
