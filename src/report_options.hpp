#pragma once

#include <CLI/CLI.hpp>

#include "gilscale/options.hpp"

namespace gilscale {

/// The arguments and options of `gilscale report`.
void add_report(CLI::App& report, ReportOptions& options);

}  // namespace gilscale
