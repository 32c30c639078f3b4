#pragma once

#include <pybind11/pybind11.h>

#include <cstdint>

#include "gilscale/ledger/ledger.hpp"

namespace gilscale {

/// Finds out where a thread is in Python code while it waits: detached, from any function that it
/// has called, without changing or allocating anything. It reads the thread's own frames, which
/// nobody else changes.
class PlacesOfThread {
 public:
  /// The calling thread makes calls now; attached. The frames that are there already are not those
  /// of calls.
  static void begin();
  static void end();

  /// As PythonPlaces has them.
  static bool where(const void** code, std::int32_t* instruction);
  static void name(const void* code, std::int32_t instruction, NamedPlace* to);
};

}  // namespace gilscale
