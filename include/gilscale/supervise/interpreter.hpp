#pragma once

#include <string>
#include <vector>

#include "gilscale/model/plugins.hpp"
#include "gilscale/model/result.hpp"

namespace gilscale {

/// What a Python interpreter says of itself.
struct InterpreterFacts {
  std::string executable;  ///< its own path
  std::string version;     ///< "3.13.1"
  std::string soabi;       ///< "cpython-313t-x86_64-linux-gnu"
  std::string library;     ///< path of its shared libpython; empty if it has none
  std::string include;     ///< the folder of its headers, which may be missing
  std::string suffix;      ///< of its extension modules: ".cpython-313t-x86_64-linux-gnu.so"
  bool free_threaded = false;
  bool debug = false;
};

/// As far as it is known before the Python runs.
PythonInfo info_of(const InterpreterFacts& facts);

/// Runs the interpreter, which takes some 20 ms. Throws UsageError if it cannot be run, or is none.
InterpreterFacts ask_interpreter(const std::string& python);

/// Older than any that gilscale measures with.
bool is_too_old(const InterpreterFacts& facts);

/// What a Python is started from: found by asking the interpreter that is to be measured.
struct PythonFiles {
  std::string executable;  ///< whose packages are seen
  std::string library;     ///< its libpython
  std::string plugin;      ///< ours for it
  bool free_threaded = false;
};

/// Throws UsageError with what to do where it cannot be embedded: too old, or without a shared
/// libpython.
void require_embeddable(const std::string& python, const InterpreterFacts& facts);

/// Of an interpreter that said so of itself. Throws UsageError with what to do where it cannot be
/// measured with.
PythonFiles files_of(const std::string& python, const InterpreterFacts& facts,
                     const std::vector<Plugin>& plugins);

/// Asks the interpreter `executable`; where it is empty, the one that gilscale came with. Throws
/// UsageError with what to do where it cannot be measured with.
PythonFiles find_python(const std::string& executable);

}  // namespace gilscale
