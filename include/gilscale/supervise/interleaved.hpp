#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gilscale/supervise/supervisor.hpp"

namespace gilscale {

/// A case and the command that starts its worker.
struct Launch {
  Case planned;
  std::vector<std::string> command;
};

struct InterleavedResults {
  CaseResult before;
  CaseResult after;
};

/// A worker that has asked, and what is known of it.
struct AskingWorker {
  const CaseResult& so_far;
  const Question& question;
};

/// Why both stop sampling the point that they are at, or nothing to go on.
using PairDecider =
    std::function<std::optional<StopReason>(const AskingWorker& before, const AskingWorker& after)>;

/// Measures a case in two versions, sample by sample in turns: only one of the two workers does
/// anything at a time, and who comes first changes from sample to sample (A B B A). Both get the
/// calls that the old version's calibration finds. Where one ends early, the other is measured to
/// its end by its own rule.
InterleavedResults run_interleaved(Launch before, Launch after, double timeout_s,
                                   WorkerListener& listener, const PairDecider& answers);

}  // namespace gilscale
