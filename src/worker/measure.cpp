#include "worker/measure.hpp"

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <deque>
#include <map>
#include <random>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "gilscale/ledger/names.hpp"
#include "gilscale/machine/memory.hpp"
#include "gilscale/machine/thread_times.hpp"
#include "gilscale/measure/late_processes.hpp"
#include "gilscale/measure/sampler.hpp"
#include "gilscale/measure/triad.hpp"
#include "gilscale/statistics/statistics.hpp"

namespace gilscale {
namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::json;

/// Passes rounds on and tells of each: a sign of life. Notes what else computes meanwhile.
class Heartbeat : public Executor {
 public:
  /// `pinned` threads have places of their own in gated rounds only: then tasks are not dispatched.
  Heartbeat(Executor& inner, bool pinned, std::function<void()> beat)
      : inner_(inner), pinned_(pinned), beat_(std::move(beat)) {}

  double prepare(int threads) override { return inner_.prepare(threads); }
  RoundTimes round(int threads, CallShare calls) override {
    const double before_s = process_cpu_s();
    const RoundTimes times = inner_.round(threads, calls);
    note_other_cpus(threads, process_cpu_s() - before_s - times.cpu_s, times.makespan_s);
    beat_();
    return times;
  }
  /// The least of all 1-thread rounds, so that it takes no other work for the workload's; see
  /// Point::other_cpus.
  [[nodiscard]] double least_other_cpus() const { return least_other_cpus_.value_or(0); }
  /// The median of all rounds; see Point::control_other_cpus.
  [[nodiscard]] double median_other_cpus() const {
    return other_cpus_.size() > 0 ? other_cpus_.median() : 0;
  }
  bool shares_gil() override { return inner_.shares_gil(); }
  std::optional<LedgerRound> ledger_round(int threads, CallShare calls) override {
    auto round = inner_.ledger_round(threads, calls);
    if (round) beat_();
    return round;
  }
  std::optional<BystanderRound> round_with_bystander(int threads, CallShare calls) override {
    auto round = inner_.round_with_bystander(threads, calls);
    if (round) beat_();
    return round;
  }
  std::optional<double> dispatched_round_s(int threads, CallShare calls) override {
    if (pinned_) return std::nullopt;
    const auto seconds = inner_.dispatched_round_s(threads, calls);
    if (seconds) beat_();
    return seconds;
  }
  std::vector<int> helper_processes() const override { return inner_.helper_processes(); }

 private:
  void note_other_cpus(int threads, double cpu_s, double makespan_s) {
    constexpr double long_against_waking_s = 1e-3;
    if (makespan_s < long_against_waking_s) return;
    const double cpus = std::max(cpu_s / makespan_s, 0.0);
    other_cpus_.add(cpus);
    if (threads == 1) least_other_cpus_ = std::min(least_other_cpus_.value_or(cpus), cpus);
  }

  Executor& inner_;
  bool pinned_;
  std::function<void()> beat_;
  OrderedValues other_cpus_;
  std::optional<double> least_other_cpus_;
};

Point without_samples(Point point) {
  point.samples = {};
  point.gil_demands = {};
  return point;
}

/// One thread has half as many kinds of rounds to take.
StopRule rule_for(const StopRule& rule, int threads) {
  StopRule own = rule;
  if (threads == 1) own.budget_s /= 2;
  return own;
}

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// Shares the calls of a round out, as the kind of scaling says.
void give_calls(Point& point, Scaling scaling, std::int64_t calls) {
  point.scaling = scaling;
  const CallShare share =
      scaling == Scaling::weak ? CallShare(calls) : share_out(calls, point.threads);
  point.calls = share.each;
  point.extra_calls = share.extra;
}

/// Enough that each thread of a round has enough to do; with strong scaling, of the largest round.
std::int64_t find_calls(const Case& planned, Executor& workload, const MeasureSettings& settings) {
  const std::int64_t calls = calibrate_calls(
      workload, round_target_s(settings.switch_interval_s, settings.quota_period_s));
  return planned.scaling == Scaling::weak ? calls : calls * planned.threads.back();
}

/// Of this process and those that help it.
std::optional<std::int64_t> memory_of_all(const Executor& workload) {
  std::vector<int> processes = workload.helper_processes();
  processes.push_back(getpid());
  return memory_of(processes);
}

/// Sets of arguments of the threads' own are added to those that are there; one that all share
/// stays, or is made anew.
double setup_in_force(const WorkloadSpec& workload, double before_s, double now_s) {
  if (workload.share == Sharing::none) return before_s + now_s;
  return now_s > 0 ? now_s : before_s;
}

/// Google Benchmark writes the JSON; we tell it the CPU time of our threads, which its own clock,
/// that of the waiting coordinator, does not see.
class CaptureReporter : public benchmark::JSONReporter {
 public:
  explicit CaptureReporter(const std::vector<double>& cpu_s) : cpu_s_(cpu_s) {
    SetOutputStream(&text_);
    SetErrorStream(&text_of_errors_);
  }

  void ReportRuns(const std::vector<Run>& reports) override {
    std::vector<Run> runs = reports;
    for (Run& run : runs) {
      const auto repetition = static_cast<std::size_t>(run.repetition_index);
      if (run.run_type == Run::RT_Iteration && repetition < cpu_s_.size())
        run.cpu_accumulated_time = cpu_s_[repetition];
    }
    JSONReporter::ReportRuns(runs);
  }

  [[nodiscard]] json document() const { return json::parse(text_.str()); }

 private:
  const std::vector<double>& cpu_s_;  ///< for each repetition, over all its samples
  std::ostringstream text_;
  std::ostringstream text_of_errors_;
};

/// Google Benchmark runs a function until its own minimum time is reached; our rule decides, so its
/// minimum is nothing. Flags also override what BENCHMARK_* environment variables would set.
void set_flags(int repetitions) {
  // Google Benchmark keeps a pointer to the first one.
  static std::vector<std::string> words{
      "gilscale", fmt::format("--benchmark_min_time={}", GILSCALE_BENCHMARK_NO_MIN_TIME),
      "--benchmark_filter=all",
      "--benchmark_out=", fmt::format("--benchmark_repetitions={}", repetitions)};
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  int argc = static_cast<int>(argv.size());
  benchmark::Initialize(&argc, argv.data());
}

/// Google Benchmark would write NaN and infinity as they are, which is not JSON.
void count(benchmark::State& state, const char* name, const Estimate& figure) {
  if (std::isfinite(figure.estimate)) state.counters[name] = figure.estimate;
}

/// The samples as one batch of iterations.
void hand_over(benchmark::State& state, const Point& repetition) {
  const auto samples = static_cast<benchmark::IterationCount>(repetition.samples.size());
  while (state.KeepRunningBatch(samples))
    state.SetIterationTime(total(repetition.samples.parallel_s));
  const PointFigures figures = figures_of(repetition);
  state.SetItemsProcessed(static_cast<std::int64_t>(samples) *
                          parallel_calls(repetition).total(repetition.threads));
  count(state, "speedup", figures.speedup);
  count(state, "capacity", figures.capacity);
  count(state, "relative_efficiency", figures.relative_efficiency);
}

/// Runs the point's benchmark: each of its repetitions takes over what was measured.
json benchmark_of(const std::string& name, const std::deque<Point>& repetitions) {
  std::vector<double> cpu_s;
  for (const Point& each : repetitions) cpu_s.push_back(total(each.samples.parallel_cpu_s));
  auto next = repetitions.begin();
  benchmark::RegisterBenchmark(name.c_str(),
                               [&](benchmark::State& state) { hand_over(state, *next++); })
      ->UseManualTime()
      ->Unit(benchmark::kMillisecond);
  CaptureReporter reporter(cpu_s);
  benchmark::RunSpecifiedBenchmarks(&reporter);
  benchmark::ClearRegisteredBenchmarks();
  return reporter.document();
}

/// Names what ledger rounds told. Paths that lead to the same function from the same line
/// are one place.
void name_places(Point& point) {
  const Account* const account = account_of_all(point);
  if (!account) return;
  const Ledger& ledger = account->ledger;
  const Ledger single = point.ledger_single.value_or(Account()).ledger;
  const Names names;
  const auto named = [&](const WaitSite& site) {
    return NamedWait{site.kind, names.site(site), site.python, site.waits};
  };
  std::vector<std::pair<NamedWait, std::intptr_t>> locks;
  if (point.threads > 1)
    for (const WaitSite& site : ledger.sites) {
      add_to(point.waits, named(site));
      locks.emplace_back(named(site), site.lock);
    }
  // Of a lock that all waits at a place were for, by whatever paths threads came there.
  for (NamedWait& wait : point.waits) {
    std::intptr_t lock = 0;
    for (const auto& [site, of_site] : locks)
      if (site.is_where(wait)) lock = lock_of_both(lock, of_site);
    if (const LockHolds* const holds = single.holds_of(lock)) wait.holds = holds->holds;
  }
  for (const WaitSite& site : single.hold_sites) add_to(point.hold_sites, named(site));
  keep_largest(point.waits);
  keep_largest(point.hold_sites);
  point.longest_hold_site = names.site({WaitKind::gil, ledger.longest_hold_frames, {}, {}});
}

/// What the points of a case measure with.
struct Bench {
  const Case& planned;
  Executor& workload;
  Executor& control;
  const MeasureSettings& settings;
  CommonRounds common = {};
};

/// One thread count of a case.
class PointRun {
 public:
  /// `spent_s` counts towards the budget of the first repetition.
  PointRun(Bench& bench, Point blank, double spent_s)
      : bench_(bench), blank_(std::move(blank)), spent_s_(spent_s) {}

  void take(std::int64_t block) {
    if (!sampler_) begin();
    told_demands_ = repetitions_.back().gil_demands.size();
    sampler_->take(block);
    ++samples_;
  }

  /// About the sample just taken.
  [[nodiscard]] Question question() const {
    const Point& repetition = repetitions_.back();
    Question question{without_samples(repetition), sampler_->spent_s(), sampler_->stop_reason()};
    question.point.samples =
        samples_at(repetition.samples, std::array{repetition.samples.size() - 1});
    const auto first_new =
        repetition.gil_demands.begin() + static_cast<std::ptrdiff_t>(told_demands_);
    question.point.gil_demands.assign(first_new, repetition.gil_demands.end());
    return question;
  }

  /// False if that was the last repetition.
  bool stop(std::optional<StopReason> reason) {
    repetitions_.back().stopped = reason;
    sampler_.reset();
    return static_cast<int>(repetitions_.size()) < bench_.planned.repetitions;
  }

  [[nodiscard]] FinishedPoint finished() const {
    Point whole = without_samples(blank_);
    for (const Point& each : repetitions_) append(whole, each);
    forget_ledgers(whole);
    for (const Point& each : repetitions_) add_ledgers(whole, each);
    name_places(whole);
    json document = benchmark_of(benchmark_name(bench_.planned, whole.threads), repetitions_);
    return {std::move(whole), std::move(document["benchmarks"]), std::move(document["context"])};
  }

  /// Without samples.
  [[nodiscard]] const Point& blank() const { return blank_; }
  [[nodiscard]] std::size_t samples() const { return samples_; }
  /// What is known of the point after its first sample.
  void set_memory(std::optional<std::int64_t> bytes) {
    blank_.memory_bytes = repetitions_.back().memory_bytes = bytes;
  }
  void set_other_cpus(double in_calls, double in_control) {
    repetitions_.back().other_cpus = in_calls;
    repetitions_.back().control_other_cpus = in_control;
  }

 private:
  void begin() {
    repetitions_.push_back(blank_);
    sampler_ = std::make_unique<Sampler>(bench_.workload, bench_.control, repetitions_.back(),
                                         rule_for(bench_.planned.stop, blank_.threads),
                                         conditions(), std::exchange(spent_s_, 0), &bench_.common);
    sampler_->warm_up();
  }

  /// Every repetition of every point has an order of its own.
  [[nodiscard]] SamplingConditions conditions() const {
    std::seed_seq seeds{bench_.planned.seed, static_cast<std::uint64_t>(blank_.threads),
                        static_cast<std::uint64_t>(repetitions_.size() - 1)};
    std::array<std::uint32_t, 2> seed{};
    seeds.generate(seed.begin(), seed.end());
    return {bench_.settings.placement.cpus, bench_.settings.quota_period_s,
            std::uint64_t{seed[0]} << 32 | seed[1], bench_.planned.why, bench_.planned.latency};
  }

  Bench& bench_;
  Point blank_;
  double spent_s_;
  std::deque<Point> repetitions_;  // each stays where it is while it is sampled
  std::unique_ptr<Sampler> sampler_;
  std::size_t samples_ = 0;
  std::size_t told_demands_ = 0;  ///< before the last sample
};

class CaseInTurns : public CaseRun {
 public:
  CaseInTurns(const Case& planned, Executor& workload, Executor& control,
              const MeasureSettings& settings, RoundListener on_round,
              const MakeProcesses& make_processes)
      : planned_(planned),
        settings_(settings),
        on_round_(std::move(on_round)),
        workload_(workload, settings.placement.pinned, [this] { beat(); }),
        control_(control, settings.placement.pinned, [this] { beat(); }),
        processes_(make_processes, [this] { beat(); }),
        calls_(planned.calls) {
    if (make_processes) bench_.common.in_processes = &processes_;
    bench_.common.triad = triad_slowdown_here;
    set_flags(planned.repetitions);
  }

  Question take(int threads, std::int64_t block, const std::optional<RoundCounts>& like) override {
    threads_ = threads;
    const bool is_new = !points_.contains(threads);
    if (is_new) begin(threads, like);
    PointRun& point = *points_.at(threads);
    if (block != block_ && !is_new) warm_up(point.blank());
    block_ = block;
    point.take(block);
    if (is_new) point.set_memory(memory_of_all(workload_));
    point.set_other_cpus(workload_.least_other_cpus(), control_.median_other_cpus());
    return point.question();
  }

  std::optional<FinishedPoint> stop(int threads, std::optional<StopReason> reason) override {
    PointRun& point = *points_.at(threads);
    if (point.stop(reason)) return std::nullopt;
    return point.finished();
  }

 private:
  /// While a point begins, it has no samples.
  void beat() {
    const auto point = points_.find(threads_);
    on_round_(threads_, point == points_.end() ? 0 : point->second->samples());
  }

  void begin(int threads, const std::optional<RoundCounts>& like) {
    const auto began = Clock::now();
    Point blank;
    blank.threads = threads;
    blank.oversubscribed = threads > settings_.placement.cpus;
    const double set_up_now_s = workload_.prepare(threads);
    start_s_ += seconds_since(began) - set_up_now_s;
    setup_s_ = setup_in_force(planned_.workload, setup_s_, set_up_now_s);
    blank.start_s = start_s_;
    blank.setup_s = setup_s_;
    control_.prepare(threads);
    if (like) {
      take_over(blank, *like);
    } else {
      if (!calls_) calls_ = find_calls(planned_, workload_, settings_);
      give_calls(blank, planned_.scaling, *calls_);
      grow(blank);
    }
    points_[threads] = std::make_unique<PointRun>(bench_, std::move(blank), seconds_since(began));
  }

  /// Rounds as another worker of the same case has them.
  void take_over(Point& blank, const RoundCounts& like) {
    blank.scaling = planned_.scaling;
    blank.calls = like.calls;
    blank.single_calls = like.single_calls;
    blank.extra_calls = like.extra_calls;
    blank.control_threads = like.control_threads;
    calls_ = case_calls(blank);
    if (bench_.common.control_calls == 0) workload_.round(1, single_calls(blank));  // warms up
    bench_.common.control_calls = like.control_calls;
  }

  /// Longer rounds where starting so many threads takes long against one.
  void grow(Point& blank) {
    if (!planned_.may_grow || blank.scaling == Scaling::strong ||
        blank.threads <= settings_.placement.cpus)
      return;
    const CallShare nothing(0);
    workload_.round(blank.threads, nothing);  // threads that are new take longer
    const double empty_s = std::min(workload_.round(blank.threads, nothing).makespan_s,
                                    workload_.round(blank.threads, nothing).makespan_s);
    const double single_s = bench_.common.singles ? bench_.common.singles->workload.makespan_s
                                                  : workload_.round(1, blank.calls).makespan_s;
    blank.single_calls = blank.calls;
    blank.calls *= growth_of_rounds(empty_s, single_s);
  }

  /// Other cases had the caches since: some calls that are not recorded, where they are short.
  void warm_up(const Point& blank) {
    constexpr double enough_s = 1e-3;
    constexpr double long_against_caches_s = 10e-3;
    if (!bench_.common.singles) return;
    const double call_s =
        bench_.common.singles->workload.makespan_s / static_cast<double>(single_calls(blank).each);
    if (call_s > long_against_caches_s) return;
    workload_.round(1, CallShare(static_cast<std::int64_t>(std::ceil(enough_s / call_s))));
  }

  const Case& planned_;
  const MeasureSettings& settings_;
  RoundListener on_round_;
  Heartbeat workload_;
  Heartbeat control_;
  LateProcesses processes_;
  Bench bench_{planned_, workload_, control_, settings_};
  std::optional<std::int64_t> calls_;
  double start_s_ = 0;
  double setup_s_ = 0;
  std::map<int, std::unique_ptr<PointRun>> points_;
  int threads_ = 0;  ///< of the point that is at work
  std::int64_t block_ = 0;
};

}  // namespace

std::unique_ptr<CaseRun> make_case_run(const Case& planned, Executor& workload, Executor& control,
                                       const MeasureSettings& settings, RoundListener on_round,
                                       const MakeProcesses& make_processes) {
  return std::make_unique<CaseInTurns>(planned, workload, control, settings, std::move(on_round),
                                       make_processes);
}

}  // namespace gilscale
