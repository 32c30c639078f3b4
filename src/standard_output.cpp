#include "standard_output.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "gilscale/error.hpp"

namespace gilscale {

void print_out(const std::string& text) {
  const bool whole = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if ((whole && std::fflush(stdout) == 0) || errno == EPIPE) return;
  throw UsageError(fmt::format("cannot write to standard output: {}", std::strerror(errno)));
}

}  // namespace gilscale
