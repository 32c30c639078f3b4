#include "python/interpreter.hpp"

#include <fmt/format.h>

#include "gilscale/error.hpp"

namespace gilscale {
namespace {

/// Frees what a PyConfig owns.
class Config {
 public:
  Config() { PyConfig_InitPythonConfig(&config_); }
  ~Config() { PyConfig_Clear(&config_); }
  Config(const Config&) = delete;
  Config& operator=(const Config&) = delete;

  PyConfig* operator->() { return &config_; }
  PyConfig* get() { return &config_; }

 private:
  PyConfig config_{};
};

void check(const PyStatus& status) {
  if (PyStatus_Exception(status) == 0) return;
  throw Error(ExitCode::workload_failed,
              fmt::format("Python does not start: {}; are PYTHONHOME and PYTHONPATH right?",
                          status.err_msg ? status.err_msg : "unknown reason"));
}

}  // namespace

Interpreter::Interpreter() {
  Config config;
  config->parse_argv = 0;
  // Ctrl-C is the front end's business.
  config->install_signal_handlers = 0;
  config->faulthandler = 1;
  // From the executable's place CPython finds its standard library.
  check(PyConfig_SetBytesString(config.get(), &config->program_name, GILSCALE_PYTHON_EXECUTABLE));
  check(PyConfig_SetBytesString(config.get(), &config->executable, GILSCALE_PYTHON_EXECUTABLE));
  check(Py_InitializeFromConfig(config.get()));
}

PythonInfo Interpreter::info() const {
  PythonInfo info = built_for();
  info.version = py::module_::import("platform").attr("python_version")().cast<std::string>();
  info.executable = py::str(py::module_::import("sys").attr("executable"));
  return info;
}

PythonInfo built_for() {
#ifdef Py_GIL_DISABLED
  return {PY_VERSION, "free-threaded", GILSCALE_PYTHON_EXECUTABLE};
#else
  return {PY_VERSION, "default", GILSCALE_PYTHON_EXECUTABLE};
#endif
}

bool gil_enabled() {
  const py::module_ sys = py::module_::import("sys");
  return !py::hasattr(sys, "_is_gil_enabled") || sys.attr("_is_gil_enabled")().cast<bool>();
}

double switch_interval_s() {
  return py::module_::import("sys").attr("getswitchinterval")().cast<double>();
}

void flush_output() {
  for (const char* name : {"stdout", "stderr"}) {
    try {
      py::module_::import("sys").attr(name).attr("flush")();
    } catch (const py::error_already_set&) {
      // The workload closed or replaced it: nothing of ours is in there.
    }
  }
}

}  // namespace gilscale
