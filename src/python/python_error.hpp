#pragma once

#include <pybind11/pybind11.h>

#include <exception>
#include <string>
#include <utility>

#include "gilscale/measure/call_error.hpp"

namespace gilscale {

namespace py = pybind11;

/// Of a workload that cannot be imported, or whose set-up cannot import something, unless that is
/// so in the main interpreter, too.
class ImportFailure : public WorkloadError {
 public:
  /// `reason`: the message without advice.
  ImportFailure(const std::string& message, std::string reason, std::string details)
      : WorkloadError(message, std::move(details)), reason_(std::move(reason)) {}
  [[nodiscard]] const std::string& reason() const noexcept { return reason_; }

 private:
  std::string reason_;
};

/// Takes the pending Python exception off this thread, as an exception object with its traceback.
/// Attached; an exception must be pending.
py::object take_exception();

/// The same of one that pybind11 caught, which becomes empty.
py::object take_exception(py::error_already_set& error);

/// "TypeError: f() takes 1 positional argument". Attached.
std::string summary_of(const py::object& exception);

/// The traceback as Python prints it. Attached.
std::string traceback_of(const py::object& exception);

/// What is told of it. Unlike the object, that may leave the interpreter. Attached.
Raised raised(const py::object& exception);

/// `what` went wrong with this exception, and what to do next. Attached.
WorkloadError workload_error(const std::string& what, const py::object& exception,
                             const std::string& advice);

/// For one in a call of a task that was submitted without a round. Attached.
WorkloadError task_error(const std::string& workload, const py::object& exception);

/// Makes a workload ready, attached to a sub-interpreter: what fails there is told as of there.
/// What can be imported in the main interpreter only is nobody's fault: UnavailableError. What is
/// thrown holds no Python object.
template <typename Work>
auto in_sub_interpreter(const Work& work) {
  try {
    return work();
  } catch (const ImportFailure& failure) {
    throw UnavailableError("in a sub-interpreter, " + failure.reason());
  } catch (const WorkloadError& error) {
    throw WorkloadError(std::string("in a sub-interpreter, ") + error.what() +
                            ", or measure it with another executor",
                        error.details());
  } catch (py::error_already_set& error) {
    throw workload_error("in a sub-interpreter, Python raised", take_exception(error),
                         "measure it with another executor");
  }
}

/// For destructors: what Python objects when threads end concerns nobody any more. Attaches.
template <typename End>
void end_quietly(const End& end) noexcept {
  const py::gil_scoped_acquire attached;
  try {
    end();
  } catch (const std::exception&) {
    // An interpreter that is being torn down has no thread left to join, a broken pool takes no
    // task.
  }
}

/// Calls `start`, which starts a thread in Python; WorkloadError when that fails. Attached.
template <typename Start>
py::object start_thread(const Start& start) {
  try {
    return start();
  } catch (py::error_already_set& error) {
    throw workload_error("a thread cannot be started:", take_exception(error),
                         "try fewer --threads");
  }
}

}  // namespace gilscale
