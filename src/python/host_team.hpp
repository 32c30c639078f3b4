#pragma once

#include <cstdint>
#include <optional>

#include "gilscale/measure/executor.hpp"
#include "gilscale/python/plugin.hpp"

namespace gilscale {

/// A team of the executable's, which keeps the clocks of a round and opens its gate: see
/// measure/team.hpp, which says what may be called when.
class HostTeam {
 public:
  using Member = border::Member;

  /// A new team of threads of this process.
  HostTeam();
  /// One that is there already, to play in.
  explicit HostTeam(border::Team& team) : team_(&team) {}
  ~HostTeam();
  HostTeam(const HostTeam&) = delete;
  HostTeam& operator=(const HostTeam&) = delete;

  Member& add_member();
  RoundTimes round(int threads, CallShare calls);
  void dismiss();

  std::optional<std::int64_t> wait_for_round(Member& me);
  void pass_gate(Member& me);
  void stop_clocks(Member& me);
  void finish();

 private:
  border::Team* team_;
  bool is_own_ = false;
};

}  // namespace gilscale
