#include "gilscale/measure/account.hpp"

namespace gilscale {

void Account::add(const LedgerRound& round, std::int64_t calls_of_all) {
  const RoundTimes& times = round.times;
  add({1, calls_of_all, times.makespan_s, times.wall_s, times.cpu_s, times.runnable_s,
       times.page_faults, times.switches, times.forced_switches, round.ledger});
}

void Account::add(const Account& others) {
  if (others.rounds == 0) return;
  const bool exact = others.ledger.exact && (rounds == 0 || ledger.exact);
  if (rounds == 0) ledger.hardware.emplace();
  rounds += others.rounds;
  calls += others.calls;
  makespan_s += others.makespan_s;
  wall_s += others.wall_s;
  cpu_s += others.cpu_s;
  runnable_s += others.runnable_s;
  page_faults += others.page_faults;
  switches += others.switches;
  forced_switches += others.forced_switches;
  ledger.add(others.ledger);
  ledger.exact = exact;
}

void keep_largest(std::vector<NamedWait>& waits) {
  constexpr std::size_t most = 20;
  sort_by_total(waits);
  if (waits.size() > most) waits.resize(most);
}

}  // namespace gilscale
