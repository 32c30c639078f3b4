#pragma once

#include <string>

namespace gilscale {

/// Something about the machine or the interpreter that spoils measurements, and its remedy.
struct Finding {
  std::string id;  ///< stable: "quota", "few-cores", "debug-python", …
  /// Whether figures cannot be trusted, or cannot be had at all, while it lasts. A note otherwise.
  bool serious = false;
  /// A run of at least so many threads is touched by it; 0 if none is, because ratios cancel it.
  int from_threads = 1;
  std::string what;
  std::string remedy;
};

}  // namespace gilscale
