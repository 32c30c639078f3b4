#include "gilscale/supervise/stream.hpp"

#include <unistd.h>

#include <cerrno>

namespace gilscale {

std::string Stream::read_available() {
  std::string text;
  char buffer[65536];
  while (open_ && text.size() < most_at_once) {
    const ssize_t n = read(fd_, buffer, sizeof buffer);
    if (n > 0) text.append(buffer, static_cast<std::size_t>(n));
    if (n == 0) open_ = false;
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) break;
  }
  return text;
}

}  // namespace gilscale
