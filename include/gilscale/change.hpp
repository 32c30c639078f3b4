#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gilscale/estimate.hpp"

namespace gilscale {

// What changed between two versions of the measured code, point by point.

enum class Word { faster, slower, same, unclear };

/// "faster", "slower", "same", "unclear".
std::string_view to_string(Word word);

/// One point of both versions. All ratios are new over old, with their intervals.
struct Change {
  std::string name;            ///< the case's label and "@2"; a benchmark's name
  std::optional<int> threads;  ///< none for a benchmark of other programs
  std::optional<Estimate> call_s;
  std::optional<Estimate> throughput_per_s;
  std::optional<Estimate> speedup;
  std::optional<Estimate> relative_efficiency;
  /// What a call costs at one speed of the machine, with all the cores there that were asked for;
  /// the word rests on it.
  Estimate cost;
  double p = 1;  ///< two-sided, corrected for the number of points
  Word word = Word::unclear;
  std::string why;  ///< why it is unclear; empty otherwise
};

/// Two versions beside each other.
struct Changes {
  std::string before;      ///< what the old version is: a file, a folder
  std::string how;         ///< "baseline", "against" or "compare"
  double threshold = 0.05; ///< a cost within this share of the other one is the same
  std::vector<Change> points;
  std::vector<std::string> only_before;  ///< names of points without a partner
  std::vector<std::string> only_after;
  std::vector<std::string> differences;  ///< one sentence each: what else differs between the two
};

}  // namespace gilscale
