#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "gilscale/statistics/durations.hpp"
#include "gilscale/statistics/estimate.hpp"

namespace gilscale {

// How numbers, and text that others wrote, look in reports.

/// "19.8 ms": four significant digits at most, in the unit that suits the size.
std::string duration(double seconds);

/// "7.62", "504", "1.25M".
std::string rate(double per_s);

/// "97 %".
std::string percent(double share);

/// "1.94"; empty where there is none.
std::string ratio(const std::optional<Estimate>& estimate);

/// "0.031"; what is smaller than three digits can show is "<0.001".
std::string probability(double p);

/// Whether there were samples enough for both ends.
bool is_bounded(const Estimate& estimate);

/// "[1.88, 2.00]".
std::string interval(const Estimate& estimate);

/// "0.9688 [0.9375, 1.000]": four significant digits, since a bound may be near.
std::string with_interval(const Estimate& estimate);

/// "a thread that wants the GIL waits 1.2 ms (median), 5.3 ms (99th percentile), 9.8 ms (longest)".
std::string bystander_text(const Durations& waits);

/// "cpp_fib/30@2"; the label alone where there is no thread count.
std::string point_name(const std::string& label, std::optional<int> threads);

/// U+FFFD, which stands for what cannot be shown.
inline constexpr std::string_view replacement = "\xEF\xBF\xBD";

/// UTF-8 in any case: a path or a traceback need not be; what is not becomes U+FFFD.
std::string utf8(const std::string& text);

/// The same without control characters, which could move a terminal's cursor. Line ends and tabs
/// stay.
std::string plain(const std::string& text);

/// The same on one line, for a row or a sentence.
std::string one_line(const std::string& text);

/// Columns of a terminal: "µs" is three bytes and two of them, a letter of East Asia has two;
/// colours count for nothing.
std::size_t width(std::string_view text);

/// A long text without its middle, at most `widest` columns; it must be UTF-8.
std::string abridged(const std::string& text, std::size_t widest);

/// As a field of CSV (RFC 4180): a quote inside quotes is doubled.
std::string csv_quoted(std::string_view text);

}  // namespace gilscale
