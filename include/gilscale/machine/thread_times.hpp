#pragma once

#include <cstdint>

namespace gilscale {

/// CPU time of the calling thread, in seconds.
double thread_cpu_s();

/// CPU time of all threads of the process, in seconds.
double process_cpu_s();

/// How often something happened to a thread since it was made (getrusage(2)).
struct ThreadEvents {
  std::int64_t page_faults = 0;      ///< with and without reading from a disk
  std::int64_t switches = 0;         ///< it gave its CPU up, to wait
  std::int64_t forced_switches = 0;  ///< it lost it
};

/// Of the calling thread; none where the system does not tell.
ThreadEvents thread_events();

/// Seconds that the calling thread was ready to run but had no CPU since it was made: the run delay
/// of Linux's /proc/thread-self/schedstat (Documentation/scheduler/sched-stats.rst); 0 where that
/// is not provided. Takes some 3 µs and keeps a file open for each thread that asks.
double thread_runnable_s();

}  // namespace gilscale
