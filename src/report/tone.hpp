#pragma once

#include <string>
#include <string_view>

#include "gilscale/judge/change.hpp"
#include "gilscale/judge/expectation.hpp"
#include "gilscale/judge/verdict.hpp"
#include "gilscale/report/reporters.hpp"

namespace gilscale {

/// What a word of a report is to its reader: green, red and yellow on a terminal.
enum class Tone { good, bad, open };

Tone tone_of(Verdict verdict);
Tone tone_of(Outcome outcome);
Tone tone_of(ChangeVerdict verdict);

/// The text in its tone's colour, where the style has colours.
std::string dressed(std::string_view text, Tone tone, const Style& style);

/// A verdict, an outcome or the word of a change, in its colour.
template <typename Value>
std::string dressed_word(Value value, const Style& style) {
  return dressed(to_string(value), tone_of(value), style);
}

}  // namespace gilscale
