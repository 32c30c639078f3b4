#pragma once

#include "gilscale/error.hpp"
#include "gilscale/options.hpp"
#include "gilscale/report.hpp"

namespace gilscale {

/// What the two files say beside each other. Throws UsageError when they cannot be compared.
Report compared(const CompareOptions& options);

/// `gilscale compare`: prints what changed.
ExitCode compare(const CompareOptions& options);

}  // namespace gilscale
