#pragma once

#include <array>

#include "gilscale/measure/account.hpp"

namespace gilscale {

/// The speedup stack: where the work of N threads went, in threads' worth of time (Eyerman, Du Bois
/// & Eeckhout, "Speedup stacks", ISPASS 2012). A part is what all threads spent on it in an
/// N-thread round, beyond what one thread spends on the same calls, over the round's makespan:
/// negative where it is less. All of it adds up to the number of threads.
struct Stack {
  double achieved = 0;       ///< the speedup of the ledger rounds
  double gil_wait = 0;       ///< to attach to Python
  double lock_wait = 0;      ///< for locks, mutexes, conditions, semaphores, futexes
  double io_wait = 0;        ///< for input and output, and sleep
  double no_cpu = 0;         ///< ready to run
  double slower_on_cpu = 0;  ///< the same calls took more CPU time
  double imbalance = 0;      ///< after a thread's own finish
  double other = 0;          ///< blocked where nobody saw it
};

/// In that order.
inline std::array<double, 8> parts_of(const Stack& stack) {
  return {stack.achieved, stack.gil_wait,      stack.lock_wait, stack.io_wait,
          stack.no_cpu,   stack.slower_on_cpu, stack.imbalance, stack.other};
}

/// Whether what is missing is mainly that calls took more CPU time, and is not little: 5 % at
/// least.
bool is_slower_on_cpu(const Stack& stack);

/// Which part of the stack a kind of wait belongs to.
enum class WaitGroup { gil, lock, io };
WaitGroup group_of(WaitKind kind);

/// Of rounds of one thread and of `threads`. Nothing of it is a number where an account is empty.
Stack stack_of_rounds(const Account& single, const Account& parallel, int threads);

}  // namespace gilscale
