#include "gilscale/report/standard_output.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "gilscale/text/error.hpp"

namespace gilscale {

void print_out(const std::string& text) {
  const bool whole = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if ((whole && std::fflush(stdout) == 0) || errno == EPIPE) return;
  throw Error(ExitCode::not_written,
              fmt::format("cannot write to standard output: {}", std::strerror(errno)));
}

Style style_of_stdout() {
  const char* no_color = std::getenv("NO_COLOR");
  Style style;
  if (isatty(STDOUT_FILENO) != 1) return style;
  style.color = !no_color || !*no_color;
  winsize size{};
  constexpr std::size_t least = 80;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    style.columns = std::max<std::size_t>(size.ws_col, least);
  return style;
}

}  // namespace gilscale
