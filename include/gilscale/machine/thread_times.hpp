#pragma once

namespace gilscale {

/// CPU time of the calling thread, in seconds.
double thread_cpu_s();

/// CPU time of all threads of the process, in seconds.
double process_cpu_s();

/// Seconds that the calling thread was ready to run but had no CPU since it was made: the run delay
/// of Linux's /proc/thread-self/schedstat (Documentation/scheduler/sched-stats.rst); 0 where that
/// is not provided. Takes some 3 µs and keeps a file open for each thread that asks.
double thread_runnable_s();

}  // namespace gilscale
