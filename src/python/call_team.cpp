#include "python/call_team.hpp"

#include <utility>

namespace gilscale {

CallTeam::CallTeam(std::string workload, Placement placement)
    : workload_(std::move(workload)), team_(std::move(placement)) {}

Seat& CallTeam::add_seat() {
  const std::size_t index = seats_.size();
  raised_.emplace_back();
  const auto keep = [this, index](Raised raised) { raised_[index] = std::move(raised); };
  return *seats_.emplace_back(std::make_unique<Seat>(team_, team_.add_member(), keep));
}

RoundTimes CallTeam::round(int threads, CallShare calls) {
  ++rounds_;
  return team_.round(threads, calls);
}

void CallTeam::throw_failure() {
  std::optional<Raised> first;
  int thread = 0;
  for (std::optional<Raised>& each : raised_) {
    if (!first) {
      first.swap(each);
      thread += first ? 0 : 1;
    }
    each.reset();  // none is told of after a later round
  }
  if (first) throw call_error(workload_, rounds_, thread, *first);
}

}  // namespace gilscale
