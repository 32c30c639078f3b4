#include "gilscale/supervise/channel.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
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

/// Waits for something to read; whether there was more.
bool wait_for_more(int fd, LineSplitter& lines) {
  std::array<char, 65536> block;
  const ssize_t n = read_some(fd, block);
  if (n <= 0) return false;
  lines.add({block.data(), static_cast<std::size_t>(n)});
  return true;
}

void pass_on_to_the_end(int fd, LineSplitter& lines, Inbox* inbox) {
  do {
    while (auto line = lines.next())
      if (inbox) inbox->put(std::move(*line));
  } while (wait_for_more(fd, lines));
}

}  // namespace

Channel Channel::take_over_standard_streams() {
  const int input = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 64);
  const int output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 64);
  // Whoever started us may have none to give.
  if (fcntl(STDERR_FILENO, F_GETFD) < 0) put_nothing_on(STDERR_FILENO, O_WRONLY);
  dup2(STDERR_FILENO, STDOUT_FILENO);
  put_nothing_on(STDIN_FILENO, O_RDONLY);
  return {input, output};
}

std::string Channel::read_line() {
  while (true) {
    if (auto line = unread_.next()) return std::move(*line);
    if (!wait_for_more(input_, unread_)) return unread_.rest();
  }
}

void Channel::send(const nlohmann::json& message) const {
  write_all(output_, message.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

void Channel::at_end_of_input(void (*end)(), Inbox* inbox) {
  std::thread([input = input_, lines = std::exchange(unread_, {}), inbox, end]() mutable {
    pass_on_to_the_end(input, lines, inbox);
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
