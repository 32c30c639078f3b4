#pragma once

#include <cstddef>
#include <string>

namespace gilscale {

/// An output stream of a child process, read without blocking. Borrows its file descriptor.
class Stream {
 public:
  explicit Stream(int fd) : fd_(fd) {}
  /// For poll(); negative once the stream has ended, which poll ignores.
  [[nodiscard]] int fd() const { return open_ ? fd_ : -1; }

  /// What can be read now; closes at the end of the stream.
  std::string read_available();
  /// All of it; blocks until the stream has ended. Of a child that floods its output it is what
  /// came until there were more than `most` bytes.
  std::string read_to_end(std::size_t most);

 private:
  /// A child that floods its output must not keep other streams from being read.
  static constexpr std::size_t most_at_once = 1 << 20;
  int fd_;
  bool open_ = true;
};

}  // namespace gilscale
