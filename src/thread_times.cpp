#include "thread_times.hpp"

#include <cstdio>
#include <ctime>
#include <memory>

namespace gilscale {

double thread_cpu_s() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double thread_runnable_s() {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(
      std::fopen("/proc/thread-self/schedstat", "re"), [](std::FILE* f) { return std::fclose(f); });
  unsigned long long on_cpu_ns = 0;
  unsigned long long delayed_ns = 0;
  if (!file || std::fscanf(file.get(), "%llu %llu", &on_cpu_ns, &delayed_ns) != 2) return 0;
  return static_cast<double>(delayed_ns) * 1e-9;
}

}  // namespace gilscale
