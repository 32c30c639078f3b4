#pragma once

#include "gilscale/command_line/options.hpp"
#include "gilscale/text/error.hpp"

namespace gilscale {

/// `gilscale add-python`: compiles a plug-in and the built-in workloads for each Python that is
/// named, from the sources that an installed gilscale carries. In a clone, its script does that.
/// Throws UsageError with what to do where a compiler, headers or the sources are missing.
ExitCode add_python(const AddPythonOptions& options);

}  // namespace gilscale
