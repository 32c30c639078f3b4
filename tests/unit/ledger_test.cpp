#include "gilscale/ledger/ledger.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <thread>

#include "gilscale/machine/memory.hpp"
#include "gilscale/measure/ledger_round.hpp"
#include "gilscale/measure/team.hpp"

namespace gilscale {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::AllOf;
using testing::Ge;
using testing::Le;

/// Threads of a team that do what they are told, each by its number.
class Doing : public Executor {
 public:
  using Work = std::function<void(int thread)>;

  explicit Doing(Work work) : work_(std::move(work)) {}
  ~Doing() override {
    team_.dismiss();
    for (std::thread& thread : threads_) thread.join();
  }

  double prepare(int threads) override {
    while (team_.size() < threads)
      threads_.emplace_back([this, index = team_.size(), &me = team_.add_member()] {
        while (team_.wait_for_round(me)) {
          team_.pass_gate(me);
          work_(index);
          team_.stop_clocks(me);
          team_.finish();
        }
      });
    return 0;
  }
  RoundTimes round(int threads, CallShare calls) override { return team_.round(threads, calls); }

 private:
  Work work_;
  Team team_{1};
  std::vector<std::thread> threads_;
};

Ledger ledger_of(int threads, Doing::Work work) {
  Doing doing(std::move(work));
  doing.prepare(threads);
  return keep_books(doing, threads, 1).ledger;
}

/// One thread waits for another: the first holds something that the second wants, until 50 ms after
/// the second is about to ask for it. So it is waited for also where that one loses its CPU then.
class Held {
 public:
  static constexpr milliseconds length{50};

  void hold() {
    is_held_ = true;
    while (!is_wanted_) std::this_thread::yield();
    std::this_thread::sleep_until(steady_clock::now() + length);
  }
  /// Once it is held.
  void await() {
    while (!is_held_) std::this_thread::yield();
    is_wanted_ = true;
  }

 private:
  std::atomic<bool> is_held_{false};
  std::atomic<bool> is_wanted_{false};
};

constexpr milliseconds nap{20};

/// The waits of one kind when thread 1 wants what thread 0 holds.
template <typename Hold, typename Want>
WaitTotal contended(WaitKind kind, const Hold& hold, const Want& want) {
  Held held;
  const Ledger ledger = ledger_of(2, [&](int thread) {
    if (thread == 0) return hold(held);
    held.await();
    want();
  });
  return ledger.of(kind);
}

#define SKIP_WITHOUT_A_LEDGER() \
  if (!ledger_is_available()) GTEST_SKIP() << "a sanitizer stands in for these functions"

/// One wait, as long as the other thread held it. A machine that is busy makes it longer only.
MATCHER(IsTheHold, "") {
  *result_listener << arg.count << " waits, " << arg.total_s << " s";
  return arg.count == 1 && arg.total_s > 0.010 && arg.total_s < 5 && arg.longest_s == arg.total_s;
}

TEST(LedgerKinds, HaveNames) {
  EXPECT_EQ(to_string(WaitKind::gil), "gil");
  EXPECT_EQ(to_string(WaitKind::io), "io");
}

TEST(LedgerWaits, SeeMutexes) {
  SKIP_WITHOUT_A_LEDGER();
  std::mutex mutex;
  const auto hold = [&](Held& held) {
    const std::lock_guard lock(mutex);
    held.hold();
  };
  EXPECT_THAT(contended(WaitKind::mutex, hold, [&] { const std::lock_guard lock(mutex); }),
              IsTheHold());
}

TEST(LedgerWaits, SeeMutexesThatAreTriedForSomeTime) {
  SKIP_WITHOUT_A_LEDGER();
  std::timed_mutex mutex;
  const auto hold = [&](Held& held) {
    const std::lock_guard lock(mutex);
    held.hold();
  };
  const auto want = [&] {
    if (mutex.try_lock_for(std::chrono::seconds(10))) mutex.unlock();
  };
  EXPECT_THAT(contended(WaitKind::mutex, hold, want), IsTheHold());
}

TEST(LedgerWaits, SeeReadersAndWriters) {
  SKIP_WITHOUT_A_LEDGER();
  std::shared_mutex mutex;
  const auto write = [&](Held& held) {
    const std::lock_guard lock(mutex);
    held.hold();
  };
  const auto read = [&](Held& held) {
    const std::shared_lock lock(mutex);
    held.hold();
  };
  EXPECT_THAT(contended(WaitKind::rwlock, write, [&] { const std::shared_lock lock(mutex); }),
              IsTheHold());
  EXPECT_THAT(contended(WaitKind::rwlock, read, [&] { const std::lock_guard lock(mutex); }),
              IsTheHold());
  EXPECT_EQ(contended(WaitKind::rwlock, read, [&] { const std::shared_lock lock(mutex); }).count, 0)
      << "readers do not wait for readers";
}

TEST(LedgerWaits, SeeConditions) {
  SKIP_WITHOUT_A_LEDGER();
  std::mutex mutex;
  std::condition_variable condition;
  bool done = false;
  const auto signal = [&](Held& held) {
    held.hold();
    const std::lock_guard lock(mutex);
    done = true;
    condition.notify_one();
  };
  const auto wait = [&] {
    std::unique_lock lock(mutex);
    condition.wait(lock, [&] { return done; });
  };
  EXPECT_THAT(contended(WaitKind::condition, signal, wait), IsTheHold());
}

TEST(LedgerWaits, SeeSemaphores) {
  SKIP_WITHOUT_A_LEDGER();
  sem_t semaphore;
  sem_init(&semaphore, 0, 0);
  const auto post = [&](Held& held) {
    held.hold();
    sem_post(&semaphore);
  };
  EXPECT_THAT(contended(WaitKind::semaphore, post, [&] { sem_wait(&semaphore); }), IsTheHold());
}

TEST(LedgerWaits, SeeFutexesBehindTheSystemCall) {
  SKIP_WITHOUT_A_LEDGER();
  std::atomic<int> word{0};
  const auto wake = [&](Held& held) {
    held.hold();
    word = 1;
    syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
  };
  const auto wait = [&] { syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, nullptr, nullptr, 0); };
  EXPECT_THAT(contended(WaitKind::futex, wake, wait), IsTheHold());
}

TEST(LedgerWaits, TellSleepAndInputApart) {
  SKIP_WITHOUT_A_LEDGER();
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  const Ledger ledger = ledger_of(2, [&](int thread) {
    char letter = 'x';
    if (thread == 0) {
      std::this_thread::sleep_for(nap);
      poll(nullptr, 0, nap.count());
      EXPECT_EQ(write(ends[1], &letter, 1), 1);
    } else {
      EXPECT_EQ(read(ends[0], &letter, 1), 1);
    }
  });
  close(ends[0]);
  close(ends[1]);
  EXPECT_EQ(ledger.of(WaitKind::sleep).count, 2);
  EXPECT_THAT(ledger.of(WaitKind::sleep).total_s, AllOf(Ge(0.039), Le(5)));
  EXPECT_THAT(ledger.of(WaitKind::io).total_s, AllOf(Ge(0.030), Le(5)));
}

TEST(LedgerWaits, DoNotCountWhatIsFree) {
  SKIP_WITHOUT_A_LEDGER();
  std::mutex mutex;
  const Ledger ledger = ledger_of(1, [&](int) {
    for (int i = 0; i < 1000; ++i) const std::lock_guard lock(mutex);
  });
  EXPECT_EQ(ledger.of(WaitKind::mutex).count, 0);
}

std::intptr_t address_of(const void* lock) { return reinterpret_cast<std::intptr_t>(lock); }

/// How a mutex was held in a round of one thread.
WaitTotal holds_of(const std::mutex& mutex, Doing::Work work) {
  const Ledger ledger = ledger_of(1, std::move(work));
  const LockHolds* const holds = ledger.holds_of(address_of(&mutex));
  return holds ? holds->holds : WaitTotal();
}

TEST(LedgerLocks, AreHeldUntilTheyAreGivenBack) {
  SKIP_WITHOUT_A_LEDGER();
  std::mutex mutex;
  const WaitTotal holds = holds_of(mutex, [&](int) {
    for (int i = 0; i < 2; ++i) {
      const std::lock_guard lock(mutex);
      std::this_thread::sleep_for(nap);
    }
    std::this_thread::sleep_for(2 * nap);
    if (mutex.try_lock()) mutex.unlock();
  });
  EXPECT_EQ(holds.count, 3);
  EXPECT_GE(holds.total_s, 0.04);
  EXPECT_GE(holds.longest_s, 0.02);
}

TEST(LedgerLocks, AreNotHeldWhileAConditionIsWaitedFor) {
  SKIP_WITHOUT_A_LEDGER();
  std::mutex mutex;
  std::condition_variable condition;
  const WaitTotal holds = holds_of(mutex, [&](int) {
    std::unique_lock lock(mutex);
    std::this_thread::sleep_for(nap);
    condition.wait_for(lock, 50 * nap, [] { return false; });
  });
  EXPECT_GE(holds.count, 2);
  EXPECT_GE(holds.total_s, 0.02);
  EXPECT_LT(holds.total_s, 0.5) << "of 1 s that it waits";
}

TEST(LedgerLocks, CountOnlyIfTheThreadGivesThemBackInTheRound) {
  SKIP_WITHOUT_A_LEDGER();
  std::mutex mutex;
  EXPECT_EQ(holds_of(mutex, [&](int) { mutex.lock(); }).count, 0);
  EXPECT_EQ(holds_of(mutex, [&](int) { mutex.unlock(); }).count, 0);
}

TEST(LedgerLocks, AreMoreThanThereIsRoomFor) {
  SKIP_WITHOUT_A_LEDGER();
  std::deque<std::mutex> many(1000);
  const Ledger ledger = ledger_of(1, [&](int) {
    for (std::mutex& each : many) const std::lock_guard lock(each);
  });
  EXPECT_EQ(ledger.lock_holds.size(), 32U);
  EXPECT_NE(ledger.holds_of(address_of(&many.front())), nullptr);
}

/// The lock that thread 1 waited for, if it waits so often, each time for the next one of these.
std::intptr_t waited_for(std::deque<std::mutex>& mutexes) {
  std::deque<Held> held(mutexes.size());
  const Ledger ledger = ledger_of(2, [&](int thread) {
    for (std::size_t i = 0; i < mutexes.size(); ++i) {
      if (thread == 1) held[i].await();
      const std::lock_guard lock(mutexes[i]);
      if (thread == 0) held[i].hold();
    }
  });
  return ledger.sites.empty() ? 0 : ledger.sites.front().lock;
}

TEST(LedgerLocks, AreThoseThatThreadsWaitFor) {
  SKIP_WITHOUT_A_LEDGER();
  std::deque<std::mutex> one(1);
  EXPECT_EQ(waited_for(one), address_of(&one.front()));
  std::deque<std::mutex> several(3);
  EXPECT_EQ(waited_for(several), one_of_several);
}

TEST(LedgerWaits, AreThoseOfTheRound) {
  SKIP_WITHOUT_A_LEDGER();
  std::mutex mutex;
  const Ledger ledger = ledger_of(1, [&](int) {
    std::thread([] { std::this_thread::sleep_for(milliseconds(5)); }).join();  // none of its own
  });
  EXPECT_EQ(ledger.of(WaitKind::sleep).count, 0);
  std::this_thread::sleep_for(milliseconds(1));  // the books are closed
}

TEST(LedgerWaits, BeginAnewEveryTime) {
  SKIP_WITHOUT_A_LEDGER();
  Doing doing([](int) { std::this_thread::sleep_for(milliseconds(1)); });
  doing.prepare(2);
  EXPECT_EQ(keep_books(doing, 2, 1).ledger.of(WaitKind::sleep).count, 2);
  EXPECT_EQ(keep_books(doing, 1, 1).ledger.of(WaitKind::sleep).count, 1);
}

TEST(LedgerWaits, AddUp) {
  Ledger ledger;
  ledger.exact = true;
  ledger.waits[0] = {2, 3, 2};
  ledger.gil_held_s = 1;
  Ledger other;
  other.waits[0] = {1, 4, 4};
  other.gil_held_s = 2;
  ledger.add(other);
  EXPECT_EQ(ledger.of(WaitKind::gil).count, 3);
  EXPECT_EQ(ledger.of(WaitKind::gil).total_s, 7);
  EXPECT_EQ(ledger.of(WaitKind::gil).longest_s, 4);
  EXPECT_EQ(ledger.gil_held_s, 3);
  EXPECT_FALSE(ledger.exact) << "if one is not";
}

// ---- a GIL like CPython's ----

/// The functions of Python/ceval_gil.c, as far as threads meet in them.
class LikeAGil {
 public:
  void take() {
    pthread_mutex_lock(&state_.mutex);
    while (state_.is_held) {
      timespec until{};
      clock_gettime(CLOCK_REALTIME, &until);
      until.tv_nsec += 5'000'000;
      if (until.tv_nsec >= 1'000'000'000) {
        until.tv_nsec -= 1'000'000'000;
        ++until.tv_sec;
      }
      pthread_cond_timedwait(&state_.condition, &state_.mutex, &until);
    }
    state_.is_held = true;
    pthread_mutex_unlock(&state_.mutex);
  }
  void drop() {
    pthread_mutex_lock(&state_.mutex);
    state_.is_held = false;
    pthread_cond_signal(&state_.condition);
    pthread_mutex_unlock(&state_.mutex);
  }
  void show() {
    take();
    begin_to_learn_gil();
    drop();
    end_to_learn_gil();
  }

 private:
  struct {
    pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    bool is_held = false;
  } state_;
};

/// One that lives as long as the process, as those of interpreters that are known.
LikeAGil& known_gil() {
  static LikeAGil* const gil = [] {
    auto made = std::make_unique<LikeAGil>();
    made->show();
    return made.release();
  }();
  return *gil;
}

TEST(LedgerOfTheGil, KnowsWhoHoldsItAndWhoWaits) {
  SKIP_WITHOUT_A_LEDGER();
  LikeAGil& gil = known_gil();
  Held held;
  const Ledger ledger = ledger_of(2, [&](int thread) {
    if (thread == 1) held.await();
    gil.take();
    if (thread == 0) held.hold();
    gil.drop();
  });
  EXPECT_TRUE(ledger.exact);
  EXPECT_THAT(ledger.gil_held_s, AllOf(Ge(0.019), Le(5)));
  EXPECT_EQ(ledger.gil_holds.count(), 2U);
  EXPECT_NEAR(ledger.gil_holds.longest_s(), ledger.gil_held_s, ledger.gil_held_s / 10);
  EXPECT_THAT(ledger.of(WaitKind::gil), IsTheHold());
  EXPECT_EQ(ledger.of(WaitKind::mutex).count, 0) << "its mutex is no mutex of the workload";
  EXPECT_EQ(ledger.of(WaitKind::condition).count, 0);
}

TEST(LedgerOfTheGil, IsHeldByOneAtATimeInRoundAfterRound) {
  SKIP_WITHOUT_A_LEDGER();
  LikeAGil& gil = known_gil();
  Doing doing([&](int) {
    for (int i = 0; i < 20; ++i) {
      gil.take();
      std::this_thread::sleep_for(std::chrono::microseconds(300));
      gil.drop();
    }
  });
  doing.prepare(4);
  for (int i = 0; i < 20; ++i) {  // books are taken in another order each time
    const LedgerRound round = keep_books(doing, 4, 1);
    EXPECT_EQ(round.ledger.gil_holds.count(), 80U);
    EXPECT_LE(round.ledger.gil_held_s, round.times.makespan_s * 1.005);
    EXPECT_GE(round.ledger.gil_held_s + round.ledger.of(WaitKind::gil).total_s,
              0.97 * (round.times.wall_s - round.times.runnable_s) - 2e-3)
        << "they do nothing else, but wait for a CPU";
  }
}

TEST(LedgerOfTheGil, CountsThreadsThatTakeNoPart) {
  SKIP_WITHOUT_A_LEDGER();
  LikeAGil& gil = known_gil();
  const Ledger ledger = ledger_of(1, [&](int) {
    gil.take();  // as every thread that calls Python
    gil.drop();
    std::thread([&] {
      gil.take();
      std::this_thread::sleep_for(nap);
      gil.drop();
    }).join();
  });
  EXPECT_THAT(ledger.gil_held_s, AllOf(Ge(0.019), Le(5)));
}

TEST(LedgerOfTheGil, IsNotThatOfAnotherInterpreter) {
  SKIP_WITHOUT_A_LEDGER();
  LikeAGil& gil = known_gil();
  auto* const other = std::make_unique<LikeAGil>().release();  // known for the life of the process
  other->show();
  const Ledger ledger = ledger_of(1, [&](int) {
    gil.take();
    gil.drop();
    std::thread([&] {
      other->take();
      std::this_thread::sleep_for(nap);
      other->drop();
    }).join();
  });
  EXPECT_TRUE(ledger.exact);
  EXPECT_LT(ledger.gil_held_s, 0.010);
  EXPECT_EQ(ledger.gil_holds.count(), 1U);
}

TEST(LedgerOfTheGil, CountsOnlyWhatBelongsToTheRound) {
  SKIP_WITHOUT_A_LEDGER();
  LikeAGil& gil = known_gil();
  std::atomic<bool> taken{false};
  Doing doing([&](int) {
    gil.take();
    gil.drop();
    taken = true;
    std::this_thread::sleep_for(nap);
  });
  doing.prepare(1);
  std::atomic<bool> stop{false};
  Held held;
  std::thread holder([&] {  // before, meanwhile and afterwards
    gil.take();
    held.hold();
    gil.drop();
    while (!taken) std::this_thread::yield();
    gil.take();
    while (!stop) std::this_thread::yield();
    gil.drop();
  });
  held.await();
  const LedgerRound round = keep_books(doing, 1, 1);
  std::this_thread::sleep_for(nap);
  stop = true;
  holder.join();
  EXPECT_LE(round.ledger.gil_held_s, round.times.makespan_s * 1.01 + 1e-4);
  EXPECT_GE(round.ledger.gil_held_s, 0.010);
}

TEST(LedgerOfTheGil, KnowsOfAThreadThatWaitedSinceBefore) {
  SKIP_WITHOUT_A_LEDGER();
  LikeAGil& gil = known_gil();
  Doing doing([](int) { std::this_thread::sleep_for(nap); });
  doing.prepare(1);
  gil.take();  // this thread, which takes no part, all the time
  std::atomic<bool> ends{false};
  std::thread waiting([&] {
    gil.take();
    ends = true;
    gil.drop();
  });
  std::this_thread::sleep_for(milliseconds(5));
  const LedgerRound round = keep_books(doing, 1, 1);
  EXPECT_FALSE(ends);
  gil.drop();
  waiting.join();
  EXPECT_EQ(round.ledger.gil_held_s, 0) << "who only waits does not hold it";
}

TEST(LedgerOfTheGil, EndsWithTheRoundOfAThreadThatHoldsIt) {
  SKIP_WITHOUT_A_LEDGER();
  LikeAGil& gil = known_gil();
  Doing doing([&](int) {
    gil.take();
    std::this_thread::sleep_for(nap);
  });
  doing.prepare(1);
  const LedgerRound round = keep_books(doing, 1, 1);
  gil.drop();
  EXPECT_GE(round.ledger.gil_held_s, 0.0199);
  EXPECT_GE(round.ledger.gil_held_s,
            0.95 * (round.times.makespan_s - round.times.runnable_s) - 1e-3);
  EXPECT_LE(round.ledger.gil_held_s, round.times.makespan_s * 1.005);
  EXPECT_EQ(round.ledger.gil_holds.count(), 1U);
}

// ---- adversaries ----

TEST(LedgerAdversaries, FillABookWithoutEnd) {
  SKIP_WITHOUT_A_LEDGER();
  const Ledger ledger = ledger_of(2, [](int) {
    const timespec nothing{};
    for (int i = 0; i < 100'000; ++i) nanosleep(&nothing, nullptr);
  });
  EXPECT_EQ(ledger.of(WaitKind::sleep).count, 200'000);
}

TEST(LedgerAdversaries, WaitTenMillionTimes) {
  SKIP_WITHOUT_A_LEDGER();
  constexpr int waits = 10'000'000;
  constexpr std::int64_t little = 4'000'000;
  sem_t never;
  sem_init(&never, 0, 0);
  const auto memory = [] { return memory_of(std::array{getpid()}).value_or(0); };
  ledger_of(1, [](int) { usleep(1); });  // what it takes once
  const std::int64_t before = memory();
  const Ledger ledger = ledger_of(1, [&](int) {
    const timespec no_time{0, -1};  // refused without a system call, which takes some µs
    for (int i = 0; i < waits; ++i) sem_timedwait(&never, &no_time);
  });
  EXPECT_EQ(ledger.of(WaitKind::semaphore).count, waits);
  EXPECT_EQ(ledger.sites.size(), 1U);
  EXPECT_LT(memory() - before, little);
}

TEST(LedgerAdversaries, HaveMoreThreadsThanBooks) {
  SKIP_WITHOUT_A_LEDGER();
  constexpr int threads = 3000;
  const Ledger ledger = ledger_of(1, [](int) {
    for (int i = 0; i < threads; ++i)
      std::thread([] {
        usleep(0);
        std::mutex().lock();
      }).join();
  });
  EXPECT_GT(ledger.lost_threads, 0);
}

TEST(LedgerAdversaries, Fork) {
  SKIP_WITHOUT_A_LEDGER();
  const Ledger ledger = ledger_of(1, [](int) {
    const pid_t child = fork();
    if (child == 0) {
      usleep(1000);
      _exit(7);
    }
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(WEXITSTATUS(status), 7);
  });
  EXPECT_EQ(ledger.of(WaitKind::sleep).count, 0) << "that was the child";
  EXPECT_EQ(ledger.of(WaitKind::io).count, 1);
}

std::mutex* locked_by_handler = nullptr;

TEST(LedgerAdversaries, LockInASignalHandler) {
  SKIP_WITHOUT_A_LEDGER();
  std::mutex mutex;
  locked_by_handler = &mutex;
  struct sigaction action{};
  action.sa_handler = [](int) { const std::lock_guard lock(*locked_by_handler); };
  struct sigaction before{};
  sigaction(SIGUSR2, &action, &before);
  Held held;
  std::atomic<pthread_t> sleeper{};
  const Ledger ledger = ledger_of(2, [&](int thread) {
    if (thread == 0) {
      sleeper = pthread_self();
      held.hold();  // a signal cuts it short, and it goes on
      return;
    }
    held.await();
    for (int i = 0; i < 50; ++i) pthread_kill(sleeper, SIGUSR2);
  });
  sigaction(SIGUSR2, &before, nullptr);
  EXPECT_GE(ledger.of(WaitKind::sleep).total_s, 0.015);
}

TEST(LedgerAdversaries, EndTheirThreadsWhileTheyWait) {
  SKIP_WITHOUT_A_LEDGER();
  sem_t never;
  sem_init(&never, 0, 0);
  const Ledger ledger = ledger_of(1, [&](int) {
    pthread_t thread{};
    const auto wait = [](void* semaphore) -> void* {
      sem_wait(static_cast<sem_t*>(semaphore));
      return nullptr;
    };
    ASSERT_EQ(pthread_create(&thread, nullptr, wait, &never), 0);
    usleep(2000);
    pthread_cancel(thread);
    pthread_join(thread, nullptr);
  });
  EXPECT_EQ(ledger.of(WaitKind::sleep).count, 1);
}

}  // namespace
}  // namespace gilscale
