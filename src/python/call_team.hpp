#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gilscale/measure/team.hpp"
#include "python/python_error.hpp"
#include "python/seat.hpp"

namespace gilscale {

/// A team of threads of this process that call Python: what the executors on them have in common.
/// Who makes the threads, and what each of them calls, is theirs to choose.
class CallTeam {
 public:
  /// `workload` is its name, for messages.
  CallTeam(std::string workload, Placement placement);

  /// A seat for one more thread; the reference lives as long as the team. Between rounds.
  Seat& add_seat();
  [[nodiscard]] int size() const { return team_.size(); }
  [[nodiscard]] Seat& seat(int index) const { return *seats_[static_cast<std::size_t>(index)]; }

  /// One round of seats 0 … threads−1. Detached; blocks. Failures wait for throw_failure().
  RoundTimes round(int threads, CallShare calls);
  /// Throws WorkloadError for the first seat whose call raised in the last round.
  void throw_failure();

  /// Ends Seat::play_all_rounds(). Does not block.
  void dismiss() { team_.dismiss(); }

 private:
  std::string workload_;
  Team team_;
  std::vector<std::unique_ptr<Seat>> seats_;
  std::vector<std::optional<Raised>> raised_;  ///< by each seat, in the last round
  std::int64_t rounds_ = 0;
};

}  // namespace gilscale
