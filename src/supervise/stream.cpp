#include "gilscale/supervise/stream.hpp"

#include "supervise/descriptor.hpp"

namespace gilscale {

std::string Stream::read_available() {
  std::string text;
  char buffer[65536];
  while (open_ && text.size() < most_at_once) {
    const ssize_t n = read_some(fd_, buffer);
    if (n > 0) text.append(buffer, static_cast<std::size_t>(n));
    if (n == 0) open_ = false;
    if (n < 0) break;
  }
  return text;
}

}  // namespace gilscale
