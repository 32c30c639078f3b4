#pragma once

#include <charconv>
#include <optional>
#include <string_view>

namespace gilscale {

/// The number that the whole text is; none for any other text.
inline std::optional<double> to_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace gilscale
