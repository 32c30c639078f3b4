#pragma once

#include <pybind11/pybind11.h>

#include <string>
#include <vector>

namespace gilscale {

/// Starts CPython inside this process, as the interpreter `executable` would see it: its
/// environment variables are honoured, its packages found, as of a virtual environment. Once, in a
/// worker; the thread that does is attached afterwards. It is never finalised: a worker ends
/// without running destructors of foreign code, so that nothing can happen to a result that is
/// known already. Throws WorkloadError when CPython does not start.
void start_python(const std::string& executable);

/// PythonInfo, as it crosses the border.
struct InterpreterInfo {
  std::string version;
  std::string build = "default";
  std::string executable;
  bool debug = false;
  std::vector<std::string> hooks;
  double empty_call_s = 0;
};

/// Of the interpreter that was started. Attached.
InterpreterInfo interpreter_info();

/// What is switched on that slows Python code down; see PythonInfo::hooks. Attached.
std::vector<std::string> active_hooks();

/// Whether the GIL is on right now; true for every build that cannot switch it off. Attached.
bool gil_enabled();

/// sys.getswitchinterval(), in seconds. Attached.
double switch_interval_s();

/// PyEval_SaveThread(), from which the executable learns where the GIL of this interpreter is.
PyThreadState* detach_and_show_gil();

/// Writes out what sys.stdout and sys.stderr have buffered; failures are not ours. Attached.
void flush_output();

// ---- before a sub-interpreter ends; attached to it ----

/// What Python objects when it ends concerns nobody any more; CPython 3.12's own `threading` does,
/// for it takes a later thread state of this thread for another thread.
void silence_errors();

/// Whether threads of the workload's are left. To end the interpreter would wait for them, or end
/// the process in their place.
bool has_other_threads();

}  // namespace gilscale
