#include "gilscale/measure/stack.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace gilscale {
namespace {

/// Where all threads of an account's rounds spent their time, in seconds.
struct Spent {
  double gil_wait = 0;
  double lock_wait = 0;
  double io_wait = 0;
  double cpu = 0;
  double runnable = 0;
  double imbalance = 0;
};

/// Of a wait, a part may have been on a CPU, to go to sleep and to wake up, or ready to run: all
/// that is more than the time for which the threads were blocked. Each wake-up has the same share.
std::array<double, 3> blocked_in_waits(const Account& account) {
  std::array<double, 3> walls{};
  std::array<double, 3> counts{};
  for (std::size_t i = 0; i < wait_kinds; ++i) {
    const auto kind = static_cast<WaitKind>(i);
    const auto group = static_cast<std::size_t>(group_of(kind));
    walls.at(group) += account.ledger.of(kind).total_s;
    counts.at(group) += static_cast<double>(account.ledger.of(kind).count);
  }
  const double blocked = std::max(account.wall_s - account.cpu_s - account.runnable_s, 0.0);
  double excess = walls[0] + walls[1] + walls[2] - blocked;
  // A group with less than its share gives all that it has, and the others the rest.
  for (int round = 0; round < 3 && excess > 0; ++round) {
    double wakeups = 0;
    for (std::size_t i = 0; i < walls.size(); ++i)
      if (walls.at(i) > 0) wakeups += counts.at(i);
    if (wakeups <= 0) break;
    const double each = excess / wakeups;
    for (std::size_t i = 0; i < walls.size(); ++i) {
      const double taken = std::min(walls.at(i), each * counts.at(i));
      walls.at(i) -= taken;
      excess -= taken;
    }
  }
  return walls;
}

Spent spent_in(const Account& account, int threads) {
  const auto [gil, lock, io] = blocked_in_waits(account);
  return {gil,
          lock,
          io,
          account.cpu_s,
          account.runnable_s,
          threads * account.makespan_s - account.wall_s};
}

}  // namespace

bool is_slower_on_cpu(const Stack& stack) {
  constexpr double let_pass = 0.05;
  const std::array parts = parts_of(stack);
  const double threads = std::accumulate(parts.begin(), parts.end(), 0.0);
  const double largest = *std::max_element(parts.begin() + 1, parts.end());
  return stack.slower_on_cpu == largest && largest >= let_pass * threads;
}

WaitGroup group_of(WaitKind kind) {
  if (kind == WaitKind::gil) return WaitGroup::gil;
  return kind == WaitKind::sleep || kind == WaitKind::io ? WaitGroup::io : WaitGroup::lock;
}

Stack stack_of_rounds(const Account& single, const Account& parallel, int threads) {
  const double work = static_cast<double>(parallel.calls) / static_cast<double>(single.calls);
  const Spent one = spent_in(single, 1);
  const Spent all = spent_in(parallel, threads);
  const auto part = [&](double Spent::* time) {
    return (all.*time - work * (one.*time)) / parallel.makespan_s;
  };
  Stack stack;
  stack.achieved = work * single.makespan_s / parallel.makespan_s;
  stack.gil_wait = part(&Spent::gil_wait);
  stack.lock_wait = part(&Spent::lock_wait);
  stack.io_wait = part(&Spent::io_wait);
  stack.no_cpu = part(&Spent::runnable);
  stack.slower_on_cpu = part(&Spent::cpu);
  stack.imbalance = part(&Spent::imbalance);
  stack.other = threads - stack.achieved - stack.gil_wait - stack.lock_wait - stack.io_wait -
                stack.no_cpu - stack.slower_on_cpu - stack.imbalance;
  return stack;
}

}  // namespace gilscale
