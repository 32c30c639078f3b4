#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gilscale/judge/cause.hpp"

namespace gilscale {

/// A change of the workload whose effect can be foretold.
enum class Remedy {
  release_gil,  ///< at a place that gives it up after it was held
  split_lock,   ///< two in place of one
};

/// "release_gil", "split_lock".
std::string_view to_string(Remedy remedy);

/// What would come of a change, foretold by a simulation of the queue for the GIL or for a lock.
struct WhatIf {
  Remedy remedy = Remedy::release_gil;
  NamedWait where;
  /// With that change: threads that meet by chance as often as they can in a closed queue, since
  /// times are exponentially distributed...
  double speedup_low = 1;
  double speedup_high =
      1;                ///< ...and threads that get out of each other's way, since times are equal
  double measured = 1;  ///< without, in ledger rounds
  double foretold = 1;  ///< without, by the same simulation, of equal times
};

/// What N threads would do if the place that holds the GIL longest released it, and if the lock
/// that is waited for most were two. The queue is fed with what ledger rounds of one thread told:
/// how often and how long the GIL or the lock is held in a call. Empty where these did not tell it,
/// where the simulation of equal times is more than 10 % off what was measured, and where nothing
/// would be gained.
std::vector<WhatIf> what_ifs_of(const MeasuredPoint& measured);

/// "with two in place of the mutex in codec.so!flush, 4 threads would do 1.98 times the work of one
/// (by a simulation that gives 1.02 for the 1.01 measured now)".
std::string sentence_of(const WhatIf& what_if, int threads);

}  // namespace gilscale
