#pragma once

#include "gilscale/error.hpp"
#include "gilscale/options.hpp"

namespace gilscale {

/// `gilscale report`: runs the Python package gilscale_report in this process, with the packages of
/// the chosen environment. What is wrong with files or packages is told on standard error.
ExitCode draw_report(const ReportOptions& options);

}  // namespace gilscale
