#include "gilscale/report/standard_output.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "gilscale/text/error.hpp"

namespace gilscale {

void print_out(const std::string& text) {
  const bool whole = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if ((whole && std::fflush(stdout) == 0) || errno == EPIPE) return;
  throw UsageError(fmt::format("cannot write to standard output: {}", std::strerror(errno)));
}

Style style_of_stdout() {
  const char* no_color = std::getenv("NO_COLOR");
  return {isatty(STDOUT_FILENO) == 1 && (!no_color || !*no_color)};
}

}  // namespace gilscale
