#include "gilscale/measure/native_executor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>

#include "thrown.hpp"

namespace gilscale {
namespace {

TEST(NativeExecutor, HasNoSetUpOfItsOwn) {
  NativeExecutor control(2);
  EXPECT_EQ(control.prepare(4), 0);
  EXPECT_EQ(control.prepare(4), 0);
}

TEST(NativeExecutor, ComputesInProportionToItsCalls) {
  NativeExecutor control(2);
  control.prepare(1);
  // CPU time, which does not grow while other processes run; 1000 times the calls against 10.
  EXPECT_GT(control.round(1, 200000).cpu_s, 10 * control.round(1, 200).cpu_s);
}

TEST(NativeExecutor, ComputesOnEveryThreadOfARound) {
  NativeExecutor control(2);
  control.prepare(4);
  const double one_s = control.round(1, 100000).cpu_s;
  // Cores differ in speed, and their speed changes; a thread that does nothing gives no half.
  EXPECT_GT(control.round(4, 100000).cpu_s, 0.5 * one_s);
  EXPECT_GT(control.round(4, 100000).makespan_s, 0);
}

TEST(NativeExecutor, GrowsAndKeepsGoing) {
  NativeExecutor control(2);
  for (int threads = 1; threads <= 8; ++threads) {
    control.prepare(threads);
    for (int i = 0; i < 50; ++i) EXPECT_GT(control.round(threads, 10).makespan_s, 0);
  }
  control.prepare(2);
  EXPECT_GT(control.round(8, 10).makespan_s, 0);
}

#ifdef __GLIBC__
/// While it lives, no thread can be started: each would need a stack larger than any address space.
class NoMoreThreads {
 public:
  NoMoreThreads() {
    pthread_getattr_default_np(&before_);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, std::size_t{1} << 50);
    pthread_setattr_default_np(&attributes);
    pthread_attr_destroy(&attributes);
  }
  ~NoMoreThreads() {
    pthread_setattr_default_np(&before_);
    pthread_attr_destroy(&before_);
  }
  NoMoreThreads(const NoMoreThreads&) = delete;
  NoMoreThreads& operator=(const NoMoreThreads&) = delete;

 private:
  pthread_attr_t before_{};
};

TEST(NativeExecutor, SaysSoWhenItCannotGetItsThreads) {
  NativeExecutor control(2);
  control.prepare(1);
  const NoMoreThreads none;
  const auto error = thrown<WorkloadError>([&] { control.prepare(3); });
  ASSERT_TRUE(error);
  EXPECT_THAT(error->what(), testing::HasSubstr("try fewer --threads"));
}
#endif

TEST(NativeExecutor, EndsItsThreadsWithoutHavingRun) {
  NativeExecutor control(2);
  control.prepare(8);
}

}  // namespace
}  // namespace gilscale
