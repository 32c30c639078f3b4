#pragma once

#include <optional>
#include <string_view>

namespace gilscale {

/// Why a point has no more samples.
enum class StopReason {
  precision,       ///< the interval is narrow enough
  no_improvement,  ///< more samples no longer make it narrower
  budget,
  max_budget,  ///< something is still open, and all the time that it may take is spent
  requested,   ///< as many samples as were asked for
};

/// "precision", "no-improvement" and so on, as in result files.
std::string_view to_string(StopReason reason);
/// The reason of that word; none for any other.
std::optional<StopReason> stop_reason_of(std::string_view word);

}  // namespace gilscale
