#pragma once

#include <poll.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "gilscale/supervise/process.hpp"

namespace gilscale {

inline std::vector<std::string> shell(const std::string& script) { return {"sh", "-c", script}; }

/// Everything that comes out of a pipe until its other end is closed, or the first line of it;
/// less where nothing comes for longer than anything here takes.
inline std::string read_until(int fd, bool stop_at_newline) {
  std::string text;
  while (true) {
    pollfd waiting{fd, POLLIN, 0};
    constexpr int patience_ms = 100'000;
    if (poll(&waiting, 1, patience_ms) == 0) return text;
    char buffer[4096];
    const ssize_t n = read(fd, buffer, stop_at_newline ? 1 : sizeof buffer);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (n <= 0 || (stop_at_newline && buffer[0] == '\n')) return text;
    text.append(buffer, static_cast<std::size_t>(n));
  }
}
inline std::string all_of(int fd) { return read_until(fd, false); }
inline std::string line_of(int fd) { return read_until(fd, true); }

/// The wait status, once it has ended.
inline int end_of(Process& process) {
  while (true) {
    if (const auto status = process.status()) return *status;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

/// As /proc tells it (proc(5)): 'T' if it is stopped, 'Z' if it has ended; 0 where it is not told.
inline char state_of(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string stat;
  std::getline(file, stat);
  const std::size_t name_end = stat.rfind(')');
  return name_end == std::string::npos ? '\0' : stat.at(name_end + 2);
}

/// Now or soon: signals take a moment.
template <typename Condition>
bool comes_true(const Condition& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

inline bool stands_still(pid_t pid) {
  return comes_true([=] { return state_of(pid) == 'T'; });
}

/// A process that has ended is gone, though its parent may not have taken notice yet.
inline bool is_running(pid_t pid) {
  if (kill(pid, 0) != 0 && errno == ESRCH) return false;
  return state_of(pid) != 'Z';
}

inline bool is_gone(pid_t pid) {
  return comes_true([=] { return !is_running(pid); });
}

}  // namespace gilscale
