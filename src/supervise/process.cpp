#include "gilscale/supervise/process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <initializer_list>

#include "gilscale/text/error.hpp"
#include "supervise/descriptor.hpp"

extern char** environ;  // NOLINT: POSIX names it so

namespace gilscale {
namespace {

struct Pipe {
  int read = -1;
  int write = -1;
};

/// Above the standard streams, which may be closed here and are to be given to a child.
int out_of_the_way(int fd) {
  const int moved = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  close(fd);
  return moved;
}

Pipe make_pipe() {
  int ends[2] = {-1, -1};
#ifdef __linux__
  // No other thread's child may have it for a moment: it would never end.
  const int failed = pipe2(ends, O_CLOEXEC);
#else
  const int failed = pipe(ends);
#endif
  if (failed != 0)
    throw Error(ExitCode::workload_failed,
                fmt::format("cannot make a pipe for a worker: {}", std::strerror(errno)));
  return {out_of_the_way(ends[0]), out_of_the_way(ends[1])};
}

void close_all(std::initializer_list<int> fds) {
  for (const int fd : fds)
    if (fd >= 0) close(fd);
}

/// posix_spawn's two attribute objects, for a child with default signals.
class SpawnSettings {
 public:
  SpawnSettings(const Pipe& input, const Pipe& output, const Pipe& error,
                const Process::Shared& shared) {
    posix_spawn_file_actions_init(&actions);
    give(input.read, STDIN_FILENO);
    give(output.write, STDOUT_FILENO);
    give(error.write, STDERR_FILENO);
    // The same number twice: POSIX.1-2024 and glibc 2.29 then leave it open on exec.
    give(shared.descriptor, shared.descriptor);
    posix_spawnattr_init(&attributes);
    sigset_t ours;
    sigemptyset(&ours);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) sigaddset(&ours, signal);
    posix_spawnattr_setsigdefault(&attributes, &ours);
    posix_spawnattr_setpgroup(&attributes, 0);
    const int group = shared.group ? 0 : POSIX_SPAWN_SETPGROUP;
    posix_spawnattr_setflags(&attributes, static_cast<short>(group | POSIX_SPAWN_SETSIGDEF));
  }
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};

 private:
  void give(int ours, int theirs) {
    if (ours >= 0) posix_spawn_file_actions_adddup2(&actions, ours, theirs);
  }
};

}  // namespace

Process::Process(const std::vector<std::string>& command, const Shared& shared)
    : leads_group_(!shared.group) {
  const Pipe input = make_pipe();
  const Pipe output = make_pipe();
  const Pipe error = shared.error ? Pipe{} : make_pipe();
  std::vector<char*> argv;
  for (const std::string& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const SpawnSettings settings(input, output, error, shared);
  const int failed =
      posix_spawnp(&pid_, argv[0], &settings.actions, &settings.attributes, argv.data(), environ);
  close_all({input.read, output.write, error.write});
  input_ = input.write;
  output_ = output.read;
  error_ = error.read;
  for (const int fd : {output_, error_})
    if (fd >= 0) fcntl(fd, F_SETFL, O_NONBLOCK);
  if (failed == 0) return;
  close_all({input_, output_, error_});
  throw Error(ExitCode::workload_failed,
              fmt::format("cannot start '{}': {}", command.front(), std::strerror(failed)));
}

Process::~Process() {
  signal(SIGKILL);
  if (!status_) waitpid(pid_, nullptr, 0);
  close_all({input_, output_, error_});
}

void Process::send(const std::string& text) const { write_all(input_, text); }

void Process::close_input() {
  close_all({input_});
  input_ = -1;
}

std::optional<int> Process::status() {
  int status = 0;
  if (!status_ && waitpid(pid_, &status, WNOHANG) == pid_) {
    // What it left behind goes now: later, the number may be another group's.
    if (leads_group_) kill(-pid_, SIGKILL);
    status_ = status;
  }
  return status_;
}

void Process::signal(int signal) const {
  if (status_) return;  // the number may be another process's by now
  kill(leads_group_ ? -pid_ : pid_, signal);
}

void go_on_when_parent_ends() {
#ifdef __linux__
  prctl(PR_SET_PDEATHSIG, SIGCONT);
#endif
}

}  // namespace gilscale
