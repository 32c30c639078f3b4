/// What the harness itself costs, beside what Python's own tools cost for the same, in one run. For
/// each executor and the plain way in Python to do what it does:
///   - one call of an empty C function, against timeit there;
///   - one round of N threads that make one such call each, against N tasks there.
/// The two sides are measured alternately and compared pair by pair; printed is the median of the
/// ratios with its 95 % interval. Below 1 means cheaper than the peer.
/// Usage: gilscale_harness_cost [PAIRS]

#include <dlfcn.h>
#include <fmt/format.h>
#include <pthread.h>
#include <pybind11/eval.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gilscale/machine/cpu_budget.hpp"
#include "gilscale/model/executable.hpp"
#include "gilscale/statistics/statistics.hpp"
#include "gilscale/text/error.hpp"
#include "worker/executors.hpp"
#include "worker/member_process.hpp"
#include "worker/python.hpp"

namespace {

namespace py = pybind11;
using namespace gilscale;

double seconds_of(const std::function<void()>& work) {
  const auto began = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

using Timer = std::function<double()>;

/// Measures both sides `pairs` times, taking turns at going first, and prints a row; of ours alone
/// where there is no peer.
void compare(const std::string& what, int pairs, double per, const Timer& ours,
             const Timer& theirs) {
  std::vector<double> our_s;
  std::vector<double> their_s;
  for (int i = 0; i < pairs; ++i) {
    if (i % 2 == 0) our_s.push_back(ours());
    if (theirs) their_s.push_back(theirs());
    if (i % 2 != 0) our_s.push_back(ours());
  }
  fmt::print("{:<26} {:>10.3f}", what, median(our_s) / per * 1e6);
  if (theirs) {
    const Estimate ratio = median_interval(ratios(our_s, their_s));
    fmt::print(" {:>10.3f} {:>7.2f}  [{:.2f}, {:.2f}]", median(their_s) / per * 1e6, ratio.estimate,
               ratio.low, ratio.high);
  }
  fmt::print("\n");
}

WorkloadSpec calibration(const char* name, const char* args) {
  WorkloadSpec spec;
  spec.name = spec.attribute = name;
  spec.module = "gilscale_calibration";
  spec.args = args;
  spec.builtin = true;
  return spec;
}

WorkloadSpec empty_call() { return calibration("empty", "()"); }

/// The plain way in Python to do what an executor does.
struct Peer {
  const char* executor;
  const char* name;   ///< as Python's documentation has it
  const char* maker;  ///< of those below; takes the number of threads
};

constexpr std::array<Peer, 4> peers{{
    {"threads", "threading.Thread, new in each round", "Threads"},
    {"pool", "concurrent.futures.ThreadPoolExecutor", "ThreadPool"},
    {"interpreters", "concurrent.futures.InterpreterPoolExecutor", "InterpreterPool"},
    {"processes", "multiprocessing.Pool", "ProcessPool"},
}};

/// Defines the makers; one is None where Python does not have it.
constexpr const char* makers = R"(
import concurrent.futures, multiprocessing, threading

class Threads:
    def __init__(self, threads):
        self.threads = threads
    def round(self, function, *args):
        started = [threading.Thread(target=function, args=args) for _ in range(self.threads)]
        for thread in started:
            thread.start()
        for thread in started:
            thread.join()
    def end(self):
        pass

class Futures:
    def __init__(self, threads):
        self.threads = threads
        self.pool = self.kind(threads)
    def round(self, function, *args):
        for future in [self.pool.submit(function, *args) for _ in range(self.threads)]:
            future.result()
    def end(self):
        self.pool.shutdown()

class ThreadPool(Futures):
    kind = concurrent.futures.ThreadPoolExecutor

InterpreterPool = None
if hasattr(concurrent.futures, "InterpreterPoolExecutor"):
    class InterpreterPool(Futures):
        kind = concurrent.futures.InterpreterPoolExecutor

class ProcessPool:
    def __init__(self, threads):
        self.threads = threads
        self.pool = multiprocessing.get_context("spawn").Pool(threads)
    def round(self, function, *args):
        for result in [self.pool.apply_async(function, args) for _ in range(self.threads)]:
            result.get()
    def end(self):
        self.pool.terminate()
        self.pool.join()
)";

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

/// An executor and its peer, both started with the same number of threads.
class Match {
 public:
  Match(const Peer& peer, Python& python, const py::dict& names, int threads) : threads_(threads) {
    Case planned;
    planned.workload = empty_call();
    planned.executor = peer.executor;
    {
      const py::gil_scoped_release detached;
      executor_ = make_executor({planned, cpu_budget().usable(), &python, find_python("")});
      executor_->prepare(threads);
    }
    const py::object maker = names[peer.maker];
    if (!maker.is_none()) peer_ = maker(threads);
  }
  ~Match() {
    {
      const py::gil_scoped_release detached;
      executor_.reset();
    }
    try {
      if (peer_) peer_.attr("end")();
    } catch (const py::error_already_set&) {
      // A peer that could not do its work may not be able to end it either.
    }
  }
  Match(const Match&) = delete;
  Match& operator=(const Match&) = delete;

  /// The peer runs timeit, whose loop is Python's fastest.
  void compare_calls(int pairs) {
    constexpr int calls = 200000;
    const py::object timeit = py::module_::import("timeit").attr("timeit");
    const py::object clock = py::module_::import("time").attr("perf_counter");
    compare("  one call", pairs, calls, ours(1, calls),
            theirs(1, timeit, "f()", "from gilscale_calibration import empty as f", clock, calls));
  }

  void compare_rounds(int pairs) {
    constexpr int rounds = 50;
    const py::object empty = py::module_::import("gilscale_calibration").attr("empty");
    compare(fmt::format("  one round of {}", threads_), pairs, rounds, ours(rounds, 1),
            theirs(rounds, empty));
  }

 private:
  [[nodiscard]] Timer ours(int rounds, int calls) const {
    return [this, rounds, calls] {
      const py::gil_scoped_release detached;
      return seconds_of([&] {
        for (int i = 0; i < rounds; ++i) executor_->round(threads_, calls);
      });
    };
  }

  template <typename... Arguments>
  [[nodiscard]] Timer theirs(int rounds, const Arguments&... arguments) const {
    if (!peer_) return {};
    const py::object round = peer_.attr("round");
    const py::tuple task = py::make_tuple(arguments...);
    try {
      round(*task);
    } catch (const py::error_already_set& error) {
      fmt::print("  the peer cannot do this: {}\n", first_line(error.what()));
      return {};
    }
    return [round, task, rounds] {
      return seconds_of([&] {
        for (int i = 0; i < rounds; ++i) round(*task);
      });
    };
  }

  int threads_;
  std::unique_ptr<Executor> executor_;
  py::object peer_;
};

void compare_with(const Peer& peer, Python& python, const py::dict& names, int pairs) {
  const bool there = !py::object(names[peer.maker]).is_none();
  fmt::print("{} / {}{}\n", peer.executor, peer.name,
             there ? "" : ", which this Python does not have");
  try {
    Match(peer, python, names, 1).compare_calls(pairs);
    for (const int threads : {1, 2, 4, 8})
      Match(peer, python, names, threads).compare_rounds(pairs);
  } catch (const UnavailableError& error) {
    fmt::print("  {}\n", error.what());
  }
}

/// What the stand-ins cost that every library's locks go through: against the functions behind
/// them.
void compare_locks(int pairs) {
  constexpr int times = 100000;
  using Lock = int(pthread_mutex_t*);
  auto* const lock = reinterpret_cast<Lock*>(dlsym(RTLD_NEXT, "pthread_mutex_lock"));
  auto* const unlock = reinterpret_cast<Lock*>(dlsym(RTLD_NEXT, "pthread_mutex_unlock"));
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  const auto timer = [](Lock* locks, Lock* unlocks) {
    return [locks, unlocks] {
      return seconds_of([&] {
        for (int i = 0; i < times; ++i) {
          locks(&mutex);
          unlocks(&mutex);
        }
      });
    };
  };
  const Timer with_stand_ins = timer(pthread_mutex_lock, pthread_mutex_unlock);
  compare("  lock and unlock", pairs, times, with_stand_ins, timer(lock, unlock));
}

/// What ledger rounds cost calls that release the GIL and take it again, and compute meanwhile.
void compare_books(Python& python, const char* args, const char* what, int pairs) {
  constexpr int calls = 2000;
  const py::gil_scoped_release detached;
  Case planned;
  planned.workload = calibration("burn_release", args);
  planned.executor = "threads";
  python.load(planned.workload);
  const auto executor = make_executor({planned, cpu_budget().usable(), &python, find_python("")});
  executor->prepare(1);
  executor->round(1, calls);
  compare(
      what, pairs, calls, [&] { return executor->ledger_round(1, calls)->times.makespan_s; },
      [&] { return executor->round(1, calls).makespan_s; });
}

}  // namespace

int main(int argc, char** argv) {
  if (is_member_command(argc, argv)) run_member_process();
  const int pairs = argc > 1 ? static_cast<int>(std::strtol(argv[1], nullptr, 10)) : 31;
  if (pairs < 1) {
    fmt::print(stderr, "usage: gilscale_harness_cost [PAIRS], a number of at least 1\n");
    return 2;
  }
  Python python(find_python(""), cpu_budget().usable());
  python.load(empty_call());
  const py::gil_scoped_acquire attached;
  const py::dict names;
  py::exec(makers, names);
  fmt::print("{:<26} {:>10} {:>10} {:>7}  {}\n", "", "ours (µs)", "peer (µs)", "ratio", "95 %");
  for (const Peer& peer : peers) compare_with(peer, python, names, pairs);
  fmt::print("account of every thread's waits / without\n");
  compare_locks(pairs);
  compare_books(python, "(10,)", "  ledger round, 10 µs calls", pairs);
  compare_books(python, "(100,)", "  ledger round, 100 µs calls", pairs);
  std::fflush(stdout);
  std::_Exit(0);
}
