#include "gilscale/supervise/interrupt.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>

namespace gilscale {
namespace {

volatile std::sig_atomic_t was_interrupted = 0;
int wake_pipe[2] = {-1, -1};

/// Async-signal-safe: writes one byte, sets a flag.
void on_interrupt(int) {
  was_interrupted = 1;
  const char byte = 0;
  [[maybe_unused]] const auto written = write(wake_pipe[1], &byte, 1);
}

}  // namespace

void watch_for_interrupts() {
  if (pipe(wake_pipe) != 0) throw std::runtime_error("cannot make a pipe: too many open files?");
  for (const int fd : wake_pipe) {
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    fcntl(fd, F_SETFL, O_NONBLOCK);
  }
  struct sigaction action{};
  action.sa_handler = on_interrupt;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGHUP, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

bool interrupted() { return was_interrupted != 0; }

int interrupt_fd() { return wake_pipe[0]; }

}  // namespace gilscale
