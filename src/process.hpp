#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace gilscale {

/// A child process in a process group of its own, with pipes on its three standard streams.
/// Its destructor kills the whole group.
class Process {
 public:
  /// Throws Error when the command cannot be started.
  explicit Process(const std::vector<std::string>& command);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  [[nodiscard]] int output_fd() const { return output_; }  ///< its standard output; not blocking
  [[nodiscard]] int error_fd() const { return error_; }    ///< its standard error; not blocking
  /// Writes to its standard input, which stays open. A child that is gone is no error.
  void send(const std::string& text) const;
  /// The wait status once the child has ended; nothing before.
  std::optional<int> status();
  void signal_group(int signal) const;

 private:
  pid_t pid_ = -1;
  int input_ = -1;
  int output_ = -1;
  int error_ = -1;
  std::optional<int> status_;
};

}  // namespace gilscale
