#include "gilscale/supervise/turns.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <set>
#include <utility>

#include "gilscale/supervise/interrupt.hpp"
#include "gilscale/text/error.hpp"

namespace gilscale {
namespace {

using Random = std::mt19937_64;

/// One worker of a party. It stands still between its turns.
class Seat {
 public:
  Seat(const Launch& launch, double timeout_s, WorkerListener& listener, bool alone)
      : worker_(launch, timeout_s, listener),
        open_(launch.planned.threads.begin(), launch.planned.threads.end()),
        alone_(alone) {}

  [[nodiscard]] bool is_open(int threads) const { return !failed() && open_.contains(threads); }
  [[nodiscard]] bool is_finished() const { return failed() || open_.empty(); }
  [[nodiscard]] bool failed() const { return worker_.failed(); }
  /// Of the last sample; where that failed, there is none.
  [[nodiscard]] const std::optional<Question>& question() const { return question_; }
  [[nodiscard]] const CaseResult& result() const { return worker_.result(); }

  /// The first sample of a thread count has rounds like those of `like`, if that is known.
  void take(int threads, std::int64_t block, const std::optional<RoundCounts>& like) {
    const bool is_first = begun_.insert(threads).second;
    resume();
    question_ = worker_.take(threads, block, is_first ? like : std::nullopt);
    pause();
  }
  void stop(int threads, StopReason reason) {
    resume();
    if (!worker_.stop(threads, reason)) open_.erase(threads);
    pause();
  }
  CaseResult finish() {
    resume();
    worker_.finish();
    return worker_.take_result();
  }

 private:
  void pause() {
    if (!alone_) worker_.pause();
  }
  void resume() {
    if (!alone_) worker_.resume();
  }

  Worker worker_;
  std::set<int> open_;
  std::set<int> begun_;
  bool alone_;
  std::optional<Question> question_;
};

/// The workers of a party that has begun.
class PartyRun {
 public:
  PartyRun(const Party& party, std::size_t number, const TurnSettings& settings, bool alone,
           Conductor& conductor)
      : party_(party), number_(number), settings_(settings), alone_(alone), conductor_(conductor) {}

  [[nodiscard]] std::size_t workers() const { return party_.size(); }
  [[nodiscard]] bool is_finished() const {
    return std::all_of(seats_.begin(), seats_.end(),
                       [](const auto& seat) { return seat->is_finished(); });
  }
  /// Its last worker says that the command line is wrong.
  [[nodiscard]] bool is_wrong() const {
    const auto& failure = seats_.back()->result().failure;
    return failure && failure->kind == FailureKind::usage;
  }
  /// Of all workers; 0 where it is not known.
  [[nodiscard]] std::int64_t memory_bytes() const {
    std::int64_t sum = 0;
    for (const auto& seat : seats_)
      if (seat->question()) sum += seat->question()->point.memory_bytes.value_or(0);
    return sum;
  }

  void begin(std::int64_t block, int group, Random& random) {
    conductor_.on_turn(number_);
    std::vector<int> threads = party_.front().planned.threads;
    for (const Launch& launch : party_) {
      Launch own = launch;
      own.planned.group = group;
      seats_.push_back(std::make_unique<Seat>(own, settings_.timeout_s, conductor_, alone_));
      // One that is still starting must not disturb another one's sample.
      if (!threads.empty()) take(*seats_.back(), threads.front(), block);
    }
    if (threads.empty() || is_wrong()) return;
    decide(threads.front());
    threads.erase(threads.begin());
    for (const int count : threads) take(count, block, random);
  }

  void play(std::int64_t block, Random& random) {
    conductor_.on_turn(number_);
    std::vector<int> threads = party_.front().planned.threads;
    std::shuffle(threads.begin(), threads.end(), random);
    for (const int count : threads) take(count, block, random);
  }

  void finish() {
    conductor_.on_turn(number_);
    std::vector<CaseResult> results;
    for (const auto& seat : seats_) results.push_back(seat->finish());
    seats_.clear();
    conductor_.on_finished(number_, std::move(results));
  }

 private:
  void take(int threads, std::int64_t block, Random& random) {
    bool any = false;
    for (Seat* seat : drawn_order(random)) {
      if (interrupted()) return;
      if (!seat->is_open(threads)) continue;
      take(*seat, threads, block);
      any = true;
    }
    if (any) decide(threads);
  }

  /// All workers have rounds like those of the first one that gave a sample.
  void take(Seat& seat, int threads, std::int64_t block) {
    const auto known = counts_.find(threads);
    seat.take(threads, block, known == counts_.end() ? std::nullopt : std::optional(known->second));
    if (seat.question()) counts_.try_emplace(threads, round_counts_of(seat.question()->point));
  }

  /// Neighbours stay together.
  [[nodiscard]] std::vector<Seat*> drawn_order(Random& random) const {
    std::vector<std::vector<Seat*>> sets((seats_.size() + settings_.together - 1) /
                                         settings_.together);
    for (std::size_t i = 0; i < seats_.size(); ++i)
      sets[i / settings_.together].push_back(seats_[i].get());
    std::shuffle(sets.begin(), sets.end(), random);
    std::vector<Seat*> order;
    for (std::vector<Seat*>& set : sets) {
      std::shuffle(set.begin(), set.end(), random);
      order.insert(order.end(), set.begin(), set.end());
    }
    return order;
  }

  void decide(int threads) {
    std::vector<AskingWorker> asking;
    for (const auto& seat : seats_)
      if (seat->is_open(threads) && seat->question())
        asking.push_back({seat->result(), *seat->question()});
    if (asking.size() == seats_.size()) {
      if (const auto reason = conductor_.stop_reason(number_, asking))
        for (const auto& seat : seats_) seat->stop(threads, *reason);
      return;
    }
    for (const auto& seat : seats_)
      if (seat->is_open(threads) && seat->question() && seat->question()->stop)
        seat->stop(threads, *seat->question()->stop);
  }

  const Party& party_;
  std::size_t number_;
  const TurnSettings& settings_;
  bool alone_;
  Conductor& conductor_;
  std::vector<std::unique_ptr<Seat>> seats_;
  std::map<int, RoundCounts> counts_;  ///< by threads
};

/// Parties whose workers are there at the same time.
class Group {
 public:
  Group(int number, const TurnSettings& settings, Random& random)
      : number_(number), settings_(settings), random_(random) {}

  [[nodiscard]] bool has_room_for(const Party& party) const {
    constexpr std::size_t most = 64;  // each worker has threads, files and a place in each block
    if (runs_.empty()) return true;
    if (workers_ + party.size() > most) return false;
    const auto free = settings_.free_memory();
    constexpr double spare = 1.5;
    return !free || static_cast<double>(*free) > spare * static_cast<double>(largest_bytes_);
  }

  /// False if its workers cannot be started beside those that are there. Throws Error where they
  /// cannot be started at all.
  [[nodiscard]] bool add(std::unique_ptr<PartyRun> run, std::int64_t block) {
    try {
      run->begin(block, number_, random_);
    } catch (const Error&) {
      if (runs_.empty()) throw;
      return false;
    }
    workers_ += run->workers();
    largest_bytes_ = std::max(largest_bytes_, run->memory_bytes());
    runs_.push_back(std::move(run));
    finish_those_that_are();
    return true;
  }

  /// False once there is nothing left to do.
  bool play(std::int64_t block) {
    std::vector<std::size_t> order(runs_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::shuffle(order.begin(), order.end(), random_);
    for (const std::size_t place : order) {
      if (is_over()) break;
      runs_[place]->play(block, random_);
    }
    finish_those_that_are();
    return !runs_.empty() && !is_over();
  }

  [[nodiscard]] bool is_over() const { return interrupted() || wrong_; }

  /// Whatever was measured of them.
  void finish_all() {
    for (const auto& run : runs_) run->finish();
    runs_.clear();
  }

 private:
  void finish_those_that_are() {
    for (auto run = runs_.begin(); run != runs_.end();) {
      const bool is_wrong = (*run)->is_wrong();
      wrong_ = wrong_ || is_wrong;
      if (!(*run)->is_finished() && !is_wrong) {
        ++run;
        continue;
      }
      workers_ -= (*run)->workers();
      (*run)->finish();
      run = runs_.erase(run);
    }
  }

  int number_;
  const TurnSettings& settings_;
  Random& random_;
  std::vector<std::unique_ptr<PartyRun>> runs_;
  std::size_t workers_ = 0;
  std::int64_t largest_bytes_ = 0;
  bool wrong_ = false;
};

std::size_t workers_of(const std::vector<Party>& parties) {
  std::size_t count = 0;
  for (const Party& party : parties) count += party.size();
  return count;
}

class OneCase : public Conductor {
 public:
  explicit OneCase(WorkerListener& listener) : listener_(listener) {}

  void on_turn(std::size_t) override {}
  std::optional<StopReason> stop_reason(std::size_t,
                                        std::span<const AskingWorker> workers) override {
    return workers.front().question.stop;
  }
  void on_finished(std::size_t, std::vector<CaseResult> results) override {
    result = std::move(results.front());
    is_finished = true;
  }
  void on_progress(const std::string& text) override { listener_.on_progress(text); }
  void on_output(std::string_view text) override { listener_.on_output(text); }

  CaseResult result;
  bool is_finished = false;

 private:
  WorkerListener& listener_;
};

}  // namespace

void run_in_turns(const std::vector<Party>& parties, const TurnSettings& settings,
                  Conductor& conductor) {
  Random random(settings.seed);
  const bool alone = workers_of(parties) == 1;
  std::int64_t block = 0;
  std::size_t next = 0;
  for (int number = 1; next < parties.size(); ++number) {
    Group group(number, settings, random);
    while (next < parties.size() && !group.is_over() && group.has_room_for(parties[next])) {
      if (!group.add(std::make_unique<PartyRun>(parties[next], next, settings, alone, conductor),
                     block))
        break;
      ++next;
    }
    while (!group.is_over() && group.play(++block)) continue;
    ++block;
    if (interrupted()) group.finish_all();
    if (group.is_over()) return;
  }
}

CaseResult run_case(const Launch& launch, double timeout_s, WorkerListener& listener) {
  OneCase conductor(listener);
  TurnSettings settings;
  settings.timeout_s = timeout_s;
  run_in_turns({{launch}}, settings, conductor);
  if (!conductor.is_finished)
    conductor.result.failure =
        Failure{FailureKind::interrupted, "interrupted before it was started", ""};
  return std::move(conductor.result);
}

}  // namespace gilscale
