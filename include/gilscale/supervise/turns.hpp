#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "gilscale/machine/memory.hpp"
#include "gilscale/supervise/supervisor.hpp"

namespace gilscale {

/// Workers whose samples are compared one by one: those of one case, or of its versions.
using Party = std::vector<Launch>;

/// A worker that has taken a sample, and what is known of it.
struct AskingWorker {
  const CaseResult& so_far;
  const Question& question;
};

/// Decides while samples are taken in turns, and hears of what comes of it. Parties have the
/// numbers of their places.
class Conductor : public WorkerListener {
 public:
  /// The next news are of this one.
  virtual void on_turn(std::size_t party) = 0;
  /// Why all workers of a party stop sampling the point of which each has just taken a sample, or
  /// nothing to go on.
  virtual std::optional<StopReason> stop_reason(std::size_t party,
                                                std::span<const AskingWorker> workers) = 0;
  /// A result for each launch.
  virtual void on_finished(std::size_t party, std::vector<CaseResult> results) = 0;
};

struct TurnSettings {
  double timeout_s = 600;  ///< for which a worker that is at work may say nothing
  std::uint64_t seed = 0;
  /// So many workers of a party, neighbours in its list, take a sample directly after one another.
  std::size_t together = 1;
  /// That new processes may use; nothing where the system does not tell.
  std::function<std::optional<std::int64_t>()> free_memory = [] { return free_memory_bytes(); };
};

/// Measures parties in turns. A block is one pass over all that are not finished, in random order:
/// each takes one sample of each of its thread counts, in random order too; in a party of several
/// workers, these take it one after the other. Only one worker of all is at work at a time, the
/// others stand still. The first block goes up in threads, and starts the workers.
///
/// All workers of a party have rounds like those of the first one. Where one of them fails, the
/// others go on by their own rules. Parties for which memory is too short wait until the others are
/// finished: then they are a group of their own (Case::group). Where the last worker of a party
/// says that the command line is wrong (FailureKind::usage), that ends everything; so does an
/// interrupt.
void run_in_turns(const std::vector<Party>& parties, const TurnSettings& settings,
                  Conductor& conductor);

/// Measures one case, by its own stop rule.
CaseResult run_case(const Launch& launch, double timeout_s, WorkerListener& listener);

}  // namespace gilscale
