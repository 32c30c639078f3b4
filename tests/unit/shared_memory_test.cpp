#include "gilscale/measure/shared_memory.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

#include "forked.hpp"

namespace gilscale {
namespace {

constexpr std::size_t bytes = 100000;

bool is_zero(const SharedMemory& memory) {
  return std::all_of(memory.data(), memory.data() + memory.bytes(),
                     [](std::byte each) { return each == std::byte{0}; });
}

TEST(SharedMemory, BeginsWithZeros) {
  EXPECT_TRUE(is_zero(SharedMemory::anonymous(bytes)));
  EXPECT_TRUE(is_zero(SharedMemory::with_descriptor(bytes)));
}

TEST(SharedMemory, HasADescriptorOnlyWhenItIsWanted) {
  EXPECT_LT(SharedMemory::anonymous(bytes).fd(), 0);
  EXPECT_GE(SharedMemory::with_descriptor(bytes).fd(), 0);
}

TEST(SharedMemory, IsNotInheritedByAccident) {
  const SharedMemory memory = SharedMemory::with_descriptor(bytes);
  EXPECT_NE(fcntl(memory.fd(), F_GETFD) & FD_CLOEXEC, 0);
}

TEST(SharedMemory, IsTheSameForWhoeverMapsIt) {
  const SharedMemory mine = SharedMemory::with_descriptor(bytes);
  {
    const Forked other(
        [fd = mine.fd()] { SharedMemory::mapped(fd, bytes).data()[bytes - 1] = std::byte{42}; });
  }
  EXPECT_EQ(mine.data()[bytes - 1], std::byte{42});
}

TEST(SharedMemory, LeavesNoFileDescriptorOpen) {
  const auto next_free = [] {
    const int fd = dup(STDERR_FILENO);
    close(fd);
    return fd;
  };
  const int before = next_free();
  {
    const SharedMemory mine = SharedMemory::with_descriptor(bytes);
    const SharedMemory theirs = SharedMemory::mapped(dup(mine.fd()), bytes);
    EXPECT_LT(theirs.fd(), 0);
  }
  EXPECT_EQ(next_free(), before);
}

TEST(SharedMemory, MovesWithItsDescriptor) {
  SharedMemory first = SharedMemory::with_descriptor(bytes);
  const std::byte* const data = first.data();
  const int fd = first.fd();
  const SharedMemory second = std::move(first);
  EXPECT_EQ(second.data(), data);
  EXPECT_EQ(second.fd(), fd);
}

}  // namespace
}  // namespace gilscale
