#include "command_line/completions.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace gilscale {
namespace {

constexpr std::array<CompletedShell, 3> shells{{
    {"bash", bash_completions},
    {"zsh", zsh_completions},
    {"fish", fish_completions},
}};

}  // namespace

std::span<const CompletedShell> completed_shells() { return shells; }

std::string completions_for(std::string_view shell, const ProgramHelp& program) {
  const auto* row = std::find_if(shells.begin(), shells.end(),
                                 [&](const CompletedShell& each) { return each.name == shell; });
  assert(row != shells.end());
  return row->script(program);
}

}  // namespace gilscale
