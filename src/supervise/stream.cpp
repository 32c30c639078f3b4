#include "gilscale/supervise/stream.hpp"

#include <poll.h>

#include <cerrno>

#include "supervise/descriptor.hpp"

namespace gilscale {

std::string Stream::read_available() {
  std::string text;
  char buffer[65536];
  while (open_ && text.size() < most_at_once) {
    const ssize_t n = read_some(fd_, buffer);
    if (n > 0) {
      text.append(buffer, static_cast<std::size_t>(n));
    } else if (n < 0 && errno == EAGAIN) {
      break;
    } else {
      open_ = false;
    }
  }
  return text;
}

std::string Stream::read_to_end(std::size_t most) {
  std::string text = read_available();
  while (open_ && text.size() <= most) {
    pollfd waiting{fd_, POLLIN, 0};
    poll(&waiting, 1, -1);
    text += read_available();
  }
  return text;
}

}  // namespace gilscale
