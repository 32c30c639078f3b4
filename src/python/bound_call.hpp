#pragma once

#include <pybind11/pybind11.h>

#include <chrono>
#include <cstdint>
#include <vector>

namespace gilscale {

namespace py = pybind11;

/// A callable with its arguments laid out for vectorcall (PEP 590), so that a call builds nothing.
/// Each thread has one of its own: a callee may use the spare slot before the arguments.
/// Made, used and destroyed attached.
class BoundCall {
 public:
  BoundCall(py::object callable, py::tuple args, const py::dict& kwargs);

  /// Makes `calls` calls and drops what they return. The very first one is looked at: an awaitable
  /// that nobody awaits is a TypeError. False when one raised: the exception is
  /// pending then and the rest is not made. Between calls the GIL is offered to others once every
  /// `switch_interval`, as a loop in Python would do.
  bool repeat(std::int64_t calls, std::chrono::duration<double> switch_interval);
  /// Makes one call, in the same way.
  bool once();

 private:
  bool repeat_batch(std::int64_t calls);
  bool first_call();

  py::object callable_;
  py::tuple args_;
  py::object keyword_names_;
  std::vector<py::object> keyword_values_;
  std::vector<PyObject*> slots_;  ///< borrowed: the spare one, then arguments, then keyword values
  bool looked_at_ = false;
  std::int64_t batch_ = 1;  ///< calls between two looks at the clock
};

}  // namespace gilscale
