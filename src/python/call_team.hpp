#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "python/host_team.hpp"
#include "python/python_error.hpp"
#include "python/worker_thread.hpp"

namespace gilscale {

/// A team of threads of this process that call Python: what the executors on them have in common.
/// Who makes the threads, and what each of them calls, is theirs to choose.
class CallTeam {
 public:
  /// `workload` is its name, for messages.
  explicit CallTeam(std::string workload) : workload_(std::move(workload)) {}

  /// What one more thread does; the reference lives as long as the team. Between rounds.
  WorkerThread& add_thread();
  [[nodiscard]] const std::string& workload() const { return workload_; }
  [[nodiscard]] int size() const { return static_cast<int>(threads_.size()); }
  [[nodiscard]] WorkerThread& thread(int index) const {
    return *threads_[static_cast<std::size_t>(index)];
  }

  /// What thread `index` does in the next round in place of calls; a round of jobs is not counted
  /// in messages. See WorkerThread::do_next().
  void do_next(int index, std::function<void()> job);

  /// One round of threads 0 … threads−1. Detached; blocks. Failures wait for throw_failure().
  RoundTimes round(int threads, CallShare calls);
  /// Throws WorkloadError for the first thread whose call raised in the last round.
  void throw_failure();
  /// Both: where nothing has to be put in order between the two.
  RoundTimes checked_round(int threads, CallShare calls);
  /// The same where each thread is a task for this round: what `submit` and `take_results` take is
  /// its handover time.
  RoundTimes round_of_tasks(int threads, CallShare calls, const std::function<void()>& submit,
                            const std::function<void()>& take_results);

  /// Ends WorkerThread::run_all_rounds(). Does not block.
  void dismiss() { team_.dismiss(); }

 private:
  std::string workload_;
  HostTeam team_;
  std::vector<std::unique_ptr<WorkerThread>> threads_;
  std::vector<std::optional<Raised>> raised_;  ///< by each thread, in the last round
  std::int64_t rounds_ = 0;
  bool has_jobs_ = false;  ///< for the next round
};

}  // namespace gilscale
