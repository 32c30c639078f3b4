#pragma once

#include <cstddef>
#include <string>

#include "gilscale/report/reporters.hpp"

namespace gilscale {

/// What a chart may be made of.
struct ChartStyle {
  bool unicode = false;
  Style style = {};
  std::size_t columns = 80;
};

/// Speedups as bars, with marks for what was achievable: a few lines for a terminal. Empty where no
/// case was measured on more than one thread.
std::string speedup_chart(const Report& report, const ChartStyle& style);

/// Where the threads' time went, as bars of letters with their meaning above; a line for each case
/// that has a speedup stack. Empty where none has.
std::string stack_chart(const Report& report, const ChartStyle& style);

/// Whether a terminal in this environment shows UTF-8, by the variables that name its locale.
bool is_utf8_locale(const char* lc_all, const char* lc_ctype, const char* lang);

}  // namespace gilscale
