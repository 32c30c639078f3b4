#pragma once

#include "gilscale/command_line/options.hpp"
#include "gilscale/statistics/queue.hpp"
#include "gilscale/text/error.hpp"

namespace gilscale {

/// `gilscale selftest`: measures workloads whose scaling is known and prints truth, estimate,
/// interval and error of each. `ok` when gilscale can be trusted here, else `inconclusive`.
ExitCode selftest(const SelftestOptions& options);

struct Range {
  double low;
  double high;
};

/// Where the speedup must lie. CPython does not say who gets the GIL next, so this is the range
/// over first come first served, any order and last come first served, with these delays and
/// without.
Range true_speedup(const QueueingWork& work, int threads, const Delays& delays);

}  // namespace gilscale
