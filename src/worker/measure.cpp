#include "worker/measure.hpp"

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <exception>
#include <random>
#include <sstream>
#include <utility>

#include "gilscale/machine/memory.hpp"
#include "gilscale/machine/thread_times.hpp"
#include "gilscale/measure/sampler.hpp"
#include "gilscale/statistics/statistics.hpp"

namespace gilscale {
namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::json;

/// Passes rounds on and tells of each: a sign of life. Notes what else computes meanwhile.
class Heartbeat : public Executor {
 public:
  Heartbeat(Executor& inner, std::function<void()> beat) : inner_(inner), beat_(std::move(beat)) {}

  double prepare(int threads) override { return inner_.prepare(threads); }
  RoundTimes round(int threads, CallShare calls) override {
    const double before_s = process_cpu_s();
    const RoundTimes times = inner_.round(threads, calls);
    if (threads == 1) note_other_cpus(process_cpu_s() - before_s - times.cpu_s, times.makespan_s);
    beat_();
    return times;
  }
  /// See Point::other_cpus: the least of all rounds, so that it takes no other work for the
  /// workload's.
  [[nodiscard]] double other_cpus() const { return other_cpus_.value_or(0); }
  std::optional<LedgerRound> ledger_round(std::int64_t calls) override {
    const auto round = inner_.ledger_round(calls);
    if (round) beat_();
    return round;
  }
  std::vector<int> helper_processes() const override { return inner_.helper_processes(); }

 private:
  void note_other_cpus(double cpu_s, double makespan_s) {
    constexpr double long_against_waking_s = 1e-3;
    if (makespan_s < long_against_waking_s) return;
    const double cpus = std::max(cpu_s / makespan_s, 0.0);
    other_cpus_ = std::min(other_cpus_.value_or(cpus), cpus);
  }

  Executor& inner_;
  std::function<void()> beat_;
  std::optional<double> other_cpus_;
};

void append(std::vector<double>& all, const std::vector<double>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

void append(Samples& all, const Samples& more) {
  Samples::for_each_member([&](auto member) { append(all.*member, more.*member); });
}

/// The samples of another repetition.
void append(Point& point, const Point& repetition) {
  append(point.samples, repetition.samples);
  append(point.gil_demands, repetition.gil_demands);
  if (!point.gil_demands.empty()) point.gil_demand = median(point.gil_demands);
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

/// One thread count of a case.
class PointRun {
 public:
  PointRun(const Case& planned, Executor& workload, Executor& control,
           const MeasureSettings& settings, const MeasureEvents& events, Point& point,
           double spent_s)
      : planned_(planned),
        settings_(settings),
        workload_(workload),
        control_(control),
        events_(events),
        point_(point),
        spent_s_(spent_s) {}

  /// Runs the benchmark with all its repetitions; throws what the executors threw.
  json run() {
    benchmark::RegisterBenchmark(benchmark_name(planned_, point_.threads).c_str(),
                                 [this](benchmark::State& state) { repeat(state); })
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
    CaptureReporter reporter(cpu_s_);
    benchmark::RunSpecifiedBenchmarks(&reporter);
    benchmark::ClearRegisteredBenchmarks();
    if (failure_) std::rethrow_exception(failure_);
    return reporter.document();
  }

 private:
  void repeat(benchmark::State& state) {
    Point repetition = point_;
    repetition.samples = {};
    repetition.gil_demands = {};
    try {
      sample(repetition);
    } catch (...) {
      // Exceptions may not pass through Google Benchmark.
      failure_ = std::current_exception();
      state.SkipWithError("failed");
      return;
    }
    append(point_, repetition);
    point_.stopped = repetition.stopped;
    point_.control_calls = repetition.control_calls;
    point_.control_threads = repetition.control_threads;
    cpu_s_.push_back(total(repetition.samples.parallel_cpu_s));
    hand_over(state, repetition);
  }

  void sample(Point& repetition) {
    if (failure_) std::rethrow_exception(failure_);
    Sampler sampler(workload_, control_, repetition, rule_for(planned_.stop, point_.threads),
                    conditions(), std::exchange(spent_s_, 0));
    sampler.warm_up();
    sampler.take();
    while (!(repetition.stopped = stop_reason(sampler, repetition))) sampler.take();
  }

  /// Who asks on behalf of all repetitions has to see all of them.
  /// Every repetition of every point has an order of its own.
  [[nodiscard]] SamplingConditions conditions() const {
    std::seed_seq seeds{planned_.seed, static_cast<std::uint64_t>(point_.threads),
                        static_cast<std::uint64_t>(cpu_s_.size())};
    std::array<std::uint32_t, 2> seed{};
    seeds.generate(seed.begin(), seed.end());
    return {settings_.placement.cpus, settings_.quota_period_s,
            std::uint64_t{seed[0]} << 32 | seed[1]};
  }

  [[nodiscard]] std::optional<StopReason> stop_reason(const Sampler& sampler,
                                                      const Point& repetition) const {
    Point so_far = point_;
    so_far.control_calls = repetition.control_calls;
    so_far.control_threads = repetition.control_threads;
    append(so_far, repetition);
    return events_.stop_reason(so_far, sampler.spent_s(), sampler.stop_reason());
  }

  /// Google Benchmark would write NaN and infinity as they are, which is not JSON.
  static void count(benchmark::State& state, const char* name, const Estimate& figure) {
    if (std::isfinite(figure.estimate)) state.counters[name] = figure.estimate;
  }

  /// The samples as one batch of iterations: their number is known by now.
  static void hand_over(benchmark::State& state, const Point& repetition) {
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

  const Case& planned_;
  const MeasureSettings& settings_;
  Executor& workload_;
  Executor& control_;
  const MeasureEvents& events_;
  Point& point_;
  double spent_s_;  ///< before the first repetition
  std::vector<double> cpu_s_;
  std::exception_ptr failure_;
};

}  // namespace

void measure_case(const Case& planned, Executor& workload, Executor& control,
                  const MeasureSettings& settings, const MeasureEvents& events) {
  Point current;
  const auto beat = [&] { events.on_round(current.threads, current.samples.size()); };
  Heartbeat watched_workload(workload, beat);
  Heartbeat watched_control(control, beat);
  set_flags(planned.repetitions);

  std::optional<std::int64_t> calls = planned.calls;
  double start_s = 0;
  double setup_s = 0;
  for (const int threads : planned.threads) {
    const auto began = Clock::now();
    current = Point{};
    current.threads = threads;
    current.oversubscribed = threads > settings.placement.cpus;
    const double set_up_now_s = watched_workload.prepare(threads);
    start_s += seconds_since(began) - set_up_now_s;
    setup_s = setup_in_force(planned.workload, setup_s, set_up_now_s);
    current.start_s = start_s;
    current.setup_s = setup_s;
    watched_control.prepare(threads);
    if (!calls) calls = find_calls(planned, watched_workload, settings);
    give_calls(current, planned.scaling, *calls);
    const double spent_s = seconds_since(began);
    json document =
        PointRun(planned, watched_workload, watched_control, settings, events, current, spent_s)
            .run();
    current.other_cpus = watched_workload.other_cpus();
    current.memory_bytes = memory_of_all(workload);
    events.on_point(current, std::move(document["benchmarks"]), std::move(document["context"]));
  }
}

}  // namespace gilscale
