#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace gilscale {

/// The two ends of a process's conversation with whoever started it, one JSON object in a line, out
/// of reach of the measured code: what that prints goes to standard error, and its standard input
/// is empty.
struct Channel {
  int input;
  int output;

  static Channel take_over_standard_streams();

  /// Without the newline; what there was, at the end of the input.
  [[nodiscard]] std::string read_line() const;
  /// May be sent to nobody: then nobody is left to tell.
  void send(const nlohmann::json& message) const;
  /// Calls `end` once nobody holds the other end of the input, on a plain C++ thread: it works
  /// while the GIL is held or deadlocked.
  void at_end_of_input(void (*end)()) const;
};

}  // namespace gilscale
