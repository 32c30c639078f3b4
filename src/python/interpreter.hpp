#pragma once

#include <string>

#include "gilscale/model/result.hpp"

namespace gilscale {

/// CPython inside this process, as the interpreter `python` would see it: its environment variables
/// are honoured, its packages found. Make one in a worker; the thread that does is attached
/// afterwards. It is never finalised: a worker ends without running destructors of foreign code,
/// so that nothing can happen to a result that is known already.
class Interpreter {
 public:
  /// `executable` is the Python whose packages are seen, as of a virtual environment; empty: the
  /// one that gilscale was built for. Throws Error when CPython does not start.
  explicit Interpreter(const std::string& executable = "");

  [[nodiscard]] PythonInfo info() const;
};

/// The CPython that this gilscale was built for; does not start it.
PythonInfo built_for();

/// What is switched on that slows Python code down; see PythonInfo::hooks. Attached.
std::vector<std::string> active_hooks();

/// Whether the GIL is on right now; true for every build that cannot switch it off. Attached.
bool gil_enabled();

/// sys.getswitchinterval(), in seconds. Attached.
double switch_interval_s();

/// Writes out what sys.stdout and sys.stderr have buffered; failures are not ours. Attached.
void flush_output();

/// Does so on every way to the end: what the workload printed must come out.
struct FlushAtEnd {
  ~FlushAtEnd() { flush_output(); }
};

}  // namespace gilscale
