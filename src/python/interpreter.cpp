#include "python/interpreter.hpp"

#include <pybind11/eval.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <chrono>
#include <csignal>

#include "gilscale/text/error.hpp"
#include "python/bound_call.hpp"
#include "python/host.hpp"

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
  throw WorkloadError(std::string("Python does not start: ") +
                      (status.err_msg ? status.err_msg : "unknown reason") +
                      "; are PYTHONHOME and PYTHONPATH right?");
}

/// As `python` does: writing to a closed pipe is an exception, not the end.
void ignore_broken_pipes() { std::signal(SIGPIPE, SIG_IGN); }

/// Importing `signal` takes Ctrl-C over, whatever install_signal_handlers says.
void give_interrupts_back() {
  const py::module_ signal = py::module_::import("signal");
  signal.attr("signal")(signal.attr("SIGINT"), signal.attr("SIG_DFL"));
}

}  // namespace

void start_python(const std::string& executable) {
  const char* const place = executable.c_str();
  Config config;
  config->parse_argv = 0;
  // Ctrl-C is the front end's business.
  config->install_signal_handlers = 0;
  config->faulthandler = 1;
  // From the executable's place CPython finds its standard library.
  check(PyConfig_SetBytesString(config.get(), &config->program_name, place));
  check(PyConfig_SetBytesString(config.get(), &config->executable, place));
  check(Py_InitializeFromConfig(config.get()));
  ignore_broken_pipes();
  give_interrupts_back();
}

std::vector<std::string> active_hooks() {
  const py::dict names;
  py::exec(R"py(
import _tracemalloc, os, sys, threading

hooks = []
nothing = lambda *_: None
if sys.gettrace() or getattr(threading, "gettrace", nothing)():
    hooks.append("a trace function is set (sys.settrace)")
if sys.getprofile() or getattr(threading, "getprofile", nothing)():
    hooks.append("a profile function is set (sys.setprofile)")
tool_of = sys.monitoring.get_tool if hasattr(sys, "monitoring") else nothing
for tool in filter(None, map(tool_of, range(6))):
    hooks.append(f"the tool '{tool}' monitors the interpreter (sys.monitoring)")
if _tracemalloc.is_tracing():
    hooks.append("tracemalloc is on (PYTHONTRACEMALLOC)")
if sys.flags.dev_mode:
    hooks.append("the development mode is on (PYTHONDEVMODE)")
elif os.environ.get("PYTHONMALLOC", "").endswith("debug"):
    hooks.append("the debug memory allocator is on (PYTHONMALLOC)")
)py",
           names);
  return names["hooks"].cast<std::vector<std::string>>();
}

namespace {

PyObject* empty(PyObject*, PyObject*) { Py_RETURN_NONE; }

/// The fastest of some batches, since noise only ever adds.
double empty_call_s() {
  static PyMethodDef method{"empty", empty, METH_NOARGS, nullptr};
  BoundCall call(py::reinterpret_steal<py::object>(PyCFunction_New(&method, nullptr)), py::tuple(),
                 py::dict());
  constexpr std::int64_t calls = 4096;
  double least_s = 1;
  for (int batch = 0; batch < 16; ++batch) {
    const auto began = std::chrono::steady_clock::now();
    call.repeat(calls, std::chrono::seconds(1));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    least_s = std::min(least_s, took.count() / calls);
  }
  return least_s;
}

}  // namespace

InterpreterInfo interpreter_info() {
  InterpreterInfo info;
  info.hooks = active_hooks();
  info.empty_call_s = empty_call_s();
  info.version = py::module_::import("platform").attr("python_version")().cast<std::string>();
  info.executable = py::str(py::module_::import("sys").attr("executable"));
#ifdef Py_GIL_DISABLED
  info.build = "free-threaded";
#endif
#ifdef Py_DEBUG
  info.debug = true;
#endif
  return info;
}

bool gil_enabled() {
  const py::module_ sys = py::module_::import("sys");
  return !py::hasattr(sys, "_is_gil_enabled") || sys.attr("_is_gil_enabled")().cast<bool>();
}

double switch_interval_s() {
  return py::module_::import("sys").attr("getswitchinterval")().cast<double>();
}

PyThreadState* detach_and_show_gil() {
  host().learn_gil(true);
  PyThreadState* const state = PyEval_SaveThread();
  host().learn_gil(false);
  return state;
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

void silence_errors() {
  try {
    for (const char* name : {"stderr", "__stderr__"})
      py::module_::import("sys").attr(name) = py::none();
  } catch (const py::error_already_set&) {
    // Then it is not quiet.
  }
}

bool has_other_threads() {
  // pybind11 keeps the first thread state of an interpreter on CPython 3.12.
  constexpr int own_states = PY_VERSION_HEX < 0x030D0000 ? 2 : 1;
  int states = 0;
  PyInterpreterState* const interpreter = PyInterpreterState_Get();
  for (PyThreadState* state = PyInterpreterState_ThreadHead(interpreter); state;
       state = PyThreadState_Next(state))
    ++states;
  return states > own_states;
}

}  // namespace gilscale
