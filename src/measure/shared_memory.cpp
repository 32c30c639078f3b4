#include "gilscale/measure/shared_memory.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <string>

#include "gilscale/text/error.hpp"

namespace gilscale {
namespace {

[[noreturn]] void refuse(int error) {
  throw Error(
      ExitCode::workload_failed,
      fmt::format("cannot get shared memory: {}; check that /dev/shm exists and is not full",
                  std::strerror(error)));
}

std::byte* map(int fd, std::size_t bytes) {
  const int flags = fd < 0 ? MAP_SHARED | MAP_ANONYMOUS : MAP_SHARED;
  void* const data = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, flags, fd, 0);
  if (data == MAP_FAILED) refuse(errno);
  return static_cast<std::byte*>(data);
}

/// Its name is gone at once, so that nothing is left behind whatever happens.
int nameless_object() {
  static std::atomic<int> tried{0};
  std::string name;
  int fd = -1;
  do {  // containers may share their names, and yet have processes of the same number
    name = fmt::format("/gilscale-{}-{}", getpid(), tried.fetch_add(1));
    fd = shm_open(name.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600);
  } while (fd < 0 && errno == EEXIST);
  if (fd < 0) refuse(errno);
  shm_unlink(name.c_str());
  // Not among the standard streams, which may be closed here and are another's in a child.
  const int moved = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  const int error = errno;
  close(fd);
  if (moved < 0) refuse(error);
  return moved;
}

}  // namespace

SharedMemory SharedMemory::anonymous(std::size_t bytes) { return {map(-1, bytes), bytes, -1}; }

SharedMemory SharedMemory::with_descriptor(std::size_t bytes) {
  SharedMemory memory(nullptr, bytes, nameless_object());
  if (ftruncate(memory.fd_, static_cast<off_t>(bytes)) != 0) refuse(errno);
  memory.data_ = map(memory.fd_, bytes);
  return memory;
}

SharedMemory SharedMemory::mapped(int fd, std::size_t bytes) {
  SharedMemory memory(nullptr, bytes, fd);
  memory.data_ = map(fd, bytes);
  close(std::exchange(memory.fd_, -1));
  return memory;
}

SharedMemory::~SharedMemory() {
  if (data_) munmap(data_, bytes_);
  if (fd_ >= 0) close(fd_);
}

}  // namespace gilscale
