#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gilscale/supervise/supervisor.hpp"

namespace gilscale {

/// A case and what starts its worker.
struct Contestant {
  Case planned;
  std::vector<std::string> command;
};

struct InTurns {
  CaseResult before;
  CaseResult after;
};

/// A contestant that has asked, and what is known of it.
struct Turn {
  const CaseResult& so_far;
  const Question& question;
};

/// Why both stop sampling the point that they are at, or nothing to go on.
using TurnAnswers =
    std::function<std::optional<std::string>(const Turn& before, const Turn& after)>;

/// Measures a case in two versions, sample by sample in turns: only one of the two workers does
/// anything at a time, and who comes first changes from sample to sample (A B B A). Both get the
/// calls that the old version's calibration finds. Where one ends early, the other is measured to
/// its end by its own rule.
InTurns run_in_turns(Contestant before, Contestant after, double timeout_s,
                     WorkerListener& listener, const TurnAnswers& answers);

}  // namespace gilscale
