#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "gilscale/command_line/options.hpp"

namespace gilscale {

/// The command that draws: by the Python of `options.venv` if one is named. Else by own_python(),
/// whose environment may have the extra `report`. Else by the script of the clone in whose build
/// folder gilscale lies, which first installs what drawing needs into the clone's .venv. Where
/// there is no clone, or `clone` is empty: by the active environment's Python (`active_venv`,
/// VIRTUAL_ENV; may be empty), or `python3`. Throws UsageError when `options.venv` is not a virtual
/// environment.
std::vector<std::string> drawing_command(const ReportOptions& options,
                                         const std::string& active_venv,
                                         const std::filesystem::path& clone);

/// `gilscale report`: becomes the process that draws. The Python that is measured has no part in
/// it. Throws UsageError when the command does not start.
[[noreturn]] void draw_report(const ReportOptions& options);

}  // namespace gilscale
