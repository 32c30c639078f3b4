#include "gilscale/machine/thread_times.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <ctime>
#include <string_view>

namespace gilscale {
namespace {

/// The calling thread's /proc/thread-self/schedstat, kept open: reading it again takes 3 µs,
/// opening it 20.
class ScheduleFile {
 public:
  ScheduleFile() : fd_(open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC)) {}
  ~ScheduleFile() {
    if (fd_ >= 0) close(fd_);
  }
  ScheduleFile(const ScheduleFile&) = delete;
  ScheduleFile& operator=(const ScheduleFile&) = delete;

  /// The second number, in nanoseconds. Read in every round of every thread: sscanf would make each
  /// stack a page deeper.
  [[nodiscard]] double run_delay_s() const {
    char text[128];
    const ssize_t size = fd_ < 0 ? 0 : pread(fd_, text, sizeof text, 0);
    if (size <= 0) return 0;
    const std::string_view line(text, static_cast<std::size_t>(size));
    const std::size_t blank = line.find(' ');
    if (blank == line.npos) return 0;
    long long delayed_ns = 0;
    std::from_chars(line.data() + blank + 1, line.data() + line.size(), delayed_ns);
    return static_cast<double>(delayed_ns) * 1e-9;
  }

 private:
  int fd_;
};

double seconds_on(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

}  // namespace

double thread_cpu_s() { return seconds_on(CLOCK_THREAD_CPUTIME_ID); }

double process_cpu_s() { return seconds_on(CLOCK_PROCESS_CPUTIME_ID); }

ThreadEvents thread_events() {
#ifdef RUSAGE_THREAD
  rusage used{};
  if (getrusage(RUSAGE_THREAD, &used) == 0)
    return {used.ru_minflt + used.ru_majflt, used.ru_nvcsw, used.ru_nivcsw};
#endif
  return {};
}

double thread_runnable_s() {
  thread_local const ScheduleFile file;
  return file.run_delay_s();
}

}  // namespace gilscale
