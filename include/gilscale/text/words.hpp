#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

namespace gilscale {

/// The words by which the values of an enumeration stand on the command line and in files.
template <typename Value, std::size_t size>
struct Words {
  std::array<std::pair<Value, std::string_view>, size> rows;

  [[nodiscard]] constexpr std::string_view word_of(Value value) const {
    for (const auto& [each, word] : rows)
      if (each == value) return word;
    return {};
  }
  [[nodiscard]] constexpr std::optional<Value> value_of(std::string_view word) const {
    for (const auto& [value, each] : rows)
      if (each == word) return value;
    return std::nullopt;
  }
};

}  // namespace gilscale
