#include "gilscale/supervise/in_turns.hpp"

#include <array>
#include <cassert>
#include <utility>

namespace gilscale {
namespace {

/// One worker and what it asks; it waits for as long as it has asked something.
class Player {
 public:
  Player(const Contestant& contestant, double timeout_s, WorkerListener& listener)
      : worker_(contestant.planned, contestant.command, timeout_s, listener),
        question_(worker_.watch()) {}

  [[nodiscard]] bool asks() const { return question_.has_value(); }
  /// While it asks.
  [[nodiscard]] const Question& question() const {
    assert(question_);
    return *question_;
  }
  [[nodiscard]] Turn turn() const { return {worker_.result(), question()}; }
  void answer(const std::optional<std::string>& stop) {
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

InTurns run_in_turns(Contestant before, Contestant after, double timeout_s,
                     WorkerListener& listener, const TurnAnswers& answers) {
  before.planned.asks = after.planned.asks = Asks::after_each_sample;
  Player old_version(before, timeout_s, listener);
  if (old_version.asks()) after.planned.calls = case_calls(old_version.question().point);
  Player new_version(after, timeout_s, listener);
  std::array order{&old_version, &new_version};
  while (old_version.asks() && new_version.asks()) {
    const auto stop = answers(old_version.turn(), new_version.turn());
    std::swap(order[0], order[1]);
    for (Player* player : order) player->answer(stop);
  }
  return {old_version.finish(), new_version.finish()};
}

}  // namespace gilscale
