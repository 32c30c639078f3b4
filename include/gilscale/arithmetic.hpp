#pragma once

#include <cstdint>

namespace gilscale {

/// The work of the control, and of the calibration workloads that compute: additions in registers,
/// eight at a time that do not wait for each other, some nanosecond for each step.
///
/// It must feel all that real code can suffer from neighbours on the machine, or code that suffers
/// would look as if it did not scale. Above all it must feel when two CPUs turn out to be hardware
/// threads of one core, which a hypervisor does not tell. There, two threads of these additions,
/// which fill a core's execution units, get 1.2 cores, and so do two threads of the naive
/// Fibonacci; two chains of dependent multiplications would get 2.0, and report cores that are not
/// there.
[[gnu::noinline]] inline void compute(std::uint64_t steps) {
  std::uint64_t a = 1, b = 2, c = 3, d = 4, e = 5, f = 6, g = 7, h = 8;
  for (; steps > 0; --steps) {
    a += 1, b += 1, c += 1, d += 1, e += 1, f += 1, g += 1, h += 1;
    // Somebody might need them: no step can be left out, and none joined with the next.
    asm volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d), "+r"(e), "+r"(f), "+r"(g), "+r"(h));
  }
}

}  // namespace gilscale
