#include "gilscale/supervise/channel.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <thread>
#include <utility>

#include "supervise/descriptor.hpp"

namespace gilscale {
namespace {

void put_nothing_on(int fd, int mode) {
  const int nothing = open("/dev/null", mode);
  if (nothing < 0 || nothing == fd) return;  // where `fd` was closed, it is the first one free
  dup2(nothing, fd);
  close(nothing);
}

}  // namespace

Channel Channel::take_over_standard_streams() {
  const Channel channel{fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 64),
                        fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 64)};
  // Whoever started us may have none to give.
  if (fcntl(STDERR_FILENO, F_GETFD) < 0) put_nothing_on(STDERR_FILENO, O_WRONLY);
  dup2(STDERR_FILENO, STDOUT_FILENO);
  put_nothing_on(STDIN_FILENO, O_RDONLY);
  return channel;
}

std::string Channel::read_line() const {
  std::string line;
  for (char c = 0; read_some(input, {&c, 1}) == 1 && c != '\n';) line += c;
  return line;
}

void Channel::send(const nlohmann::json& message) const {
  write_all(output, message.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

void Channel::at_end_of_input(void (*end)(), Inbox* inbox) const {
  std::thread([input = input, inbox, end] {
    std::string line;
    for (char c = 0; read_some(input, {&c, 1}) > 0;) {
      if (!inbox) continue;
      if (c != '\n')
        line += c;
      else
        inbox->put(std::exchange(line, {}));
    }
    end();
  }).detach();
}

void Inbox::put(std::string line) {
  const std::lock_guard lock(mutex_);
  lines_.push_back(std::move(line));
  came_.notify_one();
}

std::string Inbox::take() {
  std::unique_lock lock(mutex_);
  came_.wait(lock, [&] { return !lines_.empty(); });
  std::string line = std::move(lines_.front());
  lines_.pop_front();
  return line;
}

}  // namespace gilscale
