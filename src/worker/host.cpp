#include "worker/host.hpp"

#include <exception>
#include <memory>

#include "gilscale/ledger/ledger.hpp"

namespace gilscale {
namespace {

/// Of the one worker that this process is.
Placement& place() {
  static Placement placement;
  return placement;
}

Team& ours(border::Team* team) { return *reinterpret_cast<Team*>(team); }
Team::Member& ours(border::Member* member) { return *reinterpret_cast<Team::Member*>(member); }

border::Team* make_team() {
  try {
    return for_plugin(*std::make_unique<Team>(place()).release());
  } catch (const std::exception&) {
    return nullptr;
  }
}

void delete_team(border::Team* team) { delete &ours(team); }

border::Member* add_member(border::Team* team) { return for_plugin(ours(team).add_member()); }

void round(border::Team* team, int threads, CallShare calls, RoundTimes* times) {
  *times = ours(team).round(threads, calls);
}

void dismiss(border::Team* team) { ours(team).dismiss(); }

std::int64_t wait_for_round(border::Team* team, border::Member* me) {
  return ours(team).wait_for_round(ours(me)).value_or(-1);
}

void pass_gate(border::Team* team, border::Member* me) { ours(team).pass_gate(ours(me)); }
void stop_clocks(border::Team* team, border::Member* me) { ours(team).stop_clocks(ours(me)); }
void finish(border::Team* team) { ours(team).finish(); }
void learn_gil(bool begins) { begins ? begin_to_learn_gil() : end_to_learn_gil(); }

constexpr border::Host table{border::interface_version,
                             make_team,
                             delete_team,
                             add_member,
                             round,
                             dismiss,
                             wait_for_round,
                             pass_gate,
                             stop_clocks,
                             finish,
                             learn_gil};

}  // namespace

const border::Host& host_table(const Placement& placement) {
  place() = placement;
  return table;
}

border::Team* for_plugin(Team& team) { return reinterpret_cast<border::Team*>(&team); }
border::Member* for_plugin(Team::Member& member) {
  return reinterpret_cast<border::Member*>(&member);
}

}  // namespace gilscale
