#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "gilscale/ledger/ledger.hpp"

namespace gilscale {

/// A call path, or a place in Python code, that is known: its number. 0 is all for which there was
/// no room.
using Place = std::uint16_t;

/// What a thread remembers of the call paths that it has come by.
class KnownPaths {
 public:
  void forget() { paths_ = {}; }
  /// The calling thread's path: return addresses, innermost first, without those of the stand-ins.
  /// Found by unwinding, and where the code addresses on top of the stack are those of a path found
  /// before, without. The thread's own stack lies between the two; on another one, of a coroutine,
  /// nothing is remembered.
  Place path(std::uintptr_t stack_begin, std::uintptr_t stack_end);

 private:
  struct Known {
    std::uint64_t signature = 0;
    Place path = 0;
  };
  std::array<Known, 64> paths_;
};

/// The place in Python code at which the calling thread is; 0 if it is in none.
Place python_place();

/// Before the books are opened: libraries may have been loaded, and code objects are gone.
void prepare_sites();

/// Of a path, after the books were closed.
std::vector<std::uintptr_t> frames_of(Place path);
PythonPlace python_place_of(Place place);

/// Whether an address belongs to libpython's code.
bool is_in_python(const void* address);

}  // namespace gilscale
