#pragma once

#include <array>
#include <string_view>

#include "gilscale/text/error.hpp"

namespace gilscale {

struct ExitCodeMeaning {
  ExitCode code;
  std::string_view brief;    ///< for the help
  std::string_view meaning;  ///< for the manual page, and as docs/cli.md has it
};

inline constexpr std::array<ExitCodeMeaning, 7> exit_code_meanings{{
    {ExitCode::ok, "ok",
     "measured and reported, every expectation holds and nothing became slower; verdicts do not "
     "change it"},
    {ExitCode::expectation_failed, "an expectation or a comparison failed",
     "an expectation does not hold, or something became slower"},
    {ExitCode::usage, "usage",
     "the command line, the configuration file or a result file is wrong, or two results cannot "
     "be compared"},
    {ExitCode::workload_failed, "a workload failed, crashed or timed out",
     "a workload raised, crashed or timed out; every other case was measured and printed"},
    {ExitCode::inconclusive, "inconclusive",
     "an expectation or a change has no answer (`--inconclusive` chooses another code), or this "
     "machine does not allow one (`doctor`, `selftest`)"},
    {ExitCode::not_written, "results could not be written",
     "results could not be written to a file or to standard output"},
    {ExitCode::interrupted, "interrupted", "interrupted; what was measured is printed and written"},
}};

}  // namespace gilscale
