#include "gilscale/measure/late_processes.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "child_processes.hpp"
#include "gilscale/text/error.hpp"

namespace gilscale {
namespace {

using std::chrono::milliseconds;

/// A process that does nothing until it is killed.
class Idle {
 public:
  Idle() : pid_(fork()) {
    if (pid_ == 0)
      while (true) pause();
  }
  ~Idle() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  Idle(const Idle&) = delete;
  Idle& operator=(const Idle&) = delete;

  [[nodiscard]] int pid() const { return pid_; }
  [[nodiscard]] bool goes_on() const {
    return comes_true([this] { return state_of(pid_) != 'T'; });
  }

 private:
  int pid_;
};

/// Has one process, and does in rounds what it is told.
class OneProcess : public Executor {
 public:
  OneProcess(int pid, std::function<void()> in_round, bool& lives)
      : pid_(pid), in_round_(std::move(in_round)), lives_(lives) {
    lives_ = true;
  }
  ~OneProcess() override { lives_ = false; }

  double prepare(int /*threads*/) override { return 0.5; }
  RoundTimes round(int threads, CallShare /*calls*/) override {
    in_round_();
    return {.cpu_s = static_cast<double>(threads)};
  }
  [[nodiscard]] std::vector<int> helper_processes() const override { return {pid_}; }

 private:
  int pid_;
  std::function<void()> in_round_;
  bool& lives_;
};

struct Late : testing::Test {
  /// `in_round` may call while_waiting.
  LateProcesses processes(std::function<void()> in_round) {
    return {[this, in_round](const std::function<void()>& waiting) {
              while_waiting = waiting;
              return std::make_unique<OneProcess>(idle.pid(), in_round, lives);
            },
            [this] { ++beats; }, milliseconds(20)};
  }

  Idle idle;
  std::function<void()> while_waiting;
  bool lives = false;
  int beats = 0;
};

TEST_F(Late, ProcessesAreMadeWhenTheyAreAskedFor) {
  auto late = processes([] {});
  EXPECT_FALSE(lives);
  EXPECT_EQ(late.prepare(1), 0.5);
  EXPECT_TRUE(lives);
  EXPECT_EQ(late.round(3, 1).cpu_s, 3);
  EXPECT_EQ(beats, 2);
}

TEST_F(Late, ProcessesStandStillBetweenRounds) {
  bool went_on = false;
  {
    auto late = processes([&] { went_on = idle.goes_on(); });
    late.prepare(1);
    EXPECT_TRUE(stands_still(idle.pid()));
    late.round(1, 1);
    EXPECT_TRUE(went_on);
    EXPECT_TRUE(stands_still(idle.pid()));
  }
  EXPECT_TRUE(idle.goes_on()) << "so that it can end";
}

TEST_F(Late, ProcessesThatKeepItWaitingAreEnded) {
  auto late = processes([&] {
    while (true) {
      while_waiting();
      std::this_thread::sleep_for(milliseconds(1));
    }
  });
  late.prepare(1);
  EXPECT_THROW(late.round(1, 1), UnavailableError);
  EXPECT_FALSE(lives);
  EXPECT_GT(beats, 2) << "signs of life";
}

TEST_F(Late, ProcessesThatFailAreEnded) {
  auto late = processes([] { throw WorkloadError("a call failed"); });
  late.prepare(1);
  EXPECT_THROW(late.round(1, 1), WorkloadError);
  EXPECT_FALSE(lives);
  EXPECT_TRUE(idle.goes_on()) << "so that it could end by itself";
}

TEST_F(Late, ProcessesThatNeedMoreMemoryThanThereIsAreNotMade) {
  auto late = processes([] {});
  EXPECT_THROW(late.prepare(1'000'000'000), UnavailableError);
  EXPECT_FALSE(lives);
}

}  // namespace
}  // namespace gilscale
