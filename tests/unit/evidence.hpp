#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

namespace gilscale {

/// A measured figure, and what a witness says of the very same round: somebody who looked at a
/// clock of their own from inside it. What disturbs the machine disturbs both alike.
struct Look {
  double figure;
  double witness;
};

// Most of the looks have to agree with their witness. A look at a right figure disagrees only where
// a thread loses its CPU between two clocks that are read one after the other. Where it agrees in
// at least 85 %, a right figure fails with a chance of 0.06 %: fewer than 8 of 15, by the binomial
// distribution. A figure that is 10 % off agrees only where such a mishap makes up for that; in at
// most 20 %, it passes with a chance of 0.4 %. GILSCALE_SHOW_LOOKS=1 prints how many agree here.
constexpr int looks_taken = 15;
constexpr int looks_needed = 8;

/// Whether the looks that `take()` gives agree with their witnesses to a share `tolerance` of them.
template <typename Take>
testing::AssertionResult agree(const Take& take, double tolerance = 0.03) {
  int agreeing = 0;
  std::vector<std::string> told;
  for (int i = 0; i < looks_taken; ++i) {
    const Look look = take();
    if (std::abs(look.figure - look.witness) <= tolerance * look.witness) ++agreeing;
    told.push_back(fmt::format("{:.6g} and {:.6g}", look.figure, look.witness));
  }
  if (std::getenv("GILSCALE_SHOW_LOOKS"))
    fmt::print("{} of {} looks agree\n", agreeing, looks_taken);
  if (agreeing >= looks_needed) return testing::AssertionSuccess();
  return testing::AssertionFailure() << fmt::format(
             "{} of {} looks agree with their witness to {} %, it takes {}: {}", agreeing,
             looks_taken, tolerance * 100, looks_needed, fmt::join(told, "; "));
}

}  // namespace gilscale
