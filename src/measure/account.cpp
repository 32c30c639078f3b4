#include "gilscale/measure/account.hpp"

namespace gilscale {

void Account::add(const LedgerRound& round, std::int64_t calls_of_all) {
  add({1, calls_of_all, round.times.makespan_s, round.times.wall_s, round.times.cpu_s,
       round.times.runnable_s, round.ledger});
}

void Account::add(const Account& others) {
  if (others.rounds == 0) return;
  const bool exact = others.ledger.exact && (rounds == 0 || ledger.exact);
  rounds += others.rounds;
  calls += others.calls;
  makespan_s += others.makespan_s;
  wall_s += others.wall_s;
  cpu_s += others.cpu_s;
  runnable_s += others.runnable_s;
  ledger.add(others.ledger);
  ledger.exact = exact;
}

}  // namespace gilscale
