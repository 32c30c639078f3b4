#pragma once

#include <cstddef>
#include <functional>

#include "gilscale/command_line/options.hpp"
#include "gilscale/text/error.hpp"

namespace gilscale {

/// `gilscale selftest`: measures workloads whose scaling is known and prints truth, estimate,
/// interval and error of each. `ok` when gilscale can be trusted here, else `inconclusive`.
ExitCode selftest(const SelftestOptions& options);

/// What `gilscale selftest` measures: each of N threads makes `calls` calls, each of which holds
/// the GIL for `hold_s` and then waits for `release_s` without it.
struct KnownWork {
  double hold_s;
  double release_s;
  int calls;
};

/// How real times differ from exact ones.
struct Delays {
  double wait_s = 0;      ///< every hold and every wait ends this much later
  double handover_s = 0;  ///< until a thread runs that is started, or that the GIL is passed on to
};

/// Chooses one of this many threads that wait for the GIL, 0 for the one that has waited longest.
using PickWaiting = std::function<std::size_t(std::size_t ready)>;

/// How long a round of that work takes. In the limit of many calls and no delays the speedup is
/// min(N, 1/s), s = hold/(hold + release) (Denning & Buzen 1978), whoever is picked; this has the
/// start and the end of a round too.
double makespan_s(const KnownWork& work, int threads, const Delays& delays,
                  const PickWaiting& pick);

struct Range {
  double low;
  double high;
};

/// Where the speedup must lie. CPython does not say who gets the GIL next, so this is the range
/// over first come first served, any order and last come first served, with these delays and
/// without.
Range true_speedup(const KnownWork& work, int threads, const Delays& delays);

}  // namespace gilscale
