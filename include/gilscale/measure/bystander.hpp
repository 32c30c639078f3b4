#pragma once

#include <functional>
#include <optional>

#include "gilscale/measure/executor.hpp"

namespace gilscale {

/// How a thread that does not make calls gets to Python now and then: functions of C, since the
/// plug-in has them.
struct PythonAccess {
  void* (*make_state)();        ///< for the calling thread; null where that fails
  void (*attach)(void* state);  ///< waits for the GIL
  void (*detach)();
  void (*delete_state)(void* state);  ///< by the same thread, detached
};

/// What a thread waits that wants the GIL once a millisecond while `work` runs, as an event loop or
/// a user interface does. An event that comes while the thread waits for an earlier one waits as
/// well: each counts from when it came (without that, a long wait would hide those behind it).
/// What the thread waits for a CPU once it is time is no wait for the GIL, and not counted. Nothing
/// where there can be no such thread. Throws what `work` throws.
std::optional<Durations> waits_of_bystander(const PythonAccess& access,
                                            const std::function<void()>& work);

}  // namespace gilscale
