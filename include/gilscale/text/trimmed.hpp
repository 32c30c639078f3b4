#pragma once

#include <string_view>

namespace gilscale {

/// Without white space at its ends.
inline std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

/// The last line that has more than white space.
inline std::string_view last_line(std::string_view text) {
  const std::string_view rest = trimmed(text);
  return trimmed(rest.substr(rest.rfind('\n') + 1));
}

}  // namespace gilscale
