#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace gilscale {

/// While it lives, standard error is a terminal.
class Terminal {
 public:
  Terminal() : master_(posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK)) {
    if (master_ < 0 || grantpt(master_) != 0 || unlockpt(master_) != 0) return;
    slave_ = open(ptsname(master_), O_RDWR | O_NOCTTY);
    dup2(slave_, STDERR_FILENO);
  }
  ~Terminal() {
    dup2(before_, STDERR_FILENO);
    for (const int fd : {before_, slave_, master_}) close(fd);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  [[nodiscard]] bool works() const { return slave_ >= 0; }
  void resize(unsigned short rows, unsigned short columns) const {
    const winsize size{rows, columns, 0, 0};
    ioctl(slave_, TIOCSWINSZ, &size);
  }
  /// What was shown since the last time, with the terminal's own line ends.
  /// A terminal hands text on in pieces: it is complete when nothing comes for a while.
  [[nodiscard]] std::string shown() const {
    std::string all;
    char text[4096];
    pollfd ready{master_, POLLIN, 0};
    while (poll(&ready, 1, 200) == 1) {
      const ssize_t n = read(master_, text, sizeof text);
      if (n <= 0) break;
      all.append(text, static_cast<std::size_t>(n));
    }
    return all;
  }

 private:
  int before_ = dup(STDERR_FILENO);
  int master_;
  int slave_ = -1;
};

class OnATerminal : public testing::Test {
 protected:
  void SetUp() override {
    if (!terminal.works()) GTEST_SKIP() << "there is no terminal to be had";
  }

  Terminal terminal;
};

}  // namespace gilscale
