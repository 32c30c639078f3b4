#include "gilscale/report/progress_line.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace gilscale {

ProgressLine::ProgressLine(std::size_t cases)
    : on_terminal_(isatty(STDERR_FILENO) == 1), cases_(cases) {}

void ProgressLine::begin(const std::string& label) {
  ++current_;
  label_ = label;
  draw("starting");
}

void ProgressLine::on_progress(const std::string& text) { draw(text); }

void ProgressLine::on_output(std::string_view text) {
  clear();
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

void ProgressLine::draw(const std::string& text) {
  if (!on_terminal_) return;
  clear();
  const std::string line = fmt::format("[{}/{}] {}: {}", current_, cases_, label_, text);
  constexpr std::size_t narrow_terminal = 79;
  fmt::print(stderr, "{}", line.substr(0, narrow_terminal));
  std::fflush(stderr);
  drawn_ = true;
}

void ProgressLine::clear() {
  if (!drawn_) return;
  // Carriage return, then "erase to the end of the line" (ECMA-48).
  fmt::print(stderr, "\r\x1b[K");
  std::fflush(stderr);
  drawn_ = false;
}

}  // namespace gilscale
