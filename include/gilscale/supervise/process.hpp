#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace gilscale {

/// A child process with pipes on its standard streams. Its destructor kills it.
class Process {
 public:
  /// What the child has in common with us.
  struct Shared {
    /// Our process group: what ends us ends it too. Otherwise it leads a group of its own, which
    /// is killed with it.
    bool group = false;
    bool error = false;   ///< our standard error; there is no pipe then
    int descriptor = -1;  ///< an open file, under the same number; none if negative
  };

  /// Throws Error when the command cannot be started.
  explicit Process(const std::vector<std::string>& command)
      : Process(command, {false, false, -1}) {}
  Process(const std::vector<std::string>& command, const Shared& shared);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] int output_fd() const { return output_; }  ///< its standard output; not blocking
  [[nodiscard]] int error_fd() const { return error_; }    ///< the same of its standard error
  /// Writes to its standard input, which stays open. A child that is gone is no error.
  void send(const std::string& text) const;
  /// The end of what is sent.
  void close_input();
  /// The wait status once the child has ended (see exit_status.hpp); nothing before.
  std::optional<int> status();
  /// Also the other processes of its group, if it leads one.
  void signal(int signal) const;

 private:
  pid_t pid_ = -1;
  bool leads_group_;
  int input_ = -1;
  int output_ = -1;
  int error_ = -1;
  std::optional<int> status_;
};

/// From now on this process goes on when the one that started it ends, should it stand still
/// (SIGSTOP) and not notice otherwise. Linux only.
void go_on_when_parent_ends();

}  // namespace gilscale
