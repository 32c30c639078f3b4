#include "python/python_error.hpp"

namespace gilscale {
namespace {

std::string in_one_line(const py::str& text) {
  return py::str(py::str(" ").attr("join")(text.attr("split")()));
}

}  // namespace

py::object take_exception() {
  PyObject* type = nullptr;
  PyObject* value = nullptr;
  PyObject* traceback = nullptr;
  PyErr_Fetch(&type, &value, &traceback);
  PyErr_NormalizeException(&type, &value, &traceback);
  if (traceback) PyException_SetTraceback(value, traceback);
  Py_XDECREF(type);
  Py_XDECREF(traceback);
  return py::reinterpret_steal<py::object>(value);
}

py::object take_exception(py::error_already_set& error) {
  error.restore();
  return take_exception();
}

std::string summary_of(const py::object& exception) {
  std::string name = py::str(py::type::of(exception).attr("__name__"));
  try {
    const std::string text = in_one_line(py::str(exception));
    return text.empty() ? name : name + ": " + text;
  } catch (const py::error_already_set&) {
    return name;  // its __str__ fails in turn
  }
}

std::string traceback_of(const py::object& exception) {
  try {
    const py::object lines = py::module_::import("traceback")
                                 .attr("format_exception")(py::type::of(exception), exception,
                                                           exception.attr("__traceback__"));
    return py::str("").attr("join")(lines).cast<std::string>();
  } catch (const std::exception&) {
    return summary_of(exception) + "\n";
  }
}

Raised raised(const py::object& exception) {
  return {summary_of(exception), traceback_of(exception)};
}

WorkloadError workload_error(const std::string& what, const py::object& exception,
                             const std::string& advice) {
  return workload_error(what, raised(exception), advice);
}

WorkloadError task_error(const std::string& workload, const py::object& exception) {
  return workload_error("workload '" + workload + "' raised in a task of the pool:", exception,
                        "run it with --threads 1 to debug it");
}

}  // namespace gilscale
