#include "python/call_team.hpp"

#include <fmt/format.h>

#include "python/interpreter.hpp"
#include "python/python_error.hpp"

namespace gilscale {

struct CallTeam::Seat {
  int index;
  Team::Member& member;
  BoundCall* call = nullptr;
  py::object exception;
};

CallTeam::CallTeam(PythonWorkload& workload, int cpus)
    : workload_(workload), team_(cpus), switch_interval_(switch_interval_s()) {}

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

RoundTimes CallTeam::round(int threads, std::int64_t calls) {
  ++rounds_;
  return team_.round(threads, calls);
}

void CallTeam::throw_failure() {
  for (const auto& seat : seats_) {
    if (!seat->exception) continue;
    const py::gil_scoped_acquire attached;
    throw workload_error(
        fmt::format("workload '{}' raised in round {} on thread {}:", workload_.name(), rounds_,
                    seat->index),
        std::exchange(seat->exception, {}), "run it with --threads 1 to debug it");
  }
}

void CallTeam::play(Seat& seat, bool once) {
  PyThreadState* state = PyEval_SaveThread();
  do {
    const auto calls = team_.wait_for_round(seat.member);
    if (!calls) break;
    team_.pass_gate(seat.member);
    PyEval_RestoreThread(state);
    if (!seat.call->repeat(*calls, switch_interval_)) seat.exception = take_exception();
    team_.stop_clocks(seat.member);
    state = PyEval_SaveThread();
    team_.finish();
  } while (!once);
  PyEval_RestoreThread(state);
}

}  // namespace gilscale
