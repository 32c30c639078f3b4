#pragma once

#include <pybind11/pybind11.h>

#include <cstdint>
#include <string>

#include "gilscale/text/error.hpp"

namespace gilscale {

namespace py = pybind11;

/// Takes the pending Python exception off this thread, as an exception object with its traceback.
/// Attached; an exception must be pending.
py::object take_exception();

/// The same of one that pybind11 caught, which becomes empty.
py::object take_exception(py::error_already_set& error);

/// "TypeError: f() takes 1 positional argument". Attached.
std::string summary_of(const py::object& exception);

/// The traceback as Python prints it. Attached.
std::string traceback_of(const py::object& exception);

/// What is told of an exception. Unlike the object, it may leave the interpreter.
struct Raised {
  std::string summary;
  std::string traceback;
};

/// Attached.
Raised raised(const py::object& exception);

/// `what` went wrong with this exception, and what to do next.
WorkloadError workload_error(const std::string& what, const Raised& raised,
                             const std::string& advice);

/// The same. Attached.
WorkloadError workload_error(const std::string& what, const py::object& exception,
                             const std::string& advice);

/// For an exception in a call of the round with that number, on that thread.
WorkloadError call_error(const std::string& workload, std::int64_t round, int thread,
                         const Raised& raised);

}  // namespace gilscale
