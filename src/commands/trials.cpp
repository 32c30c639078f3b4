#include "commands/trials.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "gilscale/judge/change.hpp"
#include "gilscale/model/executable.hpp"
#include "gilscale/report/progress_line.hpp"
#include "gilscale/supervise/turns.hpp"
#include "gilscale/text/error.hpp"

namespace gilscale {
namespace {

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

Estimate gain_of(const CaseResult& result, const std::function<void(Launch&)>& change,
                 const std::string& what, double timeout_s) {
  const Case planned = trial_of(result);
  Party party{{planned, worker_command()}, {planned, worker_command()}};
  change(party.back());
  Trial trial(fmt::format("{} {}", label_of(planned), what));
  run_in_turns({party}, {.timeout_s = timeout_s, .seed = planned.seed, .together = 2}, trial);
  if (trial.results().size() != party.size()) throw WorkloadError("it was interrupted");
  const CaseResult& without = trial.results().front();
  const CaseResult& with = trial.results().back();
  for (const CaseResult* const each : {&with, &without})
    if (each->failure) throw WorkloadError(each->failure->message);
  if (without.points.empty() || with.points.empty()) throw WorkloadError("it was interrupted");
  const Change changed = change_between({&without, &without.points.front()},
                                        {&with, &with.points.front()}, {.paired = true});
  if (!changed.throughput_per_s) throw WorkloadError("too few of its rounds can be compared");
  return *changed.throughput_per_s;
}

}  // namespace gilscale
