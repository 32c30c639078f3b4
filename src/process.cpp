#include "process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "gilscale/error.hpp"

extern char** environ;  // NOLINT: POSIX names it so

namespace gilscale {
namespace {

struct Pipe {
  int read = -1;
  int write = -1;
};

Pipe make_pipe() {
  int ends[2];
  if (pipe(ends) != 0)
    throw Error(ExitCode::workload_failed,
                fmt::format("cannot make a pipe for a worker: {}", std::strerror(errno)));
  for (const int fd : ends) fcntl(fd, F_SETFD, FD_CLOEXEC);
  return {ends[0], ends[1]};
}

/// posix_spawn's two attribute objects, for a child in its own group with default signals.
class SpawnSettings {
 public:
  SpawnSettings(const Pipe& input, const Pipe& output, const Pipe& error) {
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input.read, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output.write, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, error.write, STDERR_FILENO);
    posix_spawnattr_init(&attributes);
    sigset_t ours;
    sigemptyset(&ours);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) sigaddset(&ours, signal);
    posix_spawnattr_setsigdefault(&attributes, &ours);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
};

}  // namespace

Process::Process(const std::vector<std::string>& command) {
  const Pipe input = make_pipe();
  const Pipe output = make_pipe();
  const Pipe error = make_pipe();
  std::vector<char*> argv;
  for (const std::string& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const SpawnSettings settings(input, output, error);
  const int failed =
      posix_spawnp(&pid_, argv[0], &settings.actions, &settings.attributes, argv.data(), environ);
  close(input.read);
  close(output.write);
  close(error.write);
  input_ = input.write;
  output_ = output.read;
  error_ = error.read;
  fcntl(output_, F_SETFL, O_NONBLOCK);
  fcntl(error_, F_SETFL, O_NONBLOCK);
  if (failed == 0) return;
  for (const int fd : {input_, output_, error_}) close(fd);
  throw Error(ExitCode::workload_failed,
              fmt::format("cannot start '{}': {}", command.front(), std::strerror(failed)));
}

Process::~Process() {
  signal_group(SIGKILL);
  if (!status_) waitpid(pid_, nullptr, 0);
  for (const int fd : {input_, output_, error_}) close(fd);
}

void Process::send(const std::string& text) const {
  std::size_t sent = 0;
  while (sent < text.size()) {
    const ssize_t n = write(input_, text.data() + sent, text.size() - sent);
    if (n < 0 && errno != EINTR) return;
    if (n > 0) sent += static_cast<std::size_t>(n);
  }
}

std::optional<int> Process::status() {
  int status = 0;
  if (!status_ && waitpid(pid_, &status, WNOHANG) == pid_) status_ = status;
  return status_;
}

void Process::signal_group(int signal) const { kill(-pid_, signal); }

}  // namespace gilscale
