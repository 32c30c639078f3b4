#include "gilscale/measure/stop_reason.hpp"

#include "gilscale/text/words.hpp"

namespace gilscale {
namespace {

constexpr Words<StopReason, 6> reasons{{{
    {StopReason::precision, "precision"},
    {StopReason::no_improvement, "no-improvement"},
    {StopReason::budget, "budget"},
    {StopReason::max_budget, "max-budget"},
    {StopReason::requested, "requested"},
}}};

}  // namespace

std::string_view to_string(StopReason reason) { return reasons.word_of(reason); }

std::optional<StopReason> stop_reason_of(std::string_view word) { return reasons.value_of(word); }

}  // namespace gilscale
