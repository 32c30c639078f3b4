#pragma once

#include <span>
#include <string>
#include <string_view>

#include "command_line/help.hpp"

namespace gilscale {

/// A shell that gilscale has completions for: a script that needs nothing but the shell.
struct CompletedShell {
  std::string_view name;
  std::string (*script)(const ProgramHelp& program);
};

std::span<const CompletedShell> completed_shells();

/// The script for that shell, which must be one of completed_shells().
std::string completions_for(std::string_view shell, const ProgramHelp& program);

std::string bash_completions(const ProgramHelp& program);
std::string zsh_completions(const ProgramHelp& program);
std::string fish_completions(const ProgramHelp& program);

}  // namespace gilscale
