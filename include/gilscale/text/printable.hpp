#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace gilscale {

/// `text` with its control characters spelled out: a message that quotes a file stays one line and
/// cannot steer the terminal.
inline std::string printable(std::string_view text) {
  std::string shown;
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    const bool is_c1 = code >= 0x80 && code < 0xa0 && shown.ends_with('\xc2');  // U+0080 to U+009F
    if (is_c1) shown.pop_back();
    if (code < 0x20 || code == 0x7f || is_c1)
      shown += fmt::format("\\x{:02x}", code);
    else
      shown += c;
  }
  return shown;
}

}  // namespace gilscale
