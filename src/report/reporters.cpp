#include "gilscale/report/reporters.hpp"

#include <algorithm>
#include <array>
#include <cassert>

#include "report/formats.hpp"

namespace gilscale {
namespace {

constexpr std::array<Reporter, 10> table{{
    {"table", "", "how each case scales, with its verdict; the default", render_table},
    {"json", "json", "Google Benchmark's JSON with all samples and figures under the key gilscale",
     render_json},
    {"csv", "csv", "a row for each case and thread count, with all figures", render_csv},
    {"markdown", "markdown", "the overall result and all tables, for a job summary",
     render_markdown},
    {"junit", "junit", "JUnit XML: cases, expectations and changes as tests", render_junit},
    {"github", "", "GitHub Actions annotations for what failed or has no answer", render_github},
    {"custom_bigger", "github-action-benchmark",
     "JSON for github-action-benchmark, tool customBiggerIsBetter", render_custom_bigger},
    {"bencher", "bencher", "JSON for Bencher (Bencher Metric Format)", render_bencher},
    {"console", "", "Google Benchmark's console format", render_console},
    {"benchmark_csv", "", "Google Benchmark's CSV format", render_benchmark_csv},
}};

}  // namespace

std::span<const Reporter> reporters() { return table; }

const Reporter& reporter(std::string_view name) {
  const auto* row = std::find_if(table.begin(), table.end(),
                                 [&](const Reporter& each) { return each.name == name; });
  assert(row != table.end());
  return *row;
}

const Reporter& benchmark_reporter(std::string_view format) {
  return reporter(format == "csv" ? "benchmark_csv" : format);
}

}  // namespace gilscale
