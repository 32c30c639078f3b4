#include "gilscale/expectation.hpp"

#include <array>

namespace gilscale {

std::string_view to_string(Outcome outcome) {
  constexpr std::array<std::string_view, 3> words{"passed", "failed", "inconclusive"};
  return words.at(static_cast<std::size_t>(outcome));
}

}  // namespace gilscale
