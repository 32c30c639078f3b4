#pragma once

#include <pybind11/pybind11.h>

#include <cstdint>

// concurrent.interpreters and concurrent.futures.InterpreterPoolExecutor: CPython 3.14 and newer.
#if PY_VERSION_HEX >= 0x030E0000

#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <string>

#include "python/call_team.hpp"
#include "python/executors.hpp"
#include "python/python_workload.hpp"

namespace gilscale {

/// An executor whose threads run in interpreters that Python's own library makes. What these can be
/// asked to do is a function that each of them imports for itself, with arguments that are copied:
/// so the plug-in has a built-in module, whose functions take the address of an executor.
///
/// An executor has each of its interpreters enter(), then take part in rounds, then leave().
class InterpretersOfPython : public Executor {
 public:
  explicit InterpretersOfPython(const PythonWorkload& workload);

  // ---- what the tasks call, attached to an interpreter of theirs ----

  /// Imports the workload and sets it up. One interpreter at a time does: modules in C are seldom
  /// made for being loaded twice at once. Failures wait for check_tasks().
  void enter() noexcept;
  /// Blocks, detached, until all that are expected are here; see expect().
  void meet();
  void leave() noexcept;
  /// Takes part in the next round as thread `index`.
  void take_round(int index);
  /// All of it on one thread: enter() and meet(), rounds until the team is dismissed, leave().
  void live(int index);
  /// Without a round. Failures wait for check_tasks().
  void make_calls(std::int64_t calls);

 protected:
  /// A function of the module of tasks. Attached.
  static py::object task(const char* name);
  [[nodiscard]] std::intptr_t address() const;

  void expect(int tasks);
  /// None waits any more.
  void let_all_pass();

  /// Throws what the first task that failed met with. Otherwise, the longest time that set-up code
  /// took since the last time, in seconds.
  double check_tasks();

  /// Whether an interpreter cannot end, since the workload's own threads are left in it.
  [[nodiscard]] bool must_be_left() const { return must_be_left_; }

  CallTeam& team() { return team_; }

 private:
  /// That thread, which makes the calls of the interpreter that it is attached to. Attached.
  WorkerThread& thread(int index);
  void keep(std::exception_ptr failure);

  std::string spec_;
  CallTeam team_;

  std::atomic<bool> must_be_left_ = false;
  std::mutex entering_;
  std::mutex mutex_;  ///< of all that follows
  std::condition_variable all_are_here_;
  int expected_ = 0;
  std::exception_ptr failure_;
  double longest_setup_s_ = 0;
};

}  // namespace gilscale

#endif
