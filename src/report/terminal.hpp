#pragma once

#include <cstddef>
#include <optional>

namespace gilscale {

/// In characters.
struct TerminalSize {
  std::size_t rows;
  std::size_t columns;
};

/// Nothing where the descriptor is no terminal, or one that does not say.
std::optional<TerminalSize> terminal_size(int descriptor);

}  // namespace gilscale
