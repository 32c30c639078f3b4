#include "supervise/descriptor.hpp"

#include <unistd.h>

#include <cerrno>

namespace gilscale {

ssize_t read_some(int fd, std::span<char> buffer) {
  while (true) {
    const ssize_t n = read(fd, buffer.data(), buffer.size());
    if (n >= 0 || errno != EINTR) return n;
  }
}

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = write(fd, text.data(), text.size());
    if (n < 0 && errno != EINTR) return;
    if (n > 0) text.remove_prefix(static_cast<std::size_t>(n));
  }
}

}  // namespace gilscale
