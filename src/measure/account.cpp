#include "gilscale/measure/account.hpp"

#include <algorithm>

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

void LedgerSamples::append(const LedgerSamples& later) {
  const auto add = [](std::vector<double>& values, const std::vector<double>& more) {
    values.insert(values.end(), more.begin(), more.end());
  };
  add(gil_wait, later.gil_wait);
  add(lock_wait, later.lock_wait);
  add(gil_hold_p99_s, later.gil_hold_p99_s);
  add(gil_hold_max_s, later.gil_hold_max_s);
}

void add(std::vector<NamedWait>& waits, const NamedWait& more) {
  const auto same = std::find_if(waits.begin(), waits.end(), [&](const NamedWait& each) {
    return each.kind == more.kind && each.site == more.site && each.python == more.python;
  });
  if (same == waits.end())
    waits.push_back(more);
  else
    same->waits.add(more.waits);
}

void keep_largest(std::vector<NamedWait>& waits) {
  constexpr std::size_t most = 20;
  std::stable_sort(waits.begin(), waits.end(), [](const NamedWait& a, const NamedWait& b) {
    return a.waits.total_s > b.waits.total_s;
  });
  if (waits.size() > most) waits.resize(most);
}

}  // namespace gilscale
