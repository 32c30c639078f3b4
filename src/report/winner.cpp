#include "report/winner.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "gilscale/text/counted.hpp"
#include "report/text.hpp"

namespace gilscale {

std::string winner_text(const ExecutorComparison& comparison) {
  const int threads = comparison.entries.front().threads;
  const char* const what = comparison.of_pythons ? "Python" : "executor";
  if (!comparison.had_cores)
    return fmt::format("the machine gave too few cores to say which {} is fastest", what);
  if (!comparison.winner)
    return fmt::format("no {} is clearly ahead at {}", what, counted(threads, "thread"));
  const ExecutorComparison::Winner& winner = *comparison.winner;
  const std::string from = winner.from_threads == threads
                               ? std::string()
                               : fmt::format(" from {} on", counted(winner.from_threads, "thread"));
  return fmt::format("fastest{}: {}, with {:.2f} {} times the calls/s of {} at {}", from,
                     fmt::join(winner.executors, " and "), winner.factor.estimate,
                     interval(winner.factor), winner.next, counted(threads, "thread"));
}

}  // namespace gilscale
