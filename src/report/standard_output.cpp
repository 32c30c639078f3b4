#include "gilscale/report/standard_output.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "gilscale/text/error.hpp"
#include "report/terminal.hpp"

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
  constexpr std::size_t least = 80;
  if (const auto size = terminal_size(STDOUT_FILENO))
    style.columns = std::max(size->columns, least);
  return style;
}

}  // namespace gilscale
