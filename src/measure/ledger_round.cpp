#include "gilscale/measure/ledger_round.hpp"

#include <algorithm>

namespace gilscale {

LedgerRound keep_books(Executor& executor, int threads, CallShare calls) {
  const bool shares_gil = executor.shares_gil();
  LedgerRound round;
  const bool are_open = open_books(shares_gil);
  try {
    round.times = executor.round(threads, calls);
  } catch (...) {
    close_books();
    throw;
  }
  round.ledger = close_books();
  if (shares_gil && are_open)
    round.gil_demand = std::clamp(round.ledger.gil_held_s / round.times.makespan_s, 0.0, 1.0);
  return round;
}

}  // namespace gilscale
