#include "python/call_team.hpp"

#include <algorithm>
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
  const auto first = std::find_if(raised_.begin(), raised_.end(),
                                  [](const auto& raised) { return raised.has_value(); });
  if (first == raised_.end()) return;
  const auto thread = static_cast<int>(first - raised_.begin());
  const Raised raised = **first;
  for (auto& each : raised_) each.reset();  // none is told of after a later round
  throw call_error(workload_, rounds_, thread, raised);
}

}  // namespace gilscale
