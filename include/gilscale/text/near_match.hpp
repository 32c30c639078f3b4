#pragma once

#include <algorithm>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gilscale {

/// Levenshtein distance: single-character edits that turn `a` into `b`.
inline std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
    }
  }
  return row.back();
}

/// The candidate that `word` is most likely a slip of; empty if none is near.
inline std::string near_match(std::string_view word, const std::vector<std::string>& candidates) {
  const auto distance = [&](const std::string& each) { return edit_distance(word, each); };
  const auto nearest = std::min_element(
      candidates.begin(), candidates.end(),
      [&](const std::string& a, const std::string& b) { return distance(a) < distance(b); });
  const bool near = nearest != candidates.end() && distance(*nearest) <= 1 + word.size() / 4;
  return near ? *nearest : std::string();
}

/// How a message about a word that is not known goes on: ", did you mean 'speedup'?", or
/// `otherwise` if no candidate is near.
inline std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates,
                                const std::string& otherwise = "") {
  const std::string near = near_match(word, candidates);
  return near.empty() ? otherwise : ", did you mean '" + near + "'?";
}

}  // namespace gilscale
