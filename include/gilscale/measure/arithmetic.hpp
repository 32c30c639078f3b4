#pragma once

#include <cstdint>

namespace gilscale {

/// Additions, comparisons and calls, which the compiler may inline: a naive Fibonacci.
// NOLINTNEXTLINE(misc-no-recursion): that is the point
inline std::uint64_t call_tree(int depth) {
  return depth < 2 ? 1 : call_tree(depth - 1) + call_tree(depth - 2);
}

/// The work of the control, and of the calibration workloads that compute: `steps` call trees of
/// some 0.4 µs each, in registers and on the stack.
///
/// It must feel all that real code can suffer from neighbours on the machine, or code that suffers
/// would look as if it did not scale. Above all it must feel when two CPUs turn out to be hardware
/// threads of one core, which a hypervisor does not tell. There, two threads of this code get 1.1
/// to 1.2 cores, as real code does that keeps a core busy; two chains of dependent multiplications
/// would get 2.0, and report cores that are not there.
[[gnu::noinline]] inline void compute(std::uint64_t steps) {
  for (; steps > 0; --steps) {
    int depth = 12;                  // NOLINT(misc-const-correctness): the next line writes it
    asm volatile("" : "+r"(depth));  // not known beforehand,
    const std::uint64_t leaves = call_tree(depth);
    asm volatile("" : : "r"(leaves));  // and needed: nothing can be left out
  }
}

}  // namespace gilscale
