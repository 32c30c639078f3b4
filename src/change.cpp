#include "gilscale/change.hpp"

#include <array>

namespace gilscale {

std::string_view to_string(Word word) {
  constexpr std::array<std::string_view, 4> words{"faster", "slower", "same", "unclear"};
  return words.at(static_cast<std::size_t>(word));
}

}  // namespace gilscale
