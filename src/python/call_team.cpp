#include "python/call_team.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "python/gil_ledger.hpp"
#include "python/interpreter.hpp"
#include "python/python_error.hpp"

namespace gilscale {

struct CallTeam::Seat {
  int index;
  Team::Member& member;
  BoundCall* call = nullptr;
  py::object exception;
  double detached_s = 0;  ///< in the last round for which the ledger was kept

  void make_calls(std::int64_t calls, std::chrono::duration<double> switch_interval) {
    if (!call->repeat(calls, switch_interval)) exception = take_exception();
  }
};

CallTeam::CallTeam(PythonWorkload& workload, Placement placement)
    : workload_(workload), team_(std::move(placement)), switch_interval_(switch_interval_s()) {}

CallTeam::~CallTeam() = default;

double CallTeam::prepare(int threads) {
  while (team_.size() < threads) {
    const int index = team_.size();
    seats_.push_back(std::make_unique<Seat>(Seat{index, team_.add_member(), nullptr, {}}));
  }
  const double setup_s = workload_.prepare(threads);
  for (int i = 0; i < threads; ++i) seats_[static_cast<std::size_t>(i)]->call = &workload_.call(i);
  return setup_s;
}

RoundTimes CallTeam::round(int threads, CallShare calls) {
  ++rounds_;
  return team_.round(threads, calls);
}

bool CallTeam::shares_gil() const {
  const py::gil_scoped_acquire attached;
  return gil_enabled();
}

double CallTeam::gil_demand(const RoundTimes& last) const {
  return std::clamp(1 - seats_.front()->detached_s / last.makespan_s, 0.0, 1.0);
}

void CallTeam::throw_failure() {
  const auto failed = std::find_if(seats_.begin(), seats_.end(),
                                   [](const auto& seat) { return bool(seat->exception); });
  if (failed == seats_.end()) return;
  const py::gil_scoped_acquire attached;
  const py::object exception = (*failed)->exception;
  for (const auto& seat : seats_) seat->exception = py::object();
  throw workload_error(fmt::format("workload '{}' raised in round {} on thread {}:",
                                   workload_.name(), rounds_, (*failed)->index),
                       exception, "run it with --threads 1 to debug it");
}

void CallTeam::play(Seat& seat, bool once) {
  PyThreadState* state = PyEval_SaveThread();
  do {
    const auto calls = team_.wait_for_round(seat.member);
    if (!calls) break;
    team_.pass_gate(seat.member);
    PyEval_RestoreThread(state);
    if (keep_ledger_) GilLedger::start();
    seat.make_calls(*calls, switch_interval_);
    if (keep_ledger_) seat.detached_s = GilLedger::stop();
    team_.stop_clocks(seat.member);
    state = PyEval_SaveThread();
    team_.finish();
  } while (!once);
  PyEval_RestoreThread(state);
}

}  // namespace gilscale
