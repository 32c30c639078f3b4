#include "gilscale/statistics/decision.hpp"

namespace gilscale {

std::vector<Look> looks_up_to(std::size_t samples, std::size_t comparisons) {
  constexpr std::size_t first = 12;
  std::vector<Look> looks;
  double k = 1;
  for (std::size_t at = first; at <= samples; at += at / 2, ++k)
    looks.push_back({at, gate_error / (k * (k + 1) * static_cast<double>(comparisons))});
  return looks;
}

}  // namespace gilscale
