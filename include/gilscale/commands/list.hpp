#pragma once

#include <span>
#include <string>

#include "gilscale/model/result.hpp"
#include "gilscale/text/error.hpp"

namespace gilscale {

/// A Python of this machine.
struct ListedInterpreter {
  std::string name;     ///< "3.13t"
  PythonInfo info;      ///< executable: where it was found
  std::string missing;  ///< what it takes to measure with it; empty: nothing
};

/// What `gilscale list` prints: workloads, executors, reporters, metrics, interpreters.
std::string listing(std::span<const ListedInterpreter> interpreters);

/// `gilscale list`. Asks every interpreter that it finds what it is.
ExitCode list();

}  // namespace gilscale
