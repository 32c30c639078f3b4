#pragma once

#include <span>
#include <string>
#include <string_view>

#include "gilscale/judge/report.hpp"

namespace gilscale {

/// How a reporter may dress its text.
struct Style {
  bool color = false;
  std::size_t columns = 0;  ///< that a line may have; 0: any number
};

/// A way to show a report. `render` gives the whole text of a complete or incomplete report.
struct Reporter {
  std::string_view name;
  std::string_view option;  ///< that writes it to a file: "json" for --json FILE; empty: none
  std::string_view summary;
  std::string (*render)(const Report& report, const Style& style);
};

/// All reporters; the first is what a terminal shows unless another one is asked for.
std::span<const Reporter> reporters();

/// The reporter of that name, which must exist.
const Reporter& reporter(std::string_view name);

/// The reporter of a format of --benchmark_format: "console", "json" or "csv". It is Google
/// Benchmark's CSV there; gilscale's own has that name elsewhere.
const Reporter& benchmark_reporter(std::string_view format);

}  // namespace gilscale
