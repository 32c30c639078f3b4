#pragma once

#include <CLI/CLI.hpp>

#include "gilscale/command_line/options.hpp"

namespace gilscale {

/// The arguments and options of `gilscale report`.
void add_report(CLI::App& report, ReportOptions& options);

}  // namespace gilscale
