#pragma once

#include <fmt/format.h>

#include <concepts>
#include <string>
#include <string_view>

namespace gilscale {

/// "1 thread", "2 threads".
template <std::integral Count>
std::string counted(Count count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace gilscale
