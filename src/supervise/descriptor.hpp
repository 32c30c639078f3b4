#pragma once

#include <sys/types.h>

#include <span>
#include <string_view>

namespace gilscale {

// Reading from and writing to file descriptors: a signal handler that returns in the middle of it
// (EINTR) changes nothing. Any thread may call them.

/// As read(2): the number of bytes that were read; 0 at the end; negative if there is nothing yet,
/// where the descriptor does not block, or for a fault, with the reason in errno.
ssize_t read_some(int fd, std::span<char> buffer);

/// Writes all of it; blocks where the descriptor does. A reader that is gone is no error, provided
/// that SIGPIPE is ignored: then nobody is left to tell.
void write_all(int fd, std::string_view text);

}  // namespace gilscale
