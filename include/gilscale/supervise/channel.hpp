#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>

namespace gilscale {

/// Lines that came in and were not taken yet.
class Inbox {
 public:
  void put(std::string line);
  /// The first one; waits for it.
  std::string take();

 private:
  std::mutex mutex_;
  std::condition_variable came_;
  std::deque<std::string> lines_;
};

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
  /// while the GIL is held or deadlocked. Lines that come before go into the inbox, if there is
  /// one; it has to stay for as long as the process.
  void at_end_of_input(void (*end)(), Inbox* inbox = nullptr) const;
};

}  // namespace gilscale
