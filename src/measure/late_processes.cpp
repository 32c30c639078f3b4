#include "gilscale/measure/late_processes.hpp"

#include <unistd.h>

#include <array>
#include <csignal>
#include <utility>

#include "gilscale/machine/memory.hpp"
#include "gilscale/text/error.hpp"

namespace gilscale {
namespace {

bool have_room_for(int processes) {
  const auto free = free_memory_bytes();
  const auto each = memory_of(std::array{getpid()});
  return !free || !each || *each * processes < *free / 2;
}

}  // namespace

LateProcesses::LateProcesses(MakeProcesses make, std::function<void()> beat,
                             std::chrono::milliseconds longest_wait)
    : make_(std::move(make)), beat_(std::move(beat)), longest_wait_(longest_wait) {}

/// Those that are stopped could not end.
LateProcesses::~LateProcesses() { signal_all(SIGCONT); }

double LateProcesses::prepare(int threads) {
  return awake<double>([&] {
    if (!have_room_for(threads)) throw UnavailableError("no memory for so many processes");
    if (!made_) made_ = make_([this] { wait(); });
    return made_->prepare(threads);
  });
}

RoundTimes LateProcesses::round(int threads, CallShare calls) {
  return awake<RoundTimes>([&] { return made_->round(threads, calls); });
}

template <typename Result>
Result LateProcesses::awake(const std::function<Result()>& work) try {
  began_ = std::chrono::steady_clock::now();
  signal_all(SIGCONT);
  const Result result = work();
  signal_all(SIGSTOP);
  beat_();
  return result;
} catch (const Error&) {
  made_.reset();
  throw;
}

void LateProcesses::signal_all(int signal) const {
  if (!made_) return;
  for (const int pid : made_->helper_processes()) kill(pid, signal);
}

void LateProcesses::wait() const {
  beat_();
  if (std::chrono::steady_clock::now() - began_ > longest_wait_)
    throw UnavailableError("the processes take too long");
}

}  // namespace gilscale
