#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>

#include "gilscale/supervise/line_splitter.hpp"

namespace gilscale {

/// Lines that came in and were not taken yet. Any thread may put and take.
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
///
/// read_line() what comes first, then have a thread read the rest with at_end_of_input(); send() at
/// any time. Signals that come while it reads or writes change nothing.
class Channel {
 public:
  /// Borrows two file descriptors, which block.
  Channel(int input, int output) : input_(input), output_(output) {}
  static Channel take_over_standard_streams();
  // It may hold what it has read and not given yet.
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  /// Without the newline; what there was, at the end of the input. Blocks. Not after
  /// at_end_of_input().
  [[nodiscard]] std::string read_line();
  /// May be sent to nobody: then nobody is left to tell.
  void send(const nlohmann::json& message) const;
  /// Calls `end` once nobody holds the other end of the input, on a plain C++ thread: it works
  /// while the GIL is held or deadlocked. Lines that come before, and those that came in together
  /// with the last one read, go into the inbox, if there is one; it has to stay for as long as the
  /// process. A last line without a newline is dropped.
  void at_end_of_input(void (*end)(), Inbox* inbox = nullptr);

 private:
  int input_;
  int output_;
  LineSplitter unread_;
};

}  // namespace gilscale
