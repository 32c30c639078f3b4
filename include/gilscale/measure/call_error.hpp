#pragma once

#include <cstdint>
#include <string>

#include "gilscale/text/error.hpp"

namespace gilscale {

/// What is told of an exception that a call of a workload raised, as its author would see it.
struct Raised {
  std::string summary;    ///< "TypeError: f() takes 1 positional argument"
  std::string traceback;  ///< as Python prints it
};

/// `what` went wrong with this exception, and what to do next.
inline WorkloadError workload_error(const std::string& what, const Raised& raised,
                                    const std::string& advice) {
  return WorkloadError(what + " " + raised.summary + "; " + advice, raised.traceback);
}

/// For an exception in a call of the round with that number, on that thread.
inline WorkloadError call_error(const std::string& workload, std::int64_t round, int thread,
                                const Raised& raised) {
  return workload_error("workload '" + workload + "' raised in round " + std::to_string(round) +
                            " on thread " + std::to_string(thread) + ":",
                        raised, "run it with --threads 1 to debug it");
}

}  // namespace gilscale
