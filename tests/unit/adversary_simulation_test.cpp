/// Machines that change while a sample is taken, with the real sampler in front of them and the
/// real decisions behind it: how often faultless code is blamed, and guilty code passes. The table
/// in the documents is printed by `GILSCALE_SIMULATION_RUNS=10000 gilscale_unit_tests
/// --gtest_filter='*AdversarySimulation*'`.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <limits>
#include <memory>
#include <queue>
#include <string>
#include <utility>
#include <vector>

#include "gilscale/judge/check.hpp"
#include "gilscale/judge/verdict.hpp"
#include "gilscale/measure/sampler.hpp"
#include "gilscale/statistics/decision.hpp"
#include "random.hpp"

namespace gilscale {
namespace {

/// Work that threads do in a round: each computes for `compute_s` and waits for `wait_s`.
struct Work {
  double compute_s = 0;
  double wait_s = 0;
  /// What it does of what the machine allows: threads of one that is guilty get in one another's
  /// way.
  double efficiency = 1;
};

/// Rounds on it follow one another in time.
class SimulatedMachine {
 public:
  virtual ~SimulatedMachine() = default;
  virtual RoundTimes round(int threads, const Work& work) = 0;
};

RoundTimes all_alike(int threads, const Work& work, double makespan_s) {
  const double wall_s = threads * makespan_s;
  return {.makespan_s = makespan_s,
          .wall_s = wall_s,
          .cpu_s = threads * work.compute_s,
          .undelayed_s = makespan_s};
}

/// Cores come and go in spells, at any time, whatever is being measured.
class LosesCores : public SimulatedMachine {
 public:
  /// One of two cores is lost for that share of the time, `dwell_s` on average at a time. A
  /// 1-thread round takes 1 s.
  LosesCores(Random& random, double share, double dwell_s)
      : random_(random), dwell_s_{dwell_s * (1 - share) / share, dwell_s} {
    lost_ = random.uniform() < share;
    change_ = spell();
  }

  RoundTimes round(int threads, const Work& work) override {
    double left = threads * work.compute_s;
    const double begin = now_;
    while (left > 0) {
      const double rate =
          std::min({lost_ ? 1.0 : 2.0, threads == 1 ? 1.0 : threads * work.efficiency});
      const double step = std::min(left / rate, change_ - now_);
      left -= step * rate;
      now_ += step;
      if (left <= 0 && now_ < change_) break;
      lost_ = !lost_;
      change_ = now_ + spell();
    }
    return all_alike(threads, work, now_ - begin);
  }

 private:
  double spell() { return -std::log(random_.uniform()) * dwell_s_[lost_ ? 1 : 0]; }

  Random& random_;
  double dwell_s_[2];
  bool lost_ = false;
  double now_ = 0;
  double change_ = 0;
};

/// Each round takes longer or shorter by a factor that has a memory of the rounds before.
class ChangesSpeed : public SimulatedMachine {
 public:
  /// The factor of a round, given its place.
  explicit ChangesSpeed(std::function<double(int place)> factor) : factor_(std::move(factor)) {}

  RoundTimes round(int threads, const Work& work) override {
    const double rate = threads == 1 ? 1 : threads * work.efficiency;
    return all_alike(threads, work, threads * work.compute_s / rate * factor_(place_++));
  }

 private:
  std::function<double(int)> factor_;
  int place_ = 0;
};

std::unique_ptr<SimulatedMachine> autocorrelated(Random& random, double phi, double size) {
  auto last = std::make_shared<double>(random.normal());
  return std::make_unique<ChangesSpeed>([&random, phi, size, last](int) {
    *last = phi * *last + std::sqrt(1 - phi * phi) * random.normal();
    return std::exp(size * *last);
  });
}

/// A control group gives so much run time at the beginning of each period, on two cores.
class Throttles : public SimulatedMachine {
 public:
  Throttles(Random& random, double cpus) : cpus_(cpus), now_(random.uniform() * period_s) {
    tokens_ = cpus_ * period_s;
  }

  RoundTimes round(int threads, const Work& work) override {
    double left = threads * work.compute_s / (threads == 1 ? 1 : work.efficiency);
    const double begin = now_;
    while (left > 1e-12) {
      const double until_s = (std::floor(now_ / period_s + 1e-9) + 1) * period_s - now_;
      const double rate = std::min(threads, 2);
      const double step = std::min({left / rate, tokens_ / rate, until_s});
      left -= step * rate;
      tokens_ -= step * rate;
      now_ += step;
      if (left <= 1e-12) break;
      if (tokens_ > 1e-12 && step < until_s) continue;
      now_ = (std::floor(now_ / period_s + 1e-9) + 1) * period_s;
      tokens_ = cpus_ * period_s;
    }
    return all_alike(threads, work, now_ - begin);
  }

 private:
  static constexpr double period_s = 0.1;
  double cpus_;
  double now_;
  double tokens_;
};

/// The hypervisor takes a share of each CPU's time, more where both are in use.
class IsStolenFrom : public SimulatedMachine {
 public:
  explicit IsStolenFrom(Random& random) : random_(random) {}

  RoundTimes round(int threads, const Work& work) override {
    const double given = threads == 1 ? 0.7 : 0.5;
    const double rate = threads == 1 ? given : given * std::min(threads, 2) * work.efficiency;
    return all_alike(threads, work,
                     threads * work.compute_s / rate * std::exp(0.03 * random_.normal()));
  }

 private:
  Random& random_;
};

/// Two cores, first come first served, and calls that compute and wait for times of an exponential
/// distribution: what threads lose by queueing for CPUs is no fault of theirs.
class QueuesForCpus : public SimulatedMachine {
 public:
  explicit QueuesForCpus(Random& random) : random_(random) {}

  RoundTimes round(int threads, const Work& work) override {
    constexpr int calls = 40;
    RoundTimes times;
    std::priority_queue<std::pair<double, int>, std::vector<std::pair<double, int>>, std::greater<>>
        ready;  // at which time, which thread
    std::vector<int> left(static_cast<std::size_t>(threads), calls);
    for (int i = 0; i < threads; ++i) ready.emplace(0, i);
    std::vector<double> free_at(2, 0);
    while (!ready.empty()) {
      const auto [at, thread] = ready.top();
      ready.pop();
      double& core = *std::min_element(free_at.begin(), free_at.end());
      const double begin = std::max(at, core);
      const double cpu_s = drawn(work.compute_s / calls / (threads == 1 ? 1 : work.efficiency));
      core = begin + cpu_s;
      times.cpu_s += cpu_s;
      times.runnable_s += begin - at;
      const double done = core + drawn(work.wait_s / calls / (threads == 1 ? 1 : work.efficiency));
      if (--left[static_cast<std::size_t>(thread)] > 0) {
        ready.emplace(done, thread);
        continue;
      }
      times.wall_s += done;
      times.makespan_s = std::max(times.makespan_s, done);
    }
    times.undelayed_s = times.makespan_s - times.runnable_s / threads;
    return times;
  }

 private:
  double drawn(double mean) { return mean > 0 ? -mean * std::log(random_.uniform()) : 0; }

  Random& random_;
};

/// As many cores as threads, each of which is a little faster or slower by itself.
class HasManyCores : public SimulatedMachine {
 public:
  explicit HasManyCores(Random& random) : random_(random) {}

  RoundTimes round(int threads, const Work& work) override {
    RoundTimes times;
    for (int i = 0; i < threads; ++i) {
      const double each = (work.compute_s + work.wait_s) / (threads == 1 ? 1 : work.efficiency) *
                          std::exp(0.05 * random_.normal());
      times.makespan_s = std::max(times.makespan_s, each);
      times.wall_s += each;
      times.cpu_s += work.compute_s;
    }
    times.undelayed_s = times.makespan_s;
    return times;
  }

 private:
  Random& random_;
};

class SimulatedExecutor : public Executor {
 public:
  SimulatedExecutor(SimulatedMachine& machine, const Work& work) : machine_(machine), work_(work) {}

  double prepare(int /*threads*/) override { return 0; }
  RoundTimes round(int threads, CallShare /*calls*/) override {
    return machine_.round(threads, work_);
  }

 private:
  SimulatedMachine& machine_;
  Work work_;
};

using MadeMachine = std::function<std::unique_ptr<SimulatedMachine>(Random& random)>;

struct Adversary {
  const char* name;
  MadeMachine machine;
  int threads = 2;
  Work work = {1, 0, 1};
  int control_threads = 2;
  bool oversubscribed = false;
};

void PrintTo(const Adversary& adversary, std::ostream* stream) { *stream << adversary.name; }

const std::vector<Adversary>& adversaries() {
  const auto spells = [](double share, double rounds) {
    return [=](Random& random) { return std::make_unique<LosesCores>(random, share, rounds); };
  };
  const auto speed = [](double phi, double size) {
    return [=](Random& random) { return autocorrelated(random, phi, size); };
  };
  const auto factor = [](auto of_place) {
    return [=](Random& random) {
      return std::make_unique<ChangesSpeed>([of_place, &random](int place) {
        return of_place(place) * std::exp(0.01 * random.normal());
      });
    };
  };
  const auto many = [](Random& random) { return std::make_unique<HasManyCores>(random); };
  static const std::vector<Adversary> all{
      {"a core lost 20 %, 1.5 rounds", spells(0.2, 1.5)},
      {"a core lost 60 %, 1.5 rounds", spells(0.6, 1.5)},
      {"a core lost 40 %, 3 rounds", spells(0.4, 3)},
      {"a core lost 60 %, 5 rounds", spells(0.6, 5)},
      {"a core lost 20 %, 20 rounds", spells(0.2, 20)},
      {"a core lost 70 %, 20 rounds", spells(0.7, 20)},
      {"AR(1) 0.5, 3 %", speed(0.5, 0.03)},
      {"AR(1) 0.9, 3 %", speed(0.9, 0.03)},
      {"AR(1) 0.9, 20 %", speed(0.9, 0.2)},
      {"slower by 0.5 % a round", factor([](int place) { return std::pow(1.005, place % 400); })},
      {"speed in waves of 23 rounds",
       factor([](int place) { return 1 + 0.2 * std::sin(place * 2 * 3.14159265 / 23); })},
      {"a quota of 1.2 CPUs",
       [](Random& random) { return std::make_unique<Throttles>(random, 1.2); },
       2,
       {0.2, 0, 1}},
      {"30 % stolen from one, 50 % from two",
       [](Random& random) { return std::make_unique<IsStolenFrom>(random); }},
      {"4 threads queue for 2 CPUs",
       [](Random& random) { return std::make_unique<QueuesForCpus>(random); },
       4,
       {0.5, 0.5, 1},
       2,
       true},
      {"64 threads, 5 % each", many, 64, {1, 0, 1}, 64},
      {"64 threads that wait, 5 % each", many, 64, {1e-4, 1, 1}, 2},
      {"256 threads that wait, 5 % each", many, 256, {1e-4, 1, 1}, 2},
  };
  return all;
}

int runs_each() {
  const char* const wanted = std::getenv("GILSCALE_SIMULATION_RUNS");
  return wanted ? std::max(std::atoi(wanted), 1) : 100;
}

/// How often a run ended with each answer, of the expectation and of the verdict.
struct Answers {
  int passed = 0;
  int failed = 0;
  int praised = 0;
  int blamed = 0;
};

void count(const CaseResult& result, Answers& answers) {
  static const Expectation expected = parse_expectation("work relative_efficiency >= 0.9");
  const Outcome outcome = check_point(expected, result, result.points.back()).outcome;
  answers.passed += outcome == Outcome::passed ? 1 : 0;
  answers.failed += outcome == Outcome::failed ? 1 : 0;
  const Verdict verdict = judge(result, measured_points(result.points)).verdict;
  answers.praised += verdict == Verdict::parallel || verdict == Verdict::machine_limited ? 1 : 0;
  answers.blamed += verdict == Verdict::partial || verdict == Verdict::contended ? 1 : 0;
}

Answers answers_to(const Adversary& adversary, double efficiency) {
  constexpr int samples = 100;
  Random random(20261129);
  Answers answers;
  for (int run = 0; run < runs_each(); ++run) {
    const std::unique_ptr<SimulatedMachine> machine = adversary.machine(random);
    Work work = adversary.work;
    work.efficiency = efficiency;
    SimulatedExecutor workload(*machine, work);
    SimulatedExecutor control(*machine, {work.compute_s + work.wait_s, 0, 1});
    CaseResult result;
    result.planned.workload.name = "work";
    result.planned.threads = {adversary.threads};
    result.gil = {false, false, false};
    Point point;
    point.threads = adversary.threads;
    point.control_threads = adversary.control_threads;
    point.oversubscribed = adversary.oversubscribed;
    Sampler sampler(workload, control, point, {}, {.seed = static_cast<std::uint64_t>(run)});
    for (int i = 0; i < samples; ++i) sampler.take();
    result.points.push_back(std::move(point));
    count(result, answers);
  }
  return answers;
}

void print_header() {
  static bool printed = false;
  if (std::exchange(printed, true)) return;
  fmt::print(
      "\nrelative_efficiency >= 0.9 and verdicts, 100 samples, {} runs\n\n"
      "| {:<36} | code      |   passed |   failed |     open | praised | blamed  |\n"
      "| {:-<36} | --------- | -------: | -------: | -------: | ------: | ------: |\n",
      runs_each(), "the machine", "");
}

void print_row(const Adversary& adversary, const char* code, const Answers& answers) {
  const auto percent = [](int count) { return 100.0 * count / runs_each(); };
  fmt::print(
      "| {:<36} | {:<9} | {:>6.2f} % | {:>6.2f} % | {:>6.2f} % | {:>5.1f} % | {:>5.1f} % |\n",
      adversary.name, code, percent(answers.passed), percent(answers.failed),
      percent(runs_each() - answers.passed - answers.failed), percent(answers.praised),
      percent(answers.blamed));
}

/// The largest count that a true rate explains, by four standard deviations.
double most_of(double rate) {
  return runs_each() * rate + 4 * std::sqrt(runs_each() * rate * (1 - rate));
}

class AdversarySimulation : public testing::TestWithParam<Adversary> {};

TEST_P(AdversarySimulation, NeitherBlamesFaultlessCodeNorPassesGuiltyCode) {
  const Adversary& adversary = GetParam();
  const Answers faultless = answers_to(adversary, 1);
  const Answers guilty = answers_to(adversary, 0.6);
  print_header();
  print_row(adversary, "faultless", faultless);
  print_row(adversary, "guilty", guilty);
  EXPECT_LE(faultless.failed, most_of(gate_error));
  EXPECT_LE(guilty.passed, most_of(gate_error));
  EXPECT_LE(faultless.blamed, most_of(verdict_error));
  EXPECT_LE(guilty.praised, most_of(verdict_error));
}

INSTANTIATE_TEST_SUITE_P(Machines, AdversarySimulation, testing::ValuesIn(adversaries()),
                         [](const auto& row) {
                           std::string name;
                           for (const char c : std::string(row.param.name))
                             if (std::isalnum(static_cast<unsigned char>(c)) != 0) name += c;
                           return name;
                         });

}  // namespace
}  // namespace gilscale
