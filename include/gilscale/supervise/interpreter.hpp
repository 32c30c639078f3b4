#pragma once

#include <string>

namespace gilscale {

/// What a Python interpreter says of itself.
struct InterpreterFacts {
  std::string executable;  ///< its own path
  std::string version;     ///< "3.13.1"
  std::string soabi;       ///< "cpython-313t-x86_64-linux-gnu"
  std::string library;     ///< path of its shared libpython; empty if it has none
};

/// Runs the interpreter, which takes some 20 ms. Throws UsageError if it cannot be run, or is none.
InterpreterFacts ask_interpreter(const std::string& python);

}  // namespace gilscale
