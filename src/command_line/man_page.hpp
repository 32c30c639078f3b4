#pragma once

#include <string>

#include "command_line/help.hpp"

namespace gilscale {

/// The manual page gilscale(1), in the roff of man(7). `date` is the page's: "2026-05-01".
std::string man_page(const ProgramHelp& program, const std::string& date);

/// Today in UTC, or the day of SOURCE_DATE_EPOCH, so that a package can be built again as it was.
std::string man_page_date();

}  // namespace gilscale
