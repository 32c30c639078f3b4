#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace gilscale {

/// A process that does `work` and ends, with 0 unless `work` ends it otherwise. The destructor
/// expects that.
class Forked {
 public:
  template <typename Work>
  explicit Forked(const Work& work) : pid_(fork()) {
    if (pid_ != 0) return;
    work();
    _exit(0);
  }
  ~Forked() {
    int status = -1;
    EXPECT_EQ(waitpid(pid_, &status, 0), pid_);
    EXPECT_EQ(status, 0);
  }
  Forked(const Forked&) = delete;
  Forked& operator=(const Forked&) = delete;

 private:
  pid_t pid_;
};

}  // namespace gilscale
