#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gilscale/measure/account.hpp"
#include "gilscale/measure/allowance.hpp"
#include "gilscale/measure/executor.hpp"
#include "gilscale/measure/samples.hpp"
#include "gilscale/measure/stop_reason.hpp"
#include "gilscale/statistics/estimate.hpp"
#include "gilscale/statistics/scaling.hpp"

namespace gilscale {

/// What N threads are given to do. `weak`: each thread makes the same calls, however many threads
/// there are. `strong`: the same calls in all, shared out over the threads.
enum class Scaling { weak, strong };

/// "weak" or "strong".
std::string_view to_string(Scaling scaling);
/// The scaling of that word; weak for any other.
Scaling scaling_of(std::string_view word);

/// How a figure of the GIL came about: every acquisition and release was seen, or those of
/// extension modules alone (see Ledger::exact).
enum class Seen { exact, estimate };

/// "exact" or "estimate".
std::string_view to_string(Seen seen);
/// The word's; none for any other.
std::optional<Seen> seen_of(std::string_view word);

/// The same rounds with another allocator of memory than the C library's.
struct AllocatorTrial {
  std::string library;
  /// Calls of all threads in a second, over those with the C library's in the same moments.
  Estimate throughput;
};

/// The same rounds of a free-threaded Python with what the calls share made immortal: nobody counts
/// references to it.
struct ImmortalTrial {
  /// Calls of all threads in a second, over those of the workload as it is in the same moments.
  Estimate throughput;
};

/// One case at one number of threads, as measured.
struct Point {
  int threads = 1;
  Scaling scaling = Scaling::weak;
  std::int64_t calls = 1;  ///< calls of each thread in an N-thread round
  /// Weak scaling: of the thread in a 1-thread round; 0: as many. Fewer where starting N threads
  /// takes long against a round: then N-thread rounds are longer.
  std::int64_t single_calls = 0;
  int extra_calls = 0;             ///< strong scaling: this many threads make one call more
  std::int64_t control_calls = 1;  ///< calls of each thread in a round of the control
  /// Of the control in its N-thread rounds; 0 in files of the versions that had as many as N.
  int control_threads = 0;
  bool oversubscribed = false;  ///< more threads than CPUs that the process may use
  double setup_s = 0;           ///< the set-up code behind its calls, paid once; 0 if there is none
  /// What starting the executor's threads, interpreters or processes took, from none to `threads`.
  double start_s = 0;
  /// Of all processes that took part, after the point was measured (see memory.hpp); none where
  /// the system does not tell.
  std::optional<std::int64_t> memory_bytes;
  /// Of each 1-thread round that told it, see LedgerRound::gil_demand; none where there is no GIL,
  /// or none that threads share.
  std::vector<double> gil_demands;
  std::optional<double> gil_demand;  ///< their median
  std::optional<Seen> gil_demand_is;
  /// What ledger rounds of one thread and of all threads told, each with the calls of a sample;
  /// none where none were made.
  std::optional<Account> ledger_single;
  std::optional<Account> ledger_parallel;
  LedgerSamples ledger_samples;
  /// Of a thread that wanted the GIL now and then beside N-thread rounds; none where none did.
  std::optional<Durations> bystander_waits;
  /// Of the latter, once the point is finished; largest total first.
  std::vector<NamedWait> waits;
  /// Where the GIL was given up in rounds of one thread, once the point is finished, by how long it
  /// had been held; largest total first.
  std::vector<NamedWait> hold_sites;
  /// Of account_of_all(), once the point is finished: the function that the GIL's longest hold
  /// ended in; empty if it is not known.
  std::string longest_hold_site;
  std::optional<AllocatorTrial> allocator;  ///< none where none was tried
  std::optional<ImmortalTrial> immortal;    ///< none where it was not tried
  /// CPUs that other threads of the process kept busy during a 1-thread round: threads of the
  /// workload's own.
  double other_cpus = 0;
  /// The same during rounds of the control, median: threads of the workload's own that go on after
  /// its calls.
  double control_other_cpus = 0;
  std::optional<StopReason> stopped;  ///< why sampling ended; none while it goes on
  Samples samples;
};

/// What the threads of an N-thread round, and the thread of a 1-thread round, have to do.
CallShare parallel_calls(const Point& point);
CallShare single_calls(const Point& point);
/// The account of as many threads as the point has; null where no ledger rounds were made.
const Account* account_of_all(const Point& point);
/// How many threads the control has in an N-thread round.
int control_threads_of(const Point& point);
/// Whether threads of the workload's own disturb the control: what it gets is then no measure of
/// what the machine gives.
bool disturbs_control(const Point& point);
/// What Case::calls has to be for a round of the point.
std::int64_t case_calls(const Point& point);

/// Of two figures of the GIL that become one.
std::optional<Seen> of_both(std::optional<Seen> one, std::optional<Seen> other);

/// Adds what a later look at the same point gave: its samples and GIL demands come behind those
/// that are there, and all else is as it is now, ledgers too.
void append(Point& point, Point later);
/// Adds the ledger rounds of another repetition or process, and those beside a bystander.
void add_ledgers(Point& point, const Point& other);
/// Takes all that these told away.
void forget_ledgers(Point& point);

/// Where the time of the threads of an N-thread round went, as shares that add up to 1. From the
/// opening of the gate each thread counts up to its own finish.
struct TimeShares {
  double cpu = 0;       ///< on a CPU
  double runnable = 0;  ///< ready to run, but other threads or processes had the CPUs
  double blocked = 0;   ///< neither: the GIL, a lock, sleep, input and output
};

/// Of times summed over threads. Clocks of different granularity can disagree by a little: nothing
/// is below 0. All are 0 where no time has passed.
TimeShares time_shares(double cpu_s, double runnable_s, double wall_s);

/// The figures of a point sample by sample, in the order of time. Times in seconds. Where cores are
/// the bound, disturbed samples are left out, as long as enough others remain for an interval.
struct PointValues {
  Samples samples;  ///< those that are not left out
  std::vector<double> makespan_s;
  std::vector<double> call_s;
  std::vector<double>
      undelayed_round_call_s;  ///< the same without what its threads waited for CPUs
  std::vector<double> throughput_per_s;
  std::vector<double> speedup;
  std::vector<double> capacity;
  std::vector<double> relative_efficiency;
  std::vector<double> throughput_speedup;     ///< by the mean of the threads' times
  std::vector<double> throughput_efficiency;  ///< that over what was achievable
  std::vector<double> serial_fraction;        ///< Karp–Flatt; none at 1 thread
  std::vector<double> single_call_s;
  std::vector<double> undelayed_call_s;          ///< the same without what it waited for a CPU
  std::vector<double> control_undelayed_call_s;  ///< of the control on 1 thread, without that too
  std::vector<double> relative_call;
  std::vector<double> relative_throughput;
  std::vector<double> dispatched_speedup;  ///< from submission to result; none but for pools
  std::vector<double> dispatch_s;          ///< what that costs for each task; the same
  Allowance allowed;
};

/// The values of a point that has at least one sample.
PointValues values_of(const Point& point);

/// The same with the disturbed samples.
PointValues values_of_all_samples(const Point& point);

/// What the samples of a point say. Times in seconds.
struct PointFigures {
  Estimate makespan_s;
  Estimate call_s;                   ///< makespan over calls: what one thread sees
  Estimate throughput_per_s;         ///< calls of all threads in a second
  Estimate speedup;                  ///< N·T(1)/T(N) for weak scaling, T(1)/T(N) for strong
  Estimate capacity;                 ///< the control's speedup: cores that the machine gave
  Estimate relative_efficiency;      ///< speedup over what was achievable in the same sample
  double throughput_efficiency = 1;  ///< by the mean of the threads' times, median
  Estimate single_call_s;            ///< a call in the 1-thread round
  Estimate relative_call;            ///< the same over one call of the control in the same sample
  Estimate relative_throughput;  ///< calls of all threads while one thread of the control makes one
  Estimate spread_s;             ///< from the first thread's finish to the last one's
  std::optional<Estimate> serial_fraction;  ///< Karp–Flatt; none at 1 thread
  TimeShares time;                          ///< of the N-thread rounds
  double cpu_share = 1;                     ///< of a 1-thread call
  double undelayed_call_s = 0;              ///< a 1-thread call without what it waited for a CPU
  double control_call_s = 0;                ///< the control's, without that too, median
  CallCost single_cost;                     ///< of a 1-thread call, from these medians
  bool bound_by_cpus = true;                ///< fewer cores would make it slower
  double achievable = 1;                    ///< from the median capacity
  double achievable_low = 1;                ///< the least that code without any fault may do
};

/// For each sample of the point, whether the machine was disturbed. Only the control decides, never
/// what is measured.
std::vector<bool> disturbed_samples(const Point& point);

/// The figures of a point that has at least one sample. Each is the median of per-sample values
/// with its interval, so that what disturbs a whole sample cancels in its ratios.
PointFigures figures_of(const Point& point);
/// The same where its values_of() are there already.
PointFigures figures_of(const Point& point, const PointValues& values);

/// A point that has samples, and what they say.
struct MeasuredPoint {
  Point point;
  PointValues values;
  PointFigures figures;
};

/// Those of the points that have samples, in the same order.
std::vector<MeasuredPoint> measured_points(std::span<const Point> points);

}  // namespace gilscale
