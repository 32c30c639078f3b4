#pragma once

#include "gilscale/command_line/options.hpp"
#include "gilscale/judge/report.hpp"
#include "gilscale/text/error.hpp"

namespace gilscale {

/// What the two files say beside each other. Throws UsageError when they cannot be compared.
Report compared(const CompareOptions& options);

/// `gilscale compare`: prints what changed.
ExitCode compare(const CompareOptions& options);

}  // namespace gilscale
