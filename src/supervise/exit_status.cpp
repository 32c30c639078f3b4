#include "gilscale/supervise/exit_status.hpp"

#include <fmt/format.h>
#include <sys/wait.h>

#include <cstring>

namespace gilscale {
namespace {

/// "SIGSEGV (Segmentation fault)".
std::string signal_name(int signal) {
  const char* meaning = strsignal(signal);
#ifdef __GLIBC__
  if (const char* name = sigabbrev_np(signal)) return fmt::format("SIG{} ({})", name, meaning);
#endif
  return fmt::format("signal {} ({})", signal, meaning);
}

}  // namespace

std::optional<int> ending_signal(int status) {
  return WIFSIGNALED(status) ? std::optional(WTERMSIG(status)) : std::nullopt;
}

std::string how_it_ended(int status) {
  if (const auto signal = ending_signal(status))
    return fmt::format("was ended by {}", signal_name(*signal));
  return fmt::format("ended with exit code {}", WEXITSTATUS(status));
}

}  // namespace gilscale
