#include "commands/allocators.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <utility>

#include "gilscale/judge/change.hpp"
#include "gilscale/machine/libraries.hpp"
#include "gilscale/model/executable.hpp"
#include "gilscale/report/progress_line.hpp"
#include "gilscale/supervise/process.hpp"
#include "gilscale/supervise/stream.hpp"
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

/// What the loader says when it is to load the library before all others; empty if nothing.
std::string complaint_about(const std::string& library) {
  if (library.find_first_of(" \t\n:") != library.npos)
    return "the loader takes blanks and colons in its path for the ends of names; move it";
  constexpr std::size_t longest = 4096;
  const Process process({"env", "LD_PRELOAD=" + library, "true"}, {});
  const std::string text = Stream(process.error_fd()).read_to_end(longest);
  return text.substr(0, text.find('\n'));
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
    if (const auto found = find_library(asked_for)) {
      const std::string complaint = complaint_about(found->string());
      if (complaint.empty()) return found->string();
      throw UsageError(fmt::format("--allocator '{}' cannot take the C library's place: {}",
                                   asked_for, complaint));
    }
    throw UsageError(fmt::format(
        "--allocator '{}' is not there; install its package, or name the file of a library",
        asked_for));
  }
  for (const char* const name : known)
    if (const auto found = find_library(name); found && complaint_about(found->string()).empty())
      return found->string();
  return std::nullopt;
}

bool may_be_slowed_by_allocator(const JudgedCase& judged) {
  const auto& cause = judged.judgement.cause;
  return cause == Cause::sharing || cause == Cause::unknown;
}

AllocatorTrial try_allocator(const CaseResult& result, const std::string& library,
                             double timeout_s) {
  const Case planned = trial_of(result);
  Trial trial(fmt::format("{} with {}", label_of(planned), library));
  const Party party{{planned, worker_command()}, {planned, worker_with(library)}};
  run_in_turns({party}, {.timeout_s = timeout_s, .seed = planned.seed, .together = 2}, trial);
  if (trial.results().size() != party.size()) throw WorkloadError("it was interrupted");
  const CaseResult& without = trial.results().front();
  const CaseResult& with = trial.results().back();
  for (const CaseResult* const each : {&with, &without})
    if (each->failure) throw WorkloadError(each->failure->message);
  if (without.points.empty() || with.points.empty()) throw WorkloadError("it was interrupted");
  const Change change = change_between({&without, &without.points.front()},
                                       {&with, &with.points.front()}, {.paired = true});
  if (!change.throughput_per_s) throw WorkloadError("too few of its rounds can be compared");
  return AllocatorTrial{library, *change.throughput_per_s};
}

}  // namespace gilscale
