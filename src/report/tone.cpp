#include "report/tone.hpp"

#include <fmt/color.h>

namespace gilscale {

Tone tone_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::parallel:
      return Tone::good;
    case Verdict::gil_bound:
    case Verdict::contended:
    case Verdict::failed:
      return Tone::bad;
    case Verdict::partial:
    case Verdict::machine_limited:
    case Verdict::inconclusive:
    case Verdict::unavailable:
      break;
  }
  return Tone::open;
}

Tone tone_of(Outcome outcome) {
  if (outcome == Outcome::passed) return Tone::good;
  return outcome == Outcome::failed ? Tone::bad : Tone::open;
}

Tone tone_of(ChangeVerdict verdict) {
  if (verdict == ChangeVerdict::slower) return Tone::bad;
  return verdict == ChangeVerdict::unclear ? Tone::open : Tone::good;
}

std::string dressed(std::string_view text, Tone tone, const Style& style) {
  if (!style.color || text.empty()) return std::string(text);
  constexpr fmt::terminal_color colors[] = {fmt::terminal_color::green, fmt::terminal_color::red,
                                            fmt::terminal_color::yellow};
  return fmt::format(fmt::fg(colors[static_cast<std::size_t>(tone)]), "{}", text);
}

}  // namespace gilscale
