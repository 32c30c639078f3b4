#pragma once

#include <string>

namespace gilscale {

/// Something about the machine or the interpreter that distorts measurements, and its remedy.
struct Finding {
  std::string id;  ///< stable: "quota", "few-cores", "debug-python", …
  /// Whether figures cannot be trusted, or cannot be had at all, while it lasts. A note otherwise.
  bool serious = false;
  /// A run of at least this many threads is affected; 0 if none is, because ratios cancel it.
  int from_threads = 1;
  std::string what;
  std::string remedy;
};

}  // namespace gilscale
