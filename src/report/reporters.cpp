#include "gilscale/reporters.hpp"

#include <algorithm>
#include <array>
#include <cassert>

#include "formats.hpp"

namespace gilscale {
namespace {

constexpr std::array<Reporter, 4> table{{
    {"table", "how each case scales, with its verdict; the default", render_table},
    {"json", "Google Benchmark's JSON with all samples and figures under the key gilscale",
     render_json},
    {"console", "Google Benchmark's console format", render_console},
    {"csv", "Google Benchmark's CSV format", render_csv},
}};

}  // namespace

std::span<const Reporter> reporters() { return table; }

const Reporter& reporter(std::string_view name) {
  const auto* row = std::find_if(table.begin(), table.end(),
                                 [&](const Reporter& each) { return each.name == name; });
  assert(row != table.end());
  return *row;
}

}  // namespace gilscale
