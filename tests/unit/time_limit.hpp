#pragma once

#include <unistd.h>

namespace gilscale {

/// Ends the process by SIGALRM where a test hangs, long after it should have ended.
class TimeLimit {
 public:
  TimeLimit() { alarm(200); }
  ~TimeLimit() { alarm(0); }
  TimeLimit(const TimeLimit&) = delete;
  TimeLimit& operator=(const TimeLimit&) = delete;
};

}  // namespace gilscale
