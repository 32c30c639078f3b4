#include "gilscale/supervise/interleaved.hpp"

#include <array>
#include <cassert>
#include <utility>

namespace gilscale {
namespace {

/// One worker and what it asks; it waits for as long as it has asked something.
class PacedWorker {
 public:
  PacedWorker(const Launch& launch, double timeout_s, WorkerListener& listener)
      : worker_(launch.planned, launch.command, timeout_s, listener), question_(worker_.watch()) {}

  [[nodiscard]] bool asks() const { return question_.has_value(); }
  /// While it asks.
  [[nodiscard]] const Question& question() const {
    assert(question_);
    return *question_;
  }
  [[nodiscard]] AskingWorker turn() const { return {worker_.result(), question()}; }
  void answer(std::optional<StopReason> stop) {
    worker_.answer(stop);
    question_ = worker_.watch();
  }
  CaseResult finish() {
    while (asks()) answer(question().stop);
    return worker_.take_result();
  }

 private:
  Worker worker_;
  std::optional<Question> question_;
};

}  // namespace

InterleavedResults run_interleaved(Launch before, Launch after, double timeout_s,
                                   WorkerListener& listener, const PairDecider& answers) {
  before.planned.stop_policy = after.planned.stop_policy = StopPolicy::ask_after_each_sample;
  PacedWorker old_version(before, timeout_s, listener);
  if (old_version.asks()) after.planned.calls = case_calls(old_version.question().point);
  PacedWorker new_version(after, timeout_s, listener);
  std::array order{&old_version, &new_version};
  while (old_version.asks() && new_version.asks()) {
    const auto stop = answers(old_version.turn(), new_version.turn());
    std::swap(order[0], order[1]);
    for (PacedWorker* player : order) player->answer(stop);
  }
  return {old_version.finish(), new_version.finish()};
}

}  // namespace gilscale
