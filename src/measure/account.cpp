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

void LedgerSamples::append(const LedgerSamples& later) {
  const auto add = [](std::vector<double>& values, const std::vector<double>& more) {
    values.insert(values.end(), more.begin(), more.end());
  };
  add(gil_wait, later.gil_wait);
  add(lock_wait, later.lock_wait);
  add(gil_hold_p99_s, later.gil_hold_p99_s);
  add(gil_hold_max_s, later.gil_hold_max_s);
  add(process_slowdown, later.process_slowdown);
  add(bystander_p99_s, later.bystander_p99_s);
}

void keep_largest(std::vector<NamedWait>& waits) {
  constexpr std::size_t most = 20;
  sort_by_total(waits);
  if (waits.size() > most) waits.resize(most);
}

void add_to(std::optional<Account>& sum, const std::optional<Account>& more) {
  if (!more) return;
  if (!sum) sum.emplace();
  sum->add(*more);
}

}  // namespace gilscale
