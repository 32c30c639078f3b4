#pragma once

#include <stdexcept>
#include <string>

namespace gilscale {

/// What the process returns to the shell. A contract with scripts and CI: never renumber.
enum class ExitCode : int {
  ok = 0,
  expectation_failed = 1,
  usage = 2,
  workload_failed = 3,
  inconclusive = 4,
  not_written = 5,  ///< results that were to be written or printed
  interrupted = 130,
};

/// A fault of the user's input or of the environment, found before anything is timed.
/// The message says what is wrong and what to do next; `main` prints it and exits with `code()`.
class Error : public std::runtime_error {
 public:
  Error(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  [[nodiscard]] ExitCode code() const noexcept { return code_; }

 private:
  ExitCode code_;
};

/// The command line, or a file that it names, is wrong: exit code 2.
class UsageError : public Error {
 public:
  explicit UsageError(const std::string& message) : Error(ExitCode::usage, message) {}
};

/// The measured code failed: exit code 3. `details` is what its author needs, a Python traceback
/// as a rule; it may be empty.
class WorkloadError : public Error {
 public:
  explicit WorkloadError(const std::string& message, std::string details = {})
      : Error(ExitCode::workload_failed, message), details_(std::move(details)) {}
  [[nodiscard]] const std::string& details() const noexcept { return details_; }

 private:
  std::string details_;
};

/// What was asked for is not to be had with this Python or on this system. That is nobody's fault
/// and no error of a run: exit code 0.
class UnavailableError : public Error {
 public:
  explicit UnavailableError(const std::string& message) : Error(ExitCode::ok, message) {}
};

}  // namespace gilscale
