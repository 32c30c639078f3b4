#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gilscale/model/result.hpp"

namespace gilscale {

/// Something besides the measured code in which two results differ.
struct Difference {
  std::string_view kind;  ///< one of difference_kinds()
  std::string what;       ///< one sentence
  bool forbids = true;    ///< to compare them, unless it is asked for
};

/// "machine", "python", "gil", "calls", "scaling", "method".
std::span<const std::string_view> difference_kinds();

/// One side of a comparison.
struct Recorded {
  const nlohmann::json& context;
  const std::vector<CaseResult>& cases;
};

/// In what the two differ; each once. What only one of them tells is not a difference.
std::vector<Difference> differences_between(const Recorded& before, const Recorded& after);

/// Adds those of the contexts, or of one case in both, that are not there yet.
void add_differences(std::vector<Difference>& found, const nlohmann::json& before,
                     const nlohmann::json& after);
void add_differences(std::vector<Difference>& found, const CaseResult& before,
                     const CaseResult& after);

/// Their sentences.
std::vector<std::string> sentences(const std::vector<Difference>& differences);

/// Why the two cannot be compared: the differences that forbid it and are of none of the allowed
/// kinds. Empty if there are none.
std::string obstacle(const std::vector<Difference>& differences,
                     const std::set<std::string>& allowed, const std::string& before);

/// Throws UsageError if there is an obstacle.
void refuse_differences(const std::vector<Difference>& differences,
                        const std::set<std::string>& allowed, const std::string& before);

}  // namespace gilscale
