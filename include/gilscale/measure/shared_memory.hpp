#pragma once

#include <cstddef>
#include <utility>

namespace gilscale {

/// Zeroed memory for threads of this process or, if it is made with a file descriptor, also of
/// processes that inherit this and map it too. Pages that nobody touches cost nothing.
class SharedMemory {
 public:
  /// Without a file descriptor. Throws Error when there is no memory.
  static SharedMemory anonymous(std::size_t bytes);
  /// With a file descriptor, which is closed in processes that are not given it on purpose. It
  /// goes with the last process that has it open or mapped, however that ends. Throws Error.
  static SharedMemory with_descriptor(std::size_t bytes);
  /// What another process made with a descriptor; closes `fd`. Throws Error.
  static SharedMemory mapped(int fd, std::size_t bytes);

  SharedMemory(SharedMemory&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        bytes_(other.bytes_),
        fd_(std::exchange(other.fd_, -1)) {}
  SharedMemory& operator=(SharedMemory&&) = delete;
  ~SharedMemory();

  [[nodiscard]] std::byte* data() const { return data_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  /// Negative if there is none.
  [[nodiscard]] int fd() const { return fd_; }

 private:
  SharedMemory(std::byte* data, std::size_t bytes, int fd) : data_(data), bytes_(bytes), fd_(fd) {}

  std::byte* data_;
  std::size_t bytes_;
  int fd_;
};

}  // namespace gilscale
