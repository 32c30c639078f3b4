#include "commands/allocators.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <utility>

#include "gilscale/judge/change.hpp"
#include "gilscale/machine/libraries.hpp"
#include "gilscale/model/executable.hpp"
#include "gilscale/report/progress_line.hpp"
#include "gilscale/supervise/turns.hpp"
#include "gilscale/text/error.hpp"

namespace gilscale {
namespace {

/// As their packages name them, those of which most is heard first.
constexpr std::array known{"libjemalloc.so.2", "libmimalloc.so.2", "libmimalloc.so.3",
                           "libtcmalloc_minimal.so.4"};

constexpr std::int64_t samples_of_each = 15;

/// The same case at its largest thread count only, and no more of it than is compared.
Case trial_of(const CaseResult& result) {
  Case planned = result.planned;
  planned.threads = {result.points.back().threads};
  planned.why = Why::never;
  planned.latency = false;
  planned.repetitions = 1;
  planned.stop.exactly = samples_of_each;
  return planned;
}

std::vector<std::string> worker_with(const std::string& library) {
  const char* const others = std::getenv("LD_PRELOAD");
  const std::string all = others && *others ? library + ":" + others : library;
  std::vector<std::string> command{"env", "LD_PRELOAD=" + all};
  for (std::string& word : worker_command()) command.push_back(std::move(word));
  return command;
}

/// Both workers go by their own rules.
class Trial : public Conductor {
 public:
  explicit Trial(const std::string& label) : progress_(1) { progress_.begin(label); }

  void on_turn(std::size_t) override {}
  void on_progress(const std::string& text) override { progress_.on_progress(text); }
  void on_output(std::string_view) override {}
  std::optional<StopReason> stop_reason(std::size_t,
                                        std::span<const AskingWorker> workers) override {
    return workers.back().question.stop;
  }
  void on_finished(std::size_t, std::vector<CaseResult> results) override {
    results_ = std::move(results);
  }

  [[nodiscard]] const std::vector<CaseResult>& results() const { return results_; }

 private:
  ProgressLine progress_;
  std::vector<CaseResult> results_;
};

}  // namespace

std::optional<std::string> allocator_to_try(const std::string& asked_for) {
  if (!asked_for.empty()) {
    if (const auto found = find_library(asked_for)) return found->string();
    throw UsageError(fmt::format(
        "--allocator '{}' is not there; install its package, or name the file of a library",
        asked_for));
  }
  for (const char* const name : known)
    if (const auto found = find_library(name)) return found->string();
  return std::nullopt;
}

bool may_be_slowed_by_allocator(const JudgedCase& judged) {
  const auto& cause = judged.judgement.cause;
  return cause == Cause::sharing || cause == Cause::unknown;
}

std::optional<AllocatorTrial> try_allocator(const CaseResult& result, const std::string& library,
                                            double timeout_s) {
  const Case planned = trial_of(result);
  Trial trial(fmt::format("{} with {}", label_of(planned), library));
  const Party party{{planned, worker_command()}, {planned, worker_with(library)}};
  run_in_turns({party}, {.timeout_s = timeout_s, .seed = planned.seed, .together = 2}, trial);
  if (trial.results().size() != party.size()) return std::nullopt;
  const CaseResult& without = trial.results().front();
  const CaseResult& with = trial.results().back();
  if (without.failure || with.failure || without.points.empty() || with.points.empty())
    return std::nullopt;
  const Change change = change_between({&without, &without.points.front()},
                                       {&with, &with.points.front()}, {.paired = true});
  if (!change.throughput_per_s) return std::nullopt;
  return AllocatorTrial{library, *change.throughput_per_s};
}

}  // namespace gilscale
