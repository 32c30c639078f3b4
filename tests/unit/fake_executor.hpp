#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gilscale/measure/executor.hpp"

namespace gilscale {

/// One round that a fake executor was asked for.
struct AskedRound {
  std::string executor;  ///< "C" for the control, "T" for what is tested; "GT" if it kept a ledger
  int threads = 1;
  std::int64_t calls = 1;  ///< of each thread
  int extra = 0;

  friend bool operator==(const AskedRound&, const AskedRound&) = default;
};

/// All rounds in the order in which they were asked for, over several executors.
using Journal = std::vector<AskedRound>;

/// "C1 T1 CN TN": the rounds from the k-th on, without their calls.
inline std::string order_of(const Journal& journal, std::size_t from = 0) {
  std::string text;
  for (std::size_t i = from; i < journal.size(); ++i)
    text += (text.empty() ? "" : " ") + journal[i].executor + (journal[i].threads == 1 ? "1" : "N");
  return text;
}

/// Runs nothing: a script tells what each round took, so everything above executors is
/// deterministic. `script` gets the round and its place in the journal.
class FakeExecutor : public Executor {
 public:
  using Script = std::function<RoundTimes(const AskedRound& round, std::size_t place)>;

  FakeExecutor(std::string name, Journal& journal, Script script)
      : name_(std::move(name)), journal_(journal), script_(std::move(script)) {}

  double prepare(int threads) override {
    prepared_ = std::max(prepared_, threads);
    return 0;
  }

  RoundTimes round(int threads, CallShare calls) override {
    journal_.push_back({name_, threads, calls.each, calls.extra});
    return script_(journal_.back(), journal_.size() - 1);
  }

  bool shares_gil() override { return !demands_.empty(); }
  std::optional<LedgerRound> ledger_round(int threads, CallShare calls) override {
    if (demands_.empty() && !keeps_books_) return std::nullopt;
    journal_.push_back({"G" + name_, threads, calls.each, calls.extra});
    LedgerRound round{script_(journal_.back(), journal_.size() - 1), {}, {}};
    if (!demands_.empty()) round.gil_demand = demands_[ledgers_++ % demands_.size()];
    return round;
  }

  std::optional<double> dispatched_round_s(int threads, CallShare calls) override {
    if (!is_pool_) return std::nullopt;
    journal_.push_back({"D" + name_, threads, calls.each, calls.extra});
    return script_(journal_.back(), journal_.size() - 1).makespan_s;
  }

  std::optional<BystanderRound> round_with_bystander(int threads, CallShare calls) override {
    if (!bystander_waits_s_) return std::nullopt;
    journal_.push_back({"B" + name_, threads, calls.each, calls.extra});
    BystanderRound round{script_(journal_.back(), journal_.size() - 1), {}};
    round.waits.add(*bystander_waits_s_);
    return round;
  }

  /// Beside its threads, another one waits so long for the GIL.
  void let_wait(double seconds) { bystander_waits_s_ = seconds; }

  /// It also has rounds of tasks that are submitted.
  void be_a_pool() { is_pool_ = true; }

  /// Its threads keep books, and there is no GIL in them.
  void keep_books() { keeps_books_ = true; }

  /// The GIL demand of each round that keeps a ledger, over and over; without any there is no GIL.
  void hold_the_gil_for(std::vector<double> demands) { demands_ = std::move(demands); }

  [[nodiscard]] int prepared() const { return prepared_; }

 private:
  std::string name_;
  Journal& journal_;
  Script script_;
  int prepared_ = 0;
  std::vector<double> demands_;
  std::size_t ledgers_ = 0;
  std::optional<double> bystander_waits_s_;
  bool is_pool_ = false;
  bool keeps_books_ = false;
};

}  // namespace gilscale
