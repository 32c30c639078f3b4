#include "python/host_team.hpp"

#include "gilscale/text/error.hpp"
#include "python/host.hpp"

namespace gilscale {
namespace {

const border::Host* opened_by = nullptr;

}  // namespace

const border::Host& host() { return *opened_by; }

void set_host(const border::Host& executable) { opened_by = &executable; }

HostTeam::HostTeam() : team_(host().make_team()), is_own_(true) {
  if (!team_)
    throw WorkloadError("there is no memory for the team of threads; try fewer --threads");
}

HostTeam::~HostTeam() {
  if (is_own_) host().delete_team(team_);
}

HostTeam::Member& HostTeam::add_member() { return *host().add_member(team_); }

RoundTimes HostTeam::round(int threads, CallShare calls) {
  RoundTimes times;
  host().round(team_, threads, calls, &times);
  return times;
}

void HostTeam::dismiss() { host().dismiss(team_); }

std::optional<std::int64_t> HostTeam::wait_for_round(Member& me) {
  const std::int64_t calls = host().wait_for_round(team_, &me);
  return calls < 0 ? std::nullopt : std::optional(calls);
}

void HostTeam::pass_gate(Member& me) { host().pass_gate(team_, &me); }
void HostTeam::stop_clocks(Member& me) { host().stop_clocks(team_, &me); }
void HostTeam::finish() { host().finish(team_); }

}  // namespace gilscale
