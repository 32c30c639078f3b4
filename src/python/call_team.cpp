#include "python/call_team.hpp"

#include <chrono>
#include <cstddef>
#include <utility>

namespace gilscale {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

WorkerThread& CallTeam::add_thread() {
  const std::size_t index = threads_.size();
  raised_.emplace_back();
  const auto keep = [this, index](Raised raised) { raised_[index] = std::move(raised); };
  return *threads_.emplace_back(std::make_unique<WorkerThread>(team_, team_.add_member(), keep));
}

void CallTeam::do_next(int index, std::function<void()> job) {
  thread(index).do_next(std::move(job));
  has_jobs_ = true;
}

RoundTimes CallTeam::round(int threads, CallShare calls) {
  if (!std::exchange(has_jobs_, false)) ++rounds_;
  return team_.round(threads, calls);
}

void CallTeam::throw_failure() {
  std::optional<Raised> first;
  int thread = 0;
  for (std::size_t i = raised_.size(); i-- > 0;) {
    if (!raised_[i]) continue;
    first = std::exchange(raised_[i], std::nullopt);  // none is told of after a later round
    thread = static_cast<int>(i);
  }
  if (first) throw call_error(workload_, rounds_, thread, *first);
}

RoundTimes CallTeam::round_of_tasks(int threads, CallShare calls,
                                    const std::function<void()>& submit,
                                    const std::function<void()>& take_results) {
  const Clock::time_point asked = Clock::now();
  submit();
  RoundTimes times = round(threads, calls);
  take_results();
  times.handover_s = std::chrono::duration<double>(Clock::now() - asked).count() - times.makespan_s;
  throw_failure();
  return times;
}

RoundTimes CallTeam::checked_round(int threads, CallShare calls) {
  const RoundTimes times = round(threads, calls);
  throw_failure();
  return times;
}

}  // namespace gilscale
